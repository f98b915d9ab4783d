"""Names by their letters: what could be pinyin is looked for, and nothing else; the best name comes first."""

from __future__ import annotations

import pytest
from sqlalchemy import String, column, literal, select, values
from sqlalchemy.orm import Session

from portal.store.names import best_first, by_letters


@pytest.mark.parametrize(
    ("text", "found"),
    [("ahy", True), ("AH", True), ("a h", True), ("hy", False), ("ahyx", False)],
)
def test_letters_begin_the_pinyin(session: Session, text: str, found: bool) -> None:
    assert session.scalar(select(*by_letters(text, literal("ahy")))) is found


@pytest.mark.parametrize("text", ["", " ", "安华", "a%", "a-h"])
def test_what_is_no_pinyin_is_not_looked_for(text: str) -> None:
    assert by_letters(text, column("initials")) == []


def test_what_has_no_pinyin_is_not_found(session: Session) -> None:
    assert session.scalar(select(*by_letters("a", literal("")))) is False


def test_what_is_the_text_comes_first_then_what_begins_so_the_shorter_before_the_longer(
    session: Session,
) -> None:
    given = values(column("name", String), name="given").data(
        [("新安华",), ("安华苑二期",), ("安华",), ("安华苑",), ("大安华",)]
    )
    names = session.scalars(select(given.c.name).order_by(*best_first(given.c.name, "安华")))
    assert list(names)[:3] == ["安华", "安华苑", "安华苑二期"]
