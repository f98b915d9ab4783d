"""Writes of communities: a register's rows, and what clerks change by hand."""
