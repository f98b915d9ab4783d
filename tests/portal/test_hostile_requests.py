"""Requests that no form makes: they are the asker's mistake and never an error of the portal."""

from __future__ import annotations

import re
from itertools import product
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import map_city, route_days
from tests.portal.small_city import SmallCity

SCOPE = "period category streets"
QUERY = (
    "area area_key near radius_m nearest streets points_below points_at_least bands complaints_at_least "
    "complaint_days category not_inspected_days overdue kind firm_id firm text sort page period"
)
# What each route reads of its address; those of one query read alike, and one stands for all.
READS = {
    "accounts.login": "next",
    "accounts.audit": "page",
    "communities.card": SCOPE,
    "queries.find": "q",
    "firms.card": SCOPE,
    "places.street": SCOPE,
    "places.streets": SCOPE,
    "communities.names": "register",
    "communities.place": "point datum",
    "communities.record": "from page street",
    "complaints.candidates": "community street besides",
    "complaints.doubtful_complaints": "doubt lon lat aside page",
    "complaints.unplaced_complaints": "street level category all text page community",
    "imports.listed": "subject page",
    "imports.run": "severity page",
    "communities.unlocated_communities": "lack street text page",
    "communities.unnamed_outlines": "street page",
    "maps.features": f"{SCOPE} measure",
    "maps.legend": f"{SCOPE} measure",
    "maps.tile": f"{SCOPE} measure",
    "maps.page": f"{SCOPE} layer measure",
    "queries.export": "kind text",
    "queries.matches": QUERY,
    "queries.page": "area_key streets firm_id category",
    "operations.jobs": "page",
    "operations.job_list": "page",
    "routes.new": "stops day start start_name start_at back visit_minutes",
    "routes.page": "stop",
}
HOSTILE = (
    "-1", "NaN", "1e308", "9223372036854775808", "9" * 40, "-" + "9" * 19, "²", "%", "\\", "';--",
    "{x.__class__}", "%s", "\0", "a\0b", "\r\nX: y", "\u202e", "😀" * 40, "中" * 3000, "(a+)+$",
    "//evil.example", "../../etc/passwd", "0001-01-01", "9999-12-31", "0000-Q1", "2200-Q4", "NaN,NaN",
    "1e308,1e308", "0,0;0,0;0,0", "0,0;1,1;0,1;1,0", ";".join("114.1,22.5" for _ in range(2001)),
    ",".join(map(str, range(501))), ",,,", "--name",
)  # fmt: skip
NUMBERS = ("0", "22", "23", "64", "9223372036854775807", "9223372036854775808", "9" * 30, "9" * 4400)

PAGE = {"Accept": "text/html"}


@pytest.fixture
def town(session: Session) -> SmallCity:
    return map_city.build(session)


