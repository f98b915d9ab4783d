"""Files that a city really has, where they are beside the checkout: imported into PostGIS."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.registry import IMPORTS
from portal.actions.transactions.import_run import Outcome
from portal.as_of import choose
from portal.config import ROOT
from portal.models import Community, Complaint, Contract, Firm, ImportRun, Street
from portal.query import CommunityQuery
from portal.store.queries.conditions import conditions
from portal.terms import ImportState, Subject

CASES = ROOT.parent / "shared" / "data" / "cases"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not CASES.exists(), reason="the city's files are not beside the checkout"),
]
Take = Callable[..., Outcome]


@pytest.fixture
def take(session: Session, means: Means) -> Take:
    """Import a file of the cases, or a path, into a city at 117° or, for files of r…, at 113° east."""

    def run(subject: Subject, file: str | Path, source: str = "") -> Outcome:
        path = CASES / file if isinstance(file, str) else file
        own = replace(means, city=replace(means.city, metric_epsg=4547 if path.name[0] == "r" else 4548))
        datum = Datum.WGS84 if IMPORTS[subject].has_geometry else None
        wanted = FileImport(subject=subject, path=path, source=source, datum=datum, accept_datum=True)
        return import_file(session, wanted, own)[0]

    return run


@pytest.fixture
def town(take: Take) -> None:
    take(Subject.STREETS, "streets.geojson")
    take(Subject.COMMUNITIES, "communities.geojson", "register")


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def reasons(outcome: Outcome) -> str:
    return " ".join(item.reason for item in outcome.remarks)


def test_damaged_keys_overwrite_nothing(session: Session, town: None, take: Take) -> None:
    for file in ("c02a_march.csv", "c02b_april.csv"):
        outcome = take(Subject.COMPLAINTS, file, "hotline")
        assert (outcome.state, outcome.counts["rejected"]) == (ImportState.FAILED, 3)
        assert "近似的数" in reasons(outcome)
    assert take(Subject.COMPLAINTS, "c02x_numbers.xlsx", "other").nothing_fit
    assert take(Subject.COMPLAINTS, "c34_bigint.geojson", "json").nothing_fit
    assert count(session, Complaint) == 0


def test_wrapped_keys_are_no_other_complaints(session: Session, town: None, take: Take) -> None:
    assert take(Subject.COMPLAINTS, "c33a_wrapped.csv", "hotline").counts["new"] == 2
    again = take(Subject.COMPLAINTS, "c33b_plain.csv", "hotline")
    assert (again.state, again.counts["unchanged"], count(session, Complaint)) == (
        ImportState.UNCHANGED,
        2,
        2,
    )


def test_merged_cells_put_every_row_in_its_street(session: Session, town: None, take: Take) -> None:
    assert take(Subject.COMMUNITIES, "c03_merged.xlsx").counts["assigned_to_a_street"] == 6
    outcome = take(Subject.COMPLAINTS, "c03b_merged_complaints.xlsx")
    assert outcome.counts["street_by_street"] == 4


def test_totals_are_no_communities(session: Session, town: None, take: Take) -> None:
    before = count(session, Community)
    outcome = take(Subject.COMMUNITIES, "c04_totals.xlsx")
    assert (outcome.counts["new"], outcome.counts["rejected"]) == (3, 3)
    households = select(func.sum(Community.households)).where(Community.id > before)
    assert session.scalar(households.where(Community.name.in_(["青禾里", "半山居", "石桥苑"]))) == 1200
    firms = take(Subject.FIRMS, "r06_total_row_firms.csv")
    assert session.scalars(select(Firm.name)).all() == ["测试物业丁公司"]
    assert "校验码" in reasons(firms)


def test_radicals_are_placed_at_their_community(session: Session, town: None, take: Take) -> None:
    outcome = take(Subject.COMPLAINTS, "c05_radicals.csv")
    assert outcome.counts["community_by_name"] == 5


def test_contracts_run_by_the_citys_days(session: Session, town: None, take: Take) -> None:
    take(Subject.FIRMS, "c06_firms.csv")
    assert take(Subject.CONTRACTS, "c06_contracts.csv").counts["new"] == 3
    periods = session.execute(select(func.lower(Contract.period), func.upper(Contract.period))).tuples()
    assert set(periods) == {(date(2024, 7, 1), date(2025, 7, 1))}
    assert take(Subject.CONTRACTS, "c31_two_row_header.xlsx").counts["new"] == 2


def test_outlines_of_gis_files(session: Session, town: None, take: Take) -> None:
    assert take(Subject.COMMUNITIES, "c07_ids.geojson").counts["new"] == 4
    assert take(Subject.COMMUNITIES, "c08b_moved.zip").counts["new"] == 3
    outline = select(Community.outline).where(Community.name == "听泉居").scalar_subquery()
    assert session.scalar(select(func.ST_Area(func.geography(outline)))) == pytest.approx(52_891, rel=0.002)
    assert take(Subject.COMMUNITIES, "r01_unclosed_rings.geojson").counts["repaired"] == 2
    names = select(Community.name).where(Community.name.in_(["锦绣里", "安澜苑"]))
    take(Subject.COMMUNITIES, "c25c_id.zip")
    assert len(session.scalars(names).all()) == 2


def test_streets_in_short(session: Session, take: Take, tmp_path: Path) -> None:
    path = tmp_path / "r_streets.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "district": "天河区"},
            "geometry": shapely.geometry.mapping(shapely.box(west, 23.12, west + 0.02, 23.14)),
        }
        for name, west in (("石牌街道", 113.34), ("沙东街道", 113.30))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    take(Subject.STREETS, path)
    outcome = take(Subject.COMMUNITIES, "r07_street_jie.csv")
    assert outcome.counts["assigned_to_a_street"] == 2
    take(Subject.COMMUNITIES, "r02_unit_in_header.csv")
    area = select(Community.floor_area_m2).where(Community.name == "测试乙苑")
    assert session.scalar(area) == 277_600
    take(Subject.FIRMS, "r03_firm.csv")
    outcome = take(Subject.CONTRACTS, "r03_fee_per_household.csv")
    assert "元/户·月" in reasons(outcome)
    assert session.scalars(select(Contract.fee_yuan_m2_month)).all() == [None]


def test_streets_of_one_district(session: Session, take: Take) -> None:
    assert take(Subject.STREETS, "r15_streets_one_district.geojson").counts["new"] == 2
    assert set(session.scalars(select(Street.code))) == {"440106001000", "440106002000"}


def test_nothing_imported_is_a_failure(session: Session, take: Take) -> None:
    outcome = take(Subject.COMMUNITIES, "r11_title_column.csv")
    assert outcome.nothing_fit
    assert "没有识别、只作为附加属性保留的列：title" in reasons(outcome)
    assert session.scalars(select(ImportRun.state)).all() == [ImportState.FAILED]


def doubts_of(outcome: Outcome) -> dict[str, int]:
    return {key: n for key, n in outcome.counts.items() if key.startswith("doubt_")}


def test_a_placeholder_makes_no_points(session: Session, take: Take) -> None:
    outcome = take(Subject.COMPLAINTS, "r10_placeholder_coordinate.csv")
    assert (doubts_of(outcome), outcome.counts["point_by_coordinate"]) == ({"doubt_shared": 20}, 1)


def test_a_street_that_contradicts_the_coordinate(session: Session, take: Take, tmp_path: Path) -> None:
    path = tmp_path / "r_streets.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "district": "天河区"},
            "geometry": shapely.geometry.mapping(shapely.box(west, 23.13, west + 0.025, 23.15)),
        }
        for name, west in (("沙东街道", 113.31), ("石牌街道", 113.335))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    take(Subject.STREETS, path)
    outcome = take(Subject.COMPLAINTS, "r17_street_contradicts_coordinate.csv")
    assert doubts_of(outcome) == {"doubt_other_street": 1, "doubt_far_off": 1}
    assert outcome.counts["street_by_street"] == 2
    assert "登记在石牌街道，坐标却在沙东街道" in reasons(outcome)


def test_registers_without_streets_make_one_community_each(session: Session, take: Take) -> None:
    take(Subject.COMMUNITIES, "r08_no_street_a.csv")
    assert take(Subject.COMMUNITIES, "r08_no_street_b.csv").counts["changed"] == 2
    assert count(session, Community) == 2


def test_a_pin_between_two_areas_is_in_one(session: Session, town: None, take: Take) -> None:
    take(Subject.COMMUNITIES, "c16_pins.csv")
    as_of = choose(date(2025, 10, 10), {}, ZoneInfo("Asia/Shanghai"))
    found = []
    for west in (117.010, 117.015):
        ring = ((west, 31.005), (west + 0.005, 31.005), (west + 0.005, 31.015), (west, 31.015))
        inside = conditions(CommunityQuery(area=ring), as_of)
        found += session.scalars(select(Community.name).where(*inside)).all()
    assert found.count("界上居") == 1
