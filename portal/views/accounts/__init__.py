"""Logging in, the own account, and the administration of accounts."""
