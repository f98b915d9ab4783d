"""What is handed out as a file: tables, route sheets, templates to fill in."""
