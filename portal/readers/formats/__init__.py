"""One module a format: the bytes of a file to a table as the file has it."""
