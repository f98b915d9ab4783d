"""The spatial query as form, list and files; the search."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("queries", __name__)
