"""Reads of inspection routes."""
