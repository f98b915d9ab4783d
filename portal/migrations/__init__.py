"""Alembic migrations: the schema's history, run as the database's owner."""
