"""The map page, its layers, tiles and base map, and the drawer beside it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("maps", __name__)
