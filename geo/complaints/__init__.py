"""Complaints as figures: tallies, density, and what may not be disclosed."""
