"""The spatial query: conditions, facts of each row, results; areas that were drawn; the search."""
