"""Reads that running the portal needs: policy and versions of the data, its health."""
