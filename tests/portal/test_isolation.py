"""What a street official may learn of another street: names, outlines, bands, and its figure on the map.

The figure is one that everybody is told, never of fewer complaints than the policy allows. Of the
city as a whole, the official learns how far its data reach: the newest day and the quarters.
Two proofs. Whatever the official asks for, the answer is the same whether the other street's
details exist or not, so neither a filter's yes or no nor an order nor a count gives them away.
And no text or figure of them stands in any answer, where the city's leader does see it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from uuid import UUID

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.layers import LAYERS
from portal.models import Audit, Complaint
from portal.query.value import SORTS
from portal.terms import Role
from portal.web.downloads import TABLE_KINDS
from tests.conftest import LogIn
from tests.mvt import read_tile, tile_at
from tests.portal import route_days
from tests.portal.two_streets import MARKERS, OTHER_CENTRE, PERIOD, TwoStreets, add_secrets, build

NOBODY = "00000000-0000-0000-0000-000000000000"
FRAGMENT = {"HX-Request": "true"}
# Their answers hold nothing of the city's data.
WITHOUT_DATA = {
    "static",
    "operations.alive",
    "operations.ready",
    "accounts.login",
    "maps.pmtiles",
    "maps.tianditu",
}
FILTERS = (
    "points_below=70",
    "points_at_least=70",
    "bands=pass",
    "bands=none",
    "complaints_at_least=1",
    "complaints_at_least=1&complaint_days=3660",
    "complaints_at_least=0&category=parking",
    "complaints_at_least=1&category=parking",
    "not_inspected_days=0",
    "not_inspected_days=36600",
    "overdue=1",
    "kind=old",
    "firm=共同",
    "firm_id={firm}",
    "text=乙",
)
PLACES = (
    "",
    "streets={other}",
    "streets={own},{other}",
    "area=114.05,22.42;114.1,22.42;114.1,22.48;114.05,22.48",
    "near=114.075,22.45&radius_m=50000",
    "near=114.075,22.45&nearest=1",
)


@pytest.fixture
def two(seeded: Session) -> TwoStreets:
    return build(seeded)


@pytest.fixture
def official(log_in: LogIn, two: TwoStreets) -> FlaskClient:
    """A browser of street 甲."""
    return log_in(Role.STREET, street_id=two.own)


def queries(two: TwoStreets) -> Iterator[str]:
    """Every filter in every place, and every order, as arguments."""
    ids = {"own": two.own, "other": two.other, "firm": two.firm}
    for place, condition in product(PLACES, ("", *FILTERS)):
        yield "&".join(part for part in (place, condition) if part).format(**ids)
    for sort, sign in product(SORTS, ("", "-")):
        yield f"near=114.075,22.45&radius_m=50000&sort={sign}{sort}&streets={two.own},{two.other}"


def tiles() -> Iterator[str]:
    """Tiles that hold the other street's communities, small and large."""
    for z in (8, 12, 15):
        x, y = tile_at(*OTHER_CENTRE, z)[1:]
        for name in ("base", *(layer.name for layer in LAYERS.values() if layer.tiled)):
            yield f"/tiles/{name}/{z}/{x}/{y}.mvt?period={PERIOD}"
            yield f"/tiles/{name}/{z}/{x}/{y}.mvt?period={PERIOD}&category=parking&measure=count"


def layers(two: TwoStreets) -> Iterator[str]:
    """Every layer with each of its measures, all streets and the other one only."""
    for layer in LAYERS.values():
        for measure, streets in product(layer.measures or [None], ("", str(two.other))):
            more = f"?period={PERIOD}&streets={streets}&measure={measure.code if measure else ''}"
            for category in ("", "&category=parking"):
                yield f"/layers/{layer.name}.geojson{more}{category}"
                yield f"/layers/{layer.name}/legend.json{more}{category}"


