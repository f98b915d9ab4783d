"""How names are found by a part of them or by the letters of their pinyin, and in which order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func


def by_letters(text: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Return matches of columns that hold pinyin; only letters and digits can be one."""
    letters = text.replace(" ", "").lower()
    if not (letters.isascii() and letters.isalnum()):
        return []
    return [and_(column != "", column.startswith(letters, autoescape=True)) for column in columns]


def best_first(name: Any, text: str) -> tuple[ColumnElement[Any], ...]:
    """Return the order of names that hold ``text``: what is it, what begins so, the rest; short first."""
    exact = case((name == text, 0), (name.istartswith(text, autoescape=True), 1), else_=2)
    return exact, func.length(name), name
