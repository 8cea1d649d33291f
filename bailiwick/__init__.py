"""Bailiwick: what the law of a place and day requires, allows or forbids a jail to do with a custody request."""

__version__ = "0.1.0"