def asked(two: TwoStreets, run_id: object = NOBODY, route_id: object = NOBODY) -> dict[str, list[str]]:
    """Return addresses to ask for by endpoint: every GET route there is."""
    there, nowhere = two.communities["乙安苑"], two.communities["乙无位"]
    spelled = list(queries(two))
    seek = ("乙", "乙安苑", "共同物业", "gtwy", "乙路99号", "乙不明小区", "乙秘", "乙册街", "%", "_")
    cards = [
        f"/communities/{number}?period={period}"
        for number in (there, nowhere)
        for period in (PERIOD, "2026-Q1")
    ]
    before_visit = "as_of=2025-08-18"  # the other street's inspection is a later one then
    of_street = (
        "",
        f"?street={two.other}",
        "?text=乙",
        "?community=乙&all=1",
        f"?street={two.other}&all=1&level=street",
    )
    return {
        "maps.page": ["/", f"/?period={PERIOD}&layer=streets", f"/?period={PERIOD}&layer=density"],
        "accounts.own": ["/account"],
        "accounts.index": ["/administration"],
        "accounts.audit": ["/administration/audit"],
        "policy.page": ["/administration/policy"],
        "policy.history": ["/administration/policy/versions"],
        "policy.export": ["/administration/policy.toml", "/administration/policy.toml?version=1"],
        "communities.card": [
            *cards,
            *(f"{card}&{more}" for card in cards for more in ("category=parking", before_visit)),
        ],
        "places.streets": ["/streets"],
        "places.street": [f"/streets/{two.other}?period={PERIOD}"],
        "firms.card": [f"/firms/{two.firm}"],
        "queries.find": [f"/search.json?q={text}" for text in seek],
        "queries.page": [
            *(f"/query?period={PERIOD}&{query}" for query in spelled),
            *(f"/query?{before_visit}&{query}" for query in spelled[::6]),
        ],
        "queries.matches": [f"/query/matches.json?period={PERIOD}&{query}" for query in spelled],
        "queries.export": [
            f"/query.{kind}?period={PERIOD}&{query}"
            for kind, step in (("csv", 3), ("geojson", 7), ("xlsx", 20))
            for query in spelled[::step]
        ],
        "maps.features": [path for path in layers(two) if ".geojson" in path],
        "maps.legend": [path for path in layers(two) if "legend" in path],
        "maps.tile": [path for path in tiles() if "/base/" not in path],
        "maps.road_tile": [path for path in tiles() if "/base/" in path],
        "imports.index": ["/data"],
        "imports.listed": ["/data/imports"],
        "imports.run": [f"/data/imports/{run_id}"],
        "imports.remarks": [f"/data/imports/{run_id}.csv"],
        "imports.to_mend": [f"/data/imports/{run_id}/to-mend.csv"],
        "imports.bring": ["/data/import"],
        "imports.template": ["/data/templates/communities.xlsx"],
        "imports.upload": [f"/data/uploads/{run_id}"],
        "imports.received": [f"/data/uploads/{run_id}/received"],
        "communities.linking": ["/data/linking"],
        "communities.doubles": ["/data/doubles"],
        "communities.unlocated_communities": [f"/data/unlocated{more}" for more in of_street],
        "communities.unnamed_outlines": [f"/data/unnamed{more}" for more in of_street],
        "complaints.doubtful_complaints": [
            f"/data/doubtful-complaints{more}" for more in ("", "?doubt=other_street", "?lon=114.1&lat=22.5")
        ],
        "complaints.unplaced_complaints": [f"/data/unplaced-complaints{more}" for more in of_street],
        "complaints.candidates": [f"/data/candidates?community=乙&street={two.other}"],
        "communities.record": [f"/data/communities/{there}"],
        "communities.names": [f"/data/communities/{there}/names?register=乙"],
        "communities.place": ["/data/place.json?point=114.075,22.45"],
        "places.jurisdictions": ["/data/jurisdictions"],
        "places.jurisdiction_faults": ["/data/jurisdictions.geojson"],
        "operations.jobs": ["/jobs"],
        "operations.job_list": ["/jobs/list"],
        "routes.index": ["/routes"],
        "routes.new": [f"/routes/new?stops={there}"],
        "routes.page": [f"/routes/{route_id}"],
        "routes.sheet": [f"/routes/{route_id}/sheet"],
        "routes.gpx": [f"/routes/{route_id}.gpx"],
        "routes.export": [f"/routes/{route_id}.{kind}" for kind in TABLE_KINDS],
    }


def told(browser: FlaskClient, address: str) -> str:
    """Return status and content of an answer as text, without what differs from request to request."""
    # The map page holds the state of the whole map; of all others the drawer says everything.
    answer = browser.get(address, headers={} if address.partition("?")[0] == "/" else FRAGMENT)
    name = answer.headers.get("Content-Disposition", "")
    if answer.mimetype.endswith("vector-tile"):
        layers_of = read_tile(answer.data)
        content = "\n".join(f"{layer}\n{frame.to_csv()}" for layer, frame in sorted(layers_of.items()))
    elif answer.mimetype.endswith("sheet"):
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        content = "\n".join(str(row) for page in book for row in page.iter_rows(values_only=True))
    else:
        content = answer.get_data(as_text=True)
    content = re.sub(r'((?:name="csrf_token" value|name="csrf-token" content|nonce)=")[^"]*', "", content)
    content = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+:\d]*", "", content)  # when a file was made
    # Minutes of this year are when data were changed: no secret, and time goes on. The streets' are older.
    content = re.sub(rf"{datetime.now().year}-\d\d-\d\d \d\d:\d\d", "", content)
    content = re.sub(r'("request_id":"|编号 )[0-9a-f]{16}', "", content)
    return f"{answer.status_code} {name}\n{content}"


def test_every_route_that_answers_is_asked(app: Flask, two: TwoStreets) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert rules - WITHOUT_DATA == set(asked(two))


def test_nothing_depends_on_another_street(official: FlaskClient, two: TwoStreets, seeded: Session) -> None:
    addresses = [address for several in asked(two).values() for address in several]
    before = {address: told(official, address) for address in addresses}
    add_secrets(seeded, two)
    changed = [address for address in addresses if told(official, address) != before[address]]
    assert changed == []


