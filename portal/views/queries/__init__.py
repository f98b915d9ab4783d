"""The spatial query as form, list and files; the search."""
