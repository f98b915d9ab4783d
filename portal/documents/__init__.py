"""What is handed out: tables of communities, route sheets, maps."""
