"""Layers over HTTP: what is asked wrongly, what is kept, for whom."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import ServiceScore
from portal.store import data_versions
from portal.terms import Role, Subject
from tests.conftest import LogIn, Statements
from tests.mvt import tile_at
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity

TILE = "/tiles/communities/{}/{}/{}.mvt".format(*tile_at(114.1, 22.5, 9)) + f"?period={PERIOD}"


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    return map_city.build(seeded)


@pytest.fixture
def leader(log_in: LogIn, town: SmallCity) -> FlaskClient:
    return log_in(Role.LEADER)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/layers/nothing.geojson", 404),
        ("/layers/nothing/legend.json", 404),
        ("/tiles/nothing/1/0/0.mvt", 404),
        ("/tiles/density/1/0/0.mvt", 404),
        ("/tiles/communities/1/2/0.mvt", 400),
        ("/tiles/communities/1/0/2.mvt", 400),
        ("/tiles/communities/40/0/0.mvt", 400),
        ("/tiles/communities/1/0/x.mvt", 404),
        ("/layers/communities.geojson?period=yesterday", 400),
        ("/layers/density.geojson?category=DROP TABLE", 400),
        ("/layers/streets.geojson?measure=per_head", 400),
        ("/layers/communities.geojson?streets=a", 400),
    ],
)
def test_what_is_asked_wrongly_is_told(leader: FlaskClient, address: str, status: int) -> None:
    answer = leader.get(address)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["title"]


def test_nobody_sees_a_layer_without_login(client: FlaskClient, seeded: Session) -> None:
    for address in ("/layers/communities.geojson", TILE, "/layers/communities/legend.json"):
        assert client.get(address).status_code == 401


def test_the_browser_keeps_a_tile_until_the_data_change(leader: FlaskClient, seeded: Session) -> None:
    first = leader.get(TILE)
    etag = first.headers["ETag"]
    again = leader.get(TILE, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    seeded.execute(update(ServiceScore).values(band="good"))
    touch(seeded, [Subject.SCORES])
    seeded.commit()
    changed = leader.get(TILE, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.data != first.data


def test_a_tile_that_was_made_is_not_made_again(leader: FlaskClient, statements: Statements) -> None:
    first = leader.get(TILE)
    counted, seen = len(statements), len(statements.texts)
    assert leader.get(TILE).data == first.data
    assert len(statements) - counted == 3  # account, policy, version of the data
    assert not any("ST_AsMVT(" in text for text in statements.texts[seen:])


def test_what_one_may_see_is_not_kept_for_another(log_in: LogIn, town: SmallCity) -> None:
    leader, east = log_in(Role.LEADER), log_in(Role.STREET, street_id=town.streets["东"])
    west = log_in(Role.STREET, street_id=town.streets["西"])
    address = f"/layers/communities.geojson?period={PERIOD}"
    answers = [browser.get(address) for browser in (leader, east, west)]
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    points = [
        [feature["properties"]["points"] for feature in answer.json["features"]]
        for answer in answers
        if answer.json
    ]
    assert [sum(value is not None for value in found) for found in points] == [3, 2, 1]


def test_legends_speak_the_viewers_language(leader: FlaskClient) -> None:
    address = f"/layers/communities/legend.json?period={PERIOD}"
    chinese = leader.get(address).json
    leader.post("/language", data={"language": "en"})
    english = leader.get(address).json
    assert chinese is not None
    assert english is not None
    assert (chinese["title"], chinese["classes"][0]["label"]) == ("小区服务评分", "优秀 ≥ 90")
    assert (english["title"], english["classes"][0]["label"]) == (
        "Service score of communities",
        "Excellent ≥ 90",
    )
    assert (chinese["period"], english["period"]) == ("2025年第3季度", "2025 Q3")
    few = leader.get(f"/layers/streets/legend.json?period={PERIOD}").json
    assert few is not None
    assert few["classes"][-1]["label"] == "Fewer than 5, not shown"


def test_data_are_compressed_once_and_not_by_anybody_else(leader: FlaskClient) -> None:
    address = f"/layers/communities.geojson?period={PERIOD}"
    packed = leader.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Cookie, Accept-Encoding"
    plain = leader.get(address)
    assert "Content-Encoding" not in plain.headers
    assert plain.data.startswith(b'{"type":"FeatureCollection"')


def test_a_kept_legend_learns_that_scores_are_outdated(leader: FlaskClient, seeded: Session) -> None:
    address = "/layers/communities/legend.json"
    touch(seeded, [Subject.SCORES])
    before = leader.get(address)
    touch(seeded, [Subject.COMPLAINTS])
    after = leader.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert "之后资料有变化" not in before.get_json()["note"]
    assert after.status_code == 200
    assert f"评分计算于 {data_versions.scores_outdated(seeded)}，之后资料有变化" in after.get_json()["note"]
