"""Every role at every route: what a role lacks is refused, what nobody declared is shut."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, BaseConverter

from portal.access import PERMISSIONS
from portal.errors import NotAllowed
from portal.terms import Role
from portal.web.guard import permission_of
from tests.conftest import LogIn, make_street

SAMPLE_VALUES = {
    "int": "1",
    "string": "communities",
    "path": "x",
    "uuid": "00000000-0000-0000-0000-000000000000",
}


def sample_of(converter: BaseConverter) -> str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    name = type(converter).__name__
    return SAMPLE_VALUES["uuid" if "UUID" in name else "int" if "Integer" in name else "string"]


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Return method, address and endpoint of every rule, placeholders filled."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {name: sample_of(converter) for name, converter in rule._converters.items()}
        with app.test_request_context():
            from flask import url_for

            address = url_for(rule.endpoint, **{k: int(v) if v == "1" else v for k, v in values.items()})
        found += [
            (method, address, rule.endpoint)
            for method in sorted(rule.methods or ())
            if method in ("GET", "POST")
        ]
    return found


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_no_further_than_its_permissions(
    app: Flask, log_in: LogIn, seeded: Session, role: Role
) -> None:
    street_id = make_street(seeded).id if role is Role.STREET else None
    browser = log_in(role, street_id=street_id)
    for method, address, endpoint in addresses(app):
        permission = permission_of(app.view_functions[endpoint])
        if permission is None:
            continue
        answer = browser.open(address, method=method)
        if permission in PERMISSIONS[role]:
            assert answer.status_code not in (401, 403, 500), f"{role} {method} {address}"
        else:
            assert answer.status_code == 403, f"{role} {method} {address}"


def test_nobody_gets_in_without_logging_in(app: Flask, client: FlaskClient, seeded: Session) -> None:
    for method, address, endpoint in addresses(app):
        if permission_of(app.view_functions[endpoint]) is None:
            continue
        answer = client.open(address, method=method, headers={"Accept": "application/json"})
        assert answer.status_code == 401, f"{method} {address}"
        assert answer.content_type == "application/problem+json"


def test_a_person_without_session_is_led_to_the_login_and_back(client: FlaskClient, seeded: Session) -> None:
    answer = client.get("/?period=2025-Q1", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/?period%3D2025-Q1"


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_part_of_a_page_is_no_place_for_the_login(
    client: FlaskClient, seeded: Session, accept: str
) -> None:
    answer = client.get(
        "/communities/1",
        headers={
            "Accept": accept,
            "HX-Request": "true",
            "HX-Current-URL": "http://localhost/query?overdue=1#list",
        },
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/query?overdue%3D1"
    for other in ({}, {"HX-Current-URL": "http://["}):
        written = client.post("/query/areas", headers={"HX-Request": "true"} | other)
        assert (written.status_code, written.headers["HX-Redirect"]) == (401, "/login")


def test_a_view_without_declaration_is_shut() -> None:
    with pytest.raises(NotAllowed):
        permission_of(lambda: None)
