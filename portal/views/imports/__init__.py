"""What the database holds, and what each import did."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("imports", __name__)
