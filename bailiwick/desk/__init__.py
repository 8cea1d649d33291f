"""The pages: the jail's desk, and the public pages that need no log-in."""
