"""What running the portal needs: its health, and the jobs of its worker."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("operations", __name__)
