"""Which language a request is answered in."""

from __future__ import annotations

from flask import session
from flask_login import current_user

LANGUAGES = ("zh", "en")


def select_language() -> str:
    """Return the language of this request: chosen, else the account's, else Chinese."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if current_user.is_authenticated:
        return str(current_user.language)
    return "zh"
