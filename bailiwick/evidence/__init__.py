"""Public data releases: what they hold, what the law of their place and day says of them.

Imports ``engine`` and nothing else of Bailiwick: public data and a jail's own records never meet here.
"""