def test_no_answer_holds_a_secret_of_another_street(
    official: FlaskClient, log_in: LogIn, two: TwoStreets, seeded: Session, city: City
) -> None:
    run_id, route_id = add_secrets(seeded, two), plan_there(seeded, two, city)
    leader, found = log_in(Role.LEADER), []
    for endpoint, several in asked(two, run_id, route_id).items():
        for address in several:
            if endpoint.startswith(("maps.", "places.jurisdiction")):
                leader.get(address)  # so that the portal keeps the leader's answer
            content = told(official, address)
            # What was asked for is repeated: it is the asker's own.
            content = content.replace("没有找到“乙路99号”", "").replace("没有找到“乙不明小区”", "")
            content = content.replace("没有找到“乙册街”", "")
            found += [f"{address}: {marker}" for marker in MARKERS if marker in content]
    assert found == []


def test_the_leader_does_see_them(log_in: LogIn, two: TwoStreets, seeded: Session) -> None:
    """Without this the test above could pass by looking in the wrong place."""
    run_id = add_secrets(seeded, two)
    leader, clerk = log_in(Role.LEADER), log_in(Role.CLERK)
    pages = asked(two, run_id)
    seen = "".join(
        told(leader, path)
        for name in ("communities.card", "maps.features", "queries.page")
        for path in pages[name]
    )
    seen += "".join(
        told(clerk, path) for several in pages.values() for path in several if path.startswith("/data")
    )
    hidden = {"乙王主任", "乙党支部", "乙罚证据", "13800138000"}  # shown to nobody so far, or masked
    assert [marker for marker in MARKERS if marker not in seen and marker not in hidden] == []
    assert "13800138000" not in seen


def plan_there(session: Session, two: TwoStreets, city: City) -> object:
    """Return the id of an inspector's route through the other street."""
    viewer = route_days.add_inspector(session, "i-there")
    return route_days.plan(session, city, viewer, [two.communities["乙安苑"]])


@pytest.mark.parametrize("kind", ["tile", "features"])
def test_an_answer_kept_for_the_city_is_not_given_to_a_street(
    log_in: LogIn, two: TwoStreets, seeded: Session, official: FlaskClient, kind: str
) -> None:
    add_secrets(seeded, two)
    z, x, y = tile_at(*OTHER_CENTRE, 12)
    address = {
        "tile": f"/tiles/communities/{z}/{x}/{y}.mvt?period={PERIOD}",
        "features": f"/layers/communities.geojson?period={PERIOD}",
    }[kind]
    leader = log_in(Role.LEADER)
    whole = leader.get(address)
    assert "73.7" in told(leader, address)
    mine = official.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert mine.status_code == 200
    assert mine.headers["ETag"] != whole.headers["ETag"]
    assert "73.7" not in told(official, address)
    assert "Cookie" in mine.headers["Vary"]
    assert "private" in mine.headers["Cache-Control"]
    theirs = log_in(Role.STREET, street_id=two.other).get(address)
    assert theirs.headers["ETag"] not in (mine.headers["ETag"], whole.headers["ETag"])


def test_one_inspector_never_gets_the_routes_of_another(
    log_in: LogIn, two: TwoStreets, seeded: Session, city: City
) -> None:
    first, second = log_in(Role.INSPECTOR), log_in(Role.INSPECTOR)
    empty = first.get("/layers/routes.geojson")
    again = second.get("/layers/routes.geojson", headers={"If-None-Match": empty.headers["ETag"]})
    assert again.status_code == 200
    route_id = plan_there(seeded, two, city)
    for kind in ("", "/sheet", ".csv", ".xlsx", ".geojson", ".gpx"):
        assert first.get(f"/routes/{route_id}{kind}").status_code == 404
    assert first.post(f"/routes/{route_id}/delete").status_code == 404


def test_a_street_official_writes_nothing_of_another_street(
    app: Flask, official: FlaskClient, two: TwoStreets, seeded: Session, city: City
) -> None:
    add_secrets(seeded, two)
    route_id = plan_there(seeded, two, city)
    waiting = seeded.scalars(select(Complaint.id).where(Complaint.source_key == "乙-12345-1")).one()
    audited = seeded.scalar(select(func.count()).select_from(Audit))
    number = two.communities["乙安苑"]
    values = {"number": number, "user_id": 1, "route_id": route_id}
    form = {
        "complaint": waiting, "community_id": two.communities["甲安苑"], "name": "改名", "alias": "改名",
        "point": "114.025,22.45", "corners": "114.0,22.44;114.01,22.44;114.01,22.45", "parts": "一\n二",
        "active": "0", "password": "correct horse battery", "stops": number, "day": "2099-01-01",
    }  # fmt: skip
    own = {
        "accounts.enter",
        "accounts.leave",
        "accounts.choose_language",
        "accounts.change_password",
        "queries.keep_area",
        "operations.change_job",
    }
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in own:
            known = values | ({"number": UUID(int=0)} if "<uuid:number>" in rule.rule else {})
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda name, v=known: str(v[name[1]]), rule.rule)
            assert official.post(address, data=form).status_code == 403, address
    assert seeded.scalar(select(func.count()).select_from(Audit)) == audited
