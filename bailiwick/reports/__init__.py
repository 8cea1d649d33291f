"""Statutory reports, the report of declined detainers, reconciliation with a federal file."""
