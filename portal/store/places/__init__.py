"""Reads of streets, neighbourhoods, their territory, and the roads."""
