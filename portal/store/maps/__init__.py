"""Reads that become tiles and GeoJSON."""
