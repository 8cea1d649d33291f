"""What comes in from a jail's own system and goes out to others: imports, exports, webhooks."""
