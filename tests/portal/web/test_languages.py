"""Which language a request is answered in."""

from __future__ import annotations

import pytest

from portal.terms import Role
from tests.conftest import LogIn


@pytest.mark.parametrize(("chosen", "answered"), [("en", "en"), ("zh", "zh")])
def test_what_was_chosen_is_answered_in(log_in: LogIn, chosen: str, answered: str) -> None:
    client = log_in(Role.LEADER)
    with client.session_transaction() as session:
        session["language"] = chosen
    assert f'<html lang="{"zh-CN" if answered == "zh" else "en"}"' in client.get("/account").text


def test_a_language_that_nobody_knows_is_not_chosen(log_in: LogIn) -> None:
    client = log_in(Role.LEADER)
    with client.session_transaction() as session:
        session["language"] = "xx"
    assert '<html lang="zh' in client.get("/account").text
