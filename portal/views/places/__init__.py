"""Pages of streets and their jurisdictions; places as people type them."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("places", __name__)
