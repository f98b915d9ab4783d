"""Every role has a name."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from portal.terms import Role
from portal.views.accounts import role_words


def test_every_role_has_a_name_and_an_old_code_stays(app: Flask, seeded: Session) -> None:
    assert set(role_words.ROLES) == set(Role)
    with app.test_request_context("/"):
        assert role_words.name_role("clerk") == "业务员"
        assert role_words.name_role("forgotten") == "forgotten"
