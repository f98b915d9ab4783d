"""Text files and workbooks: where the header stands, and which rows are records."""
