"""Words, marks and times for templates."""
