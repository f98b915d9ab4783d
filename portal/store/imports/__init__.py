"""Reads of import runs, and of what the database holds."""
