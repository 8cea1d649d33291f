"""The forms of the desk: what a clerk types, read and checked."""
