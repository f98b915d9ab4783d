"""Outlines of communities and streets: repair, and the gaps and overlaps of jurisdictions."""
