"""What the form shows for an address."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_login import login_user
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.errors import BadRequest
from portal.models import Community
from portal.terms import Role
from portal.views.accounts.login import LoggedIn
from portal.views.queries.form import LABELS, QueryForm
from tests.portal import small_city


def form_of(app: Flask, session: Session, address: str, error: BadRequest | None = None) -> QueryForm:
    user = accounts.create(session, f"u{address[:60]}", "", Role.LEADER, "a long password")
    with app.test_request_context(address):
        login_user(LoggedIn(user, "x"))
        form = QueryForm.read()
        return form if error is None else form.with_mistake(error)


@pytest.fixture
def town(seeded: Session) -> small_city.SmallCity:
    return small_city.build(seeded)


def test_choices_are_those_of_policy_and_data(
    app: Flask, seeded: Session, town: small_city.SmallCity
) -> None:
    form = form_of(app, seeded, f"/query?bands=fail,none&kind=old&streets={town.streets['东']}")
    assert [(band.value, band.chosen) for band in form.bands][-2:] == [("fail", True), ("none", True)]
    assert [(kind.label, kind.chosen) for kind in form.kinds] == [
        ("商品房", False),
        ("老旧小区", True),
        ("房改房", False),
    ]
    district, streets = form.streets[0]
    assert (district, [(street.label, street.chosen) for street in streets]) == (
        "中区",
        [("东", True), ("西", False)],
    )


def test_districts_are_offered_with_and_without_streets(app: Flask, seeded: Session) -> None:
    rows = ("甲", "南区"), ("乙", "北区"), ("丙", None)
    for name, district in rows:
        seeded.add(Community(name=name, street_how="not_found", registered_district=district))
    seeded.flush()
    form = form_of(app, seeded, "/query?districts=南区")
    assert [(choice.value, choice.chosen) for choice in form.districts] == [("北区", False), ("南区", True)]
    assert form.streets == []
    assert not form.is_untouched


def test_the_form_knows_when_nothing_was_asked(app: Flask, seeded: Session) -> None:
    assert form_of(app, seeded, "/query").is_untouched
    assert form_of(app, seeded, "/query?points_below=&page=").is_untouched
    touched = form_of(app, seeded, "/query?near=114,22&radius_m=500")
    assert not touched.is_untouched
    assert touched.has_place


def test_an_error_is_said_with_the_field_s_label(app: Flask, seeded: Session) -> None:
    error = BadRequest("{field}：缺少中心点", field="near")
    form = form_of(app, seeded, "/query?radius_m=5", error)
    assert form.mistake is not None
    assert (form.mistake.field, form.mistake.message) == ("near", "中心点：缺少中心点")
    assert form.is_wrong("near")
    assert not form.is_wrong("radius_m")


def test_every_labelled_field_is_an_argument() -> None:
    from portal.query import CommunityQuery, parse_query

    assert parse_query(dict.fromkeys(LABELS, "")) == CommunityQuery()
