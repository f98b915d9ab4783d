"""Outlines of communities and streets: repair, and which street a place lies in."""
