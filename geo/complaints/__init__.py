"""Complaints as figures: density, and what may not be disclosed."""
