"""Gaps and overlaps between streets."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import Street
from portal.terms import Role, Subject
from tests.conftest import LogIn, Statements
from tests.portal import waiting_city
from tests.portal.views.pages import read, text_of
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    return waiting_city.build(seeded)


def widen(session: Session, town: WaitingCity, name: str, west: float, east: float) -> None:
    shape = f"MULTIPOLYGON((({west} 22.4, {east} 22.4, {east} 22.6, {west} 22.6, {west} 22.4)))"
    session.execute(
        update(Street)
        .where(Street.id == town.streets[name])
        .values(outline=func.ST_GeomFromText(shape, 4326))
    )
    touch(session, [Subject.STREETS])


def test_a_strip_between_two_streets_is_a_gap_with_its_area(log_in: LogIn, town: WaitingCity) -> None:
    page = read(log_in(Role.CLERK), "/data/jurisdictions")
    line = text_of(page, "[data-fault]")
    assert line.startswith("空隙 东、西 114.1000")
    # 0.00005° by 0.2° at 22.5° north: 5.15 m by 22.15 km
    assert float(line.split()[-2].replace(",", "")) == pytest.approx(5.15 * 22_150, rel=0.01)


def test_the_map_gets_the_same_as_shapes(log_in: LogIn, town: WaitingCity) -> None:
    browser = log_in(Role.CLERK)
    answer = browser.get("/data/jurisdictions.geojson")
    assert answer.content_type == "application/geo+json"
    (feature,) = orjson.loads(answer.data)["features"]
    assert (feature["id"], feature["properties"]["kind"]) == (1, "gap")
    assert feature["geometry"]["type"] == "Polygon"
    again = browser.get("/data/jurisdictions.geojson", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_they_are_computed_once_for_each_version_of_the_streets(
    log_in: LogIn, seeded: Session, town: WaitingCity, statements: Statements
) -> None:
    browser = log_in(Role.CLERK)
    read(browser, "/data/jurisdictions")
    before = len(statements)
    read(browser, "/data/jurisdictions")
    assert len(statements) - before == 3  # account, policy, version
    widen(seeded, town, "西", 114.0999, 114.2)
    assert text_of(read(browser, "/data/jurisdictions"), "[data-fault]").startswith("重叠 东、西")


def test_without_faults_the_page_says_so(log_in: LogIn, seeded: Session, town: WaitingCity) -> None:
    widen(seeded, town, "西", 114.1, 114.2)
    assert "没有空隙，也没有重叠" in read(log_in(Role.CLERK), "/data/jurisdictions").get_text()


def test_a_street_official_sees_the_faults_of_the_own_street(
    log_in: LogIn, seeded: Session, town: WaitingCity
) -> None:
    third = Street(
        source_key="远",
        name="远",
        district="中区",
        outline=func.ST_GeomFromText(
            "MULTIPOLYGON(((114.4 22.4, 114.5 22.4, 114.5 22.6, 114.4 22.6, 114.4 22.4)))", 4326
        ),
        area_m2=1.0,
        source_datum="wgs84",
    )
    seeded.add(third)
    touch(seeded, [Subject.STREETS])
    seeded.flush()
    far, east = (log_in(Role.STREET, street_id=number) for number in (third.id, town.streets["东"]))
    assert read(far, "/data/jurisdictions").select("[data-fault]") == []
    assert orjson.loads(far.get("/data/jurisdictions.geojson").data)["features"] == []
    assert len(read(east, "/data/jurisdictions").select("[data-fault]")) == 1
