"""What a table's cells mean: which column is which field; each row's values, key, place and shape."""
