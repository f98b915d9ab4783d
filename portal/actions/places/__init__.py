"""Writes of streets, neighbourhoods and roads; what belongs to which place."""
