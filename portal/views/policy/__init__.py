"""The city's policy in the browser: every key, what a change would do, the versions."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("policy", __name__)
