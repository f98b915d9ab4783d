"""Inspection routes: the form, the plan, the sheet and its files."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("routes", __name__)
