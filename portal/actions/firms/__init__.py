"""Writes of firms and their contracts."""
