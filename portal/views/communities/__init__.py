"""The community's card, its record, and the queues of what communities lack."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("communities", __name__)
