"""Writes: one transaction and one audit row each. Nothing else commits."""
