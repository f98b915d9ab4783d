"""The queues of complaints: those whose community is not known, and those whose places contradict."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("complaints", __name__)
