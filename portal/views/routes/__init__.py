"""Inspection routes: the form, the plan, the sheet and its files."""
