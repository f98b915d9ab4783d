"""Answers by version: 304, memory, or made anew."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from flask import Flask, Response
from flask_babel import force_locale
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.terms import Subject
from portal.web import freshness as answers

LONG = b" ".join(str(number**3).encode() for number in range(500))


@pytest.fixture
def ask(app: Flask, seeded: Session) -> Callable[..., tuple[Response, int]]:
    made = [0]

    def asking(
        key: str = "k", content: bytes = LONG, language: str = "zh", address: str = "/", **headers: str
    ) -> tuple[Response, int]:
        def make() -> bytes:
            made[0] += 1
            return content

        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with app.test_request_context(address, headers=named), force_locale(language):
            return answers.versioned("text/plain", [Subject.ROADS], key, make), made[0]

    return asking


def test_made_once_for_each_key(ask: Callable[..., tuple[Response, int]]) -> None:
    assert [ask(key)[1] for key in "aabba"] == [1, 1, 2, 2, 2]


def test_made_anew_when_a_subject_is_written(
    ask: Callable[..., tuple[Response, int]], seeded: Session
) -> None:
    before, _ = ask()
    touch(seeded, [Subject.ROADS])
    seeded.commit()
    after, made = ask()
    assert made == 2
    assert after.headers["ETag"] != before.headers["ETag"]
    touch(seeded, [Subject.ROUTES])
    seeded.commit()
    assert ask()[1] == 2


def test_made_for_each_language(ask: Callable[..., tuple[Response, int]]) -> None:
    chinese, _ = ask()
    english, made = ask(language="en", If_None_Match=chinese.headers["ETag"])
    assert (english.status_code, made) == (200, 2)
    assert english.headers["ETag"] != chinese.headers["ETag"]


def test_made_for_each_day_that_is_chosen(ask: Callable[..., tuple[Response, int]]) -> None:
    usual, _ = ask()
    chosen, made = ask(address="/?as_of=2025-06-03", If_None_Match=usual.headers["ETag"])
    assert (chosen.status_code, made) == (200, 2)
    assert ask(address="/?as_of=2025-06-04")[1] == 3
    assert ask(address="/?as_of=2025-06-03")[1] == 3


def test_not_even_looked_up_where_the_browser_has_it(ask: Callable[..., tuple[Response, int]]) -> None:
    first, _ = ask()
    again, made = ask(If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.get_data(), made) == (304, b"", 1)


def test_packed_for_those_who_can_unpack(ask: Callable[..., tuple[Response, int]]) -> None:
    packed, _ = ask("long", LONG, Accept_Encoding="br, gzip")
    plain, made = ask("long", LONG)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data() == LONG
    assert "Content-Encoding" not in plain.headers
    assert made == 1


def test_next_to_nothing_is_sent_plain(ask: Callable[..., tuple[Response, int]]) -> None:
    short, _ = ask("short", b"short", Accept_Encoding="gzip")
    assert (short.get_data(), short.headers.get("Content-Encoding")) == (b"short", None)


def test_only_the_browser_keeps_it(ask: Callable[..., tuple[Response, int]]) -> None:
    answer, _ = ask()
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
