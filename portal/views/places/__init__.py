"""Pages of streets and their jurisdictions; places as people type them."""
