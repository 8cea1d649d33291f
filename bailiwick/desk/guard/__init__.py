"""What stands before every page: limits of one address, who is there and for how long, what the session may see, headers."""
