"""Reads of complaints: figures by community and street, and those that wait for a place."""
