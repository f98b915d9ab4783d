"""Reads that running the portal needs: what `portal check` looks over."""
