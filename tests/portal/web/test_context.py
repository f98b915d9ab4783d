"""What a request is read as: language and texts."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask, g, session
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.errors import NotAllowed
from portal.web import context
from tests.portal import small_city


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    """A request by somebody who chose a language."""
    with app.test_request_context("/?street=3&street=5&category=lift"):
        session["language"] = request.param
        yield request.param


def test_the_chosen_language_holds(language: str) -> None:
    assert context.language() == language


def test_texts_phrases_and_lists_are_said_in_it(language: str) -> None:
    missing = Phrase("{frame}：缺少列 {columns}", frame="streets", columns=["a", "b"])
    expected = {
        "zh": ("登录", "streets：缺少列 a、b", "甲、乙", "period：x 不是季度"),
        "en": ("Log in", "streets: columns missing: a, b", "甲, 乙", "period: x is not a quarter"),
    }
    assert (
        context.say("登录"),
        context.say(missing),
        context.enumerated(["甲", "乙"]),
        context.say("period：{value} 不是季度", value="x"),
    ) == expected[language]


def test_the_empty_text_is_not_the_catalogue_s_head(language: str) -> None:
    assert context.say("") == ""


def test_a_repeated_argument_is_a_list(language: str) -> None:
    assert context.arguments() == {"street": "3,5", "category": "lift"}


def test_nobody_is_no_viewer(language: str) -> None:
    with pytest.raises(NotAllowed):
        context.viewer()


def test_the_street_is_the_viewers_own_else_that_of_the_url(app: Flask, session: Session) -> None:
    streets = small_city.build(session).streets
    with app.test_request_context(f"/?street={streets['西']}"):
        g.session = session
        for own, shown, name in ((streets["东"], streets["东"], "东"), (None, streets["西"], None)):
            g._login_user = SimpleNamespace(is_authenticated=True, viewer=SimpleNamespace(street_id=own))
            assert (context.street_id(), context.own_street()) == (shown, name)
