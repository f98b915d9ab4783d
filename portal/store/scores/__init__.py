"""Reads of what scores rest on, and which quarters have any."""
