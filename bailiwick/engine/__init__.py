"""How law is read and applied. Pure: no clock of its own, no database, no web framework.

Imports nothing else of Bailiwick. Instants are UTC; spans are half-open; the law's days are local days of the place.
"""
