"""Reads of communities: the card, the record behind it, names and keys, and what they lack."""
