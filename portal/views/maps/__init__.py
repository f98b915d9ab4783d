"""The map page, its layers, tiles and base map, and the drawer beside it."""
