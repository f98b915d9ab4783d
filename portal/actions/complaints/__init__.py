"""Writes of complaints: a source's rows, and where clerks place them."""
