"""Writes that running the portal needs: the worker's jobs, and what may be forgotten."""