@pytest.fixture
def browsers(app: Flask, log_in: LogIn, town: SmallCity) -> list[FlaskClient]:
    """Browsers of accounts that between them may ask for everything."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return [log_in(Role.ADMINISTRATOR), log_in(Role.CLERK)]


@pytest.fixture
def addresses(app: Flask, seeded: Session, town: SmallCity, city: City) -> dict[str, str]:
    """The address of every GET route that names something there is, by endpoint."""
    inspector = route_days.add_inspector(seeded, "i-x")
    route_id = route_days.plan(seeded, city, inspector, [town.communities["安华苑"]])
    values = {
        "number": town.communities["安华苑"], "route_id": route_id, "name": "communities", "kind": "csv",
        "layer": "vec", "z": 9, "x": 418, "y": 222, "subject": "communities",
    }  # fmt: skip
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            known = values | ({"number": UUID(int=0)} if "<uuid:number>" in rule.rule else {})
            found[rule.endpoint] = re.sub(
                r"<(?:\w+:)?(\w+)>", lambda name, v=known: str(v[name[1]]), rule.rule
            )
    return found


def ask(browsers: list[FlaskClient], address: str, arguments: dict[str, str]) -> int:
    """Return the status for the first browser that may ask: of a fragment, or of a page if that is worse."""
    for browser in browsers:
        answer = browser.get(address, query_string=arguments, headers={"HX-Request": "true"})
        if answer.status_code != 403:
            break
    if answer.status_code < 400:
        return answer.status_code
    return max(answer.status_code, browser.get(address, query_string=arguments, headers=PAGE).status_code)


def test_what_routes_read_is_known(addresses: dict[str, str]) -> None:
    assert set(READS) <= set(addresses)


def test_no_argument_breaks_a_route(browsers: list[FlaskClient], addresses: dict[str, str]) -> None:
    broken = [
        f"{endpoint} {name}={value[:40]!r}"
        for endpoint, names in READS.items()
        for name in names.split()
        for value in HOSTILE
        if ask(browsers, addresses[endpoint], {name: value}) >= 500
    ]
    assert broken == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_pair_of_arguments_breaks_a_route(
    browsers: list[FlaskClient], addresses: dict[str, str], data: st.DataObject
) -> None:
    endpoint = data.draw(st.sampled_from(sorted(READS)))
    text = st.text(max_size=40).map(lambda t: t.encode(errors="replace").decode()) | st.sampled_from(HOSTILE)
    number = (st.integers() | st.floats()).map(str)
    names = st.sampled_from([*READS[endpoint].split(), "unknown"])
    arguments = data.draw(st.dictionaries(names, text | number, max_size=3))
    assert ask(browsers, addresses[endpoint], arguments) < 500


def test_no_number_in_an_address_breaks_a_route(app: Flask, browsers: list[FlaskClient]) -> None:
    broken = []
    for rule in app.url_map.iter_rules():
        if "<int:" in rule.rule and "GET" in (rule.methods or ()):
            for number in NUMBERS:
                address = re.sub("<int:[^>]*>", number, rule.rule).replace("<name>", "communities")
                status = ask(browsers, address.replace("<layer>", "vec"), {})
                broken += [address[:60]] if status >= 500 else []
    assert broken == []


@pytest.mark.parametrize(
    "address",
    [
        "/data/unlocated?street=99999999999999999999",
        "/data/communities/99999999999999999999",
        f"/data/candidates?besides={'9' * 20}&community=a",
    ],
)
def test_a_number_that_the_database_refuses_gets_a_page(browsers: list[FlaskClient], address: str) -> None:
    answer = browsers[1].get(address, headers=PAGE)
    assert answer.status_code == 400
    assert "请求中有无法使用的数字或文字" in answer.text
    assert "虚构示例数据" in answer.text


def test_a_page_of_the_audit_that_there_cannot_be_leads_to_its_last(browsers: list[FlaskClient]) -> None:
    answer = browsers[0].get("/administration/audit?page=200000000000000000", headers=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/administration/audit")


def test_no_path_leads_out(browsers: list[FlaskClient]) -> None:
    for address in (
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/app/..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/data/imports/..%2f..%2fsecret_key.csv",
        "/routes/../../etc/passwd.csv",
        "/query.php",
        "/layers/../secret.geojson",
        "/tiles/tianditu/..%2f/1/0/0",
        "/tiles/base/-1/0/0.mvt",
    ):
        answer = browsers[0].get(address, follow_redirects=True)
        assert answer.status_code in (400, 404), address


# Every form with one field spoiled; the rest of it is sound.
FORMS: dict[str, dict[str, str]] = {
    "/language": {"language": "en", "next": "/"},
    "/query/areas": {"area": "114,22.5;114.1,22.5;114.1,22.6"},
    "/routes": {
        "stops": "{id}", "day": "2099-01-01", "start": "point", "start_name": "x", "start_at": "114,22.5",
        "back": "1", "visit_minutes": "20",
    },
    "/administration/accounts": {"username": "x", "display_name": "x", "role": "street", "street_id": "1"},
    "/data/unplaced-complaints/assign": {"complaint": "1", "community_id": "{id}"},
    "/data/unplaced-complaints/give-back": {"complaint": "1"},
    "/data/communities/{id}/pin": {"point": "114.05,22.5", "datum": "wgs84", "version": ""},
    "/data/communities/{id}/outline": {"corners": "114,22.5;114.1,22.5;114.1,22.6", "datum": "wgs84"},
    "/data/communities/{id}/name": {"name": "x", "version": ""},
    "/data/communities/{id}/aliases": {"alias": "x", "remove": ""},
    "/data/communities/{id}/link": {"community_id": "1"},
    "/data/communities/{id}/merge": {"community_id": "1"},
    "/data/communities/{id}/split": {"parts": "x\ny"},
    "/jobs": {"cancel": "x"},
}  # fmt: skip
SPOILT = (
    "\0",
    "1e308,NaN",
    "9" * 40,
    "0001-01-01",
    "9999-12-31",
    "\r\n",
    "中" * 3000,
    ",".join(map(str, range(999))),
)


def test_no_field_breaks_a_form(browsers: list[FlaskClient], town: SmallCity) -> None:
    number = str(town.communities["安华苑"])
    broken = []
    for address, form in FORMS.items():
        sound = {name: text.replace("{id}", number) for name, text in form.items()}
        browser = browsers["/data/" in address]  # the clerk's
        for name, text in product(sound, SPOILT):
            answer = browser.post(address.replace("{id}", number), data=sound | {name: text})
            assert answer.status_code != 403
            broken += [f"{address} {name}={text[:20]!r}"] if answer.status_code >= 500 else []
    assert broken == []


def test_a_login_with_impossible_names_is_no_error(app: Flask, browsers: list[FlaskClient]) -> None:
    for text in ("\0", "x" * 100_000, "\u202e", "';--"):
        answer = app.test_client().post("/login", data={"username": text, "password": text})
        assert answer.status_code in (400, 401)


def test_more_than_a_form_may_hold_is_refused(browsers: list[FlaskClient]) -> None:
    whole = {"area": "0" * (3 * 1024 * 1024)}
    assert browsers[0].post("/query/areas", data=whole).status_code == 413
    many = {f"field{number}": "x" for number in range(5000)}
    assert browsers[0].post("/query/areas", data=many).status_code in (400, 413)
