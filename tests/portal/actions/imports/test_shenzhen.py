"""The whole sequence on real data: roads, streets, outlines, official list, named communities, hotline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from geo.datums.crs import Datum
from geo.policy.city import City
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.transactions.import_run import Outcome
from portal.db import SessionFactory, driver_url
from portal.errors import FileRefused
from portal.models import (
    Community,
    CommunityHistory,
    CommunityIdentity,
    Complaint,
    ImportReject,
    ImportRun,
    Neighbourhood,
    Road,
    Street,
    WorkOrder,
)
from portal.store.places import territory
from portal.terms import Subject
from tests.conftest import MakeDatabase
from tests.geo.outlines.street_reference import assign_streets

pytestmark = pytest.mark.realdata

SEQUENCE = {
    "roads": (Subject.ROADS, "futian_roads.osm.pbf"),
    "streets": (Subject.STREETS, "streets_gcj02.geojson"),
    "outlines": (Subject.COMMUNITIES, "community_outlines_bd09.geojson"),
    "official": (Subject.COMMUNITIES, "communities_official_2021.csv"),
    "named": (Subject.COMMUNITIES, "futian_communities_bd09.csv"),
    "hotline": (Subject.COMPLAINTS, "hotline_pingshan_2018.csv"),
}
# What an import may add to without a row of the city having changed.
RECORDS = {"import_run", "import_reject", "audit", "alembic_version", "spatial_ref_sys"}


@dataclass(frozen=True)
class Shenzhen:
    """The city after two rounds of the same imports."""

    data: Path
    sessions: SessionFactory
    first: dict[str, Outcome]
    second: dict[str, Outcome]
    before: dict[str, str]
    after: dict[str, str]


@pytest.fixture(scope="module")
def shenzhen(real_data: Path, make_database: MakeDatabase, means: Means) -> Iterator[Shenzhen]:
    engine = create_engine(driver_url(make_database().portal_url))
    sessions = sessionmaker(engine, expire_on_commit=False)
    data = real_data / "shenzhen"
    with sessions() as session:
        first = run_sequence(session, data, means)
        before = checksums(session)
        second = run_sequence(session, data, means)
        after = checksums(session)
    yield Shenzhen(data, sessions, first, second, before, after)
    engine.dispose()


@pytest.fixture
def session(shenzhen: Shenzhen) -> Iterator[Session]:
    """Reads; what a test writes is not kept."""
    with shenzhen.sessions() as made:
        yield made


def run_sequence(session: Session, data: Path, means: Means) -> dict[str, Outcome]:
    return {
        name: import_file(session, FileImport(subject=subject, path=data / file), means)[0]
        for name, (subject, file) in SEQUENCE.items()
    }


def checksums(session: Session) -> dict[str, str]:
    """Return a digest of each table's rows and of when they were last written."""
    tables = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ).all()
    rows = "coalesce(string_agg(t.xmin::text || t::text, '|' ORDER BY t::text), '')"
    kept = [name for name in tables if name not in RECORDS and not name.startswith("procrastinate")]
    return {name: session.scalars(text(f"SELECT md5({rows}) FROM {name} t")).one() for name in kept}


def rows(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def reasons(outcome: Outcome, severity: str) -> list[str]:
    return [item.reason for item in outcome.remarks if item.severity == severity]


def test_streets_are_read_in_gcj02_whatever_their_label_says(shenzhen: Shenzhen, session: Session) -> None:
    origin = shenzhen.first["streets"].origin
    assert origin.datum is Datum.GCJ02
    assert origin.datum_confidence is not None and origin.datum_confidence >= 0.95
    assert rows(session, Street) == 74
    area_m2 = session.scalar(select(func.sum(Street.area_m2)))
    assert area_m2 == pytest.approx(1965e6, rel=1e-3)
    assert shenzhen.first["streets"].counts["overlaps"] == 0
    assert shenzhen.first["streets"].counts["gaps"] == 4
    assert len([reason for reason in reasons(shenzhen.first["streets"], "noted") if "空隙" in reason]) == 4


def test_street_names_have_no_suffix_and_their_initials(session: Session) -> None:
    assert session.scalars(select(Street.name).where(Street.name.endswith("街道"))).all() == []
    initials = session.scalar(select(Street.pinyin_initials).where(Street.name == "龙田"))
    assert initials == "lt"


def test_outlines_are_read_in_bd09(shenzhen: Shenzhen, session: Session) -> None:
    origin = shenzhen.first["outlines"].origin
    assert origin.datum is Datum.BD09
    assert origin.datum_confidence is not None and origin.datum_confidence >= 0.95
    of_outlines = select(func.count()).where(CommunityIdentity.source == "community_outlines_bd09")
    assert session.scalar(of_outlines) == 1548
    recorded = session.scalars(select(ImportRun.datum_message).where(ImportRun.datum == "bd09")).first()
    assert recorded is not None and "BD-09" in recorded and "%" in recorded


def test_four_invalid_outlines_are_repaired_and_reported(shenzhen: Shenzhen, session: Session) -> None:
    repaired = [item for item in shenzhen.first["outlines"].remarks if item.severity == "repaired"]
    assert sorted(item.value for item in repaired) == ["2966", "4228", "6741", "747"]
    assert all("已修复" in item.reason and "m²" in item.reason for item in repaired)
    kept = session.scalar(select(func.count()).where(ImportReject.severity == "repaired"))
    assert kept == 8  # both rounds say so
    assert session.scalar(select(func.count()).where(~func.ST_IsValid(Community.outline))) == 0


def test_all_outlines_but_one_have_a_street(shenzhen: Shenzhen, session: Session) -> None:
    counts = shenzhen.first["outlines"].counts
    assert (counts["assigned_to_a_street"], counts["outside"]) == (1547, 1)
    outside = session.execute(
        select(CommunityIdentity.source_key, Community.street_id)
        .join(Community)
        .where(Community.street_how == "outside")
    ).all()
    assert outside == [("8466", None)]
    assert reasons(shenzhen.first["outlines"], "noted") == ["8466 不在任何街道内，距最近的街道 5.7 公里"]


def test_the_outline_whose_point_lies_in_a_gap_is_assigned_by_overlap(session: Session) -> None:
    anywhere = select(Street.id).where(func.ST_Covers(Street.outline, Community.location)).exists()
    found = session.execute(
        select(Community.street_how, Community.street_share).where(
            Community.street_id.is_not(None), Community.outline.is_not(None), ~anywhere
        )
    ).all()
    assert found == [("overlap", pytest.approx(0.89, abs=0.005))]


def test_postgis_assigns_as_the_oracle_does(session: Session, city: City) -> None:
    streets = territory.by_source_key(session)
    found = session.execute(
        select(Community.id, func.ST_AsBinary(Community.outline), Street.source_key, Community.street_share)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.outline.is_not(None))
    ).all()
    places = streets.iloc[:0][["geometry"]].reindex(range(len(found)))
    places = places.set_geometry([shapely.from_wkb(bytes(row[1])) for row in found], crs=4326)
    expected = assign_streets(places, streets, city)
    assert len(expected.outside) == 1
    ours = np.array([row[2] for row in found], dtype=object)[expected.assigned.index]
    assert (ours == expected.assigned["street"]).all()
    shares = np.array([row[3] for row in found], dtype=float)[expected.assigned.index]
    assert np.allclose(shares, expected.assigned["share"], atol=1e-4)


def test_the_official_list_is_matched_by_name(shenzhen: Shenzhen, session: Session) -> None:
    outcome = shenzhen.first["official"]
    assert outcome.counts["new"] == 3595
    assert (outcome.counts["assigned_to_a_street"], outcome.counts["street_not_found"]) == (3594, 1)
    assert outcome.origin.datum is None
    lost = session.scalars(select(Community.registered_street).where(Community.street_how == "not_found"))
    assert lost.all() == ["前海"]
    assert session.scalar(select(func.count()).where(Community.reference_price_yuan_m2.is_not(None))) == 3595


def test_a_repeated_name_is_noted_and_stays_two_communities(shenzhen: Shenzhen, session: Session) -> None:
    noted = [item for item in shenzhen.first["official"].remarks if item.value == "中南大院"]
    assert len(noted) == 2
    assert all("桂园、翠竹" in item.reason for item in noted)
    assert session.scalar(select(func.count()).where(Community.name == "中南大院")) == 2


def test_named_communities_join_those_of_the_official_list(shenzhen: Shenzhen, session: Session) -> None:
    outcome = shenzhen.first["named"]
    assert outcome.origin.datum is Datum.BD09
    counts = outcome.counts
    assert (counts["new"], counts["linked_by_name_and_street"]) == (24, 18)
    named = (
        select(Community).join(CommunityIdentity).where(CommunityIdentity.source == "futian_communities_bd09")
    )
    communities = session.scalars(named).all()
    assert len(communities) == 42
    assert all(
        community.pin is not None and community.street_how == "coordinate" for community in communities
    )
    linked = session.scalars(named.where(Community.reference_price_yuan_m2.is_not(None))).all()
    assert len(linked) == 18
    assert all(community.address and community.built_year for community in linked)
    history = session.scalars(select(CommunityHistory.kind))
    assert history.all() == ["linked"] * 18


def test_the_hotline_is_complete(shenzhen: Shenzhen, session: Session) -> None:
    counts = shenzhen.first["hotline"].counts
    assert (counts["new"], counts["rejected"]) == (10_000, 0)
    assert counts["matched_to_a_street"] == 9_990
    levels = select(Complaint.place_level, Complaint.place_how, func.count()).group_by(
        Complaint.place_level, Complaint.place_how
    )
    assert set(session.execute(levels).tuples()) == {
        ("neighbourhood", "neighbourhood", 9_990),
        ("none", "not_found", 10),
    }
    assert session.scalar(select(func.count()).where(Complaint.point.is_not(None))) == 0
    assert rows(session, Neighbourhood) == 23
    assert rows(session, WorkOrder) == 10_000


def test_repeats_are_flagged(shenzhen: Shenzhen, session: Session) -> None:
    assert shenzhen.first["hotline"].counts["repeats"] == 70
    repeats = select(Complaint.repeat_of_id).where(Complaint.repeat_of_id.is_not(None))
    assert len(set(session.scalars(repeats))) == 65
    pointing_on = select(func.count()).where(Complaint.id.in_(repeats), Complaint.repeat_of_id.is_not(None))
    assert session.scalar(pointing_on) == 0
    later = select(func.count()).where(Complaint.repeat_of_id > Complaint.id)
    assert session.scalar(later) == 0


def test_a_dash_means_missing(session: Session) -> None:
    texts = [
        column
        for column in Complaint.__table__.columns
        if column.name.startswith(("reported_", "event_", "main_", "sub_", "channel", "request_"))
    ]
    for column in texts:
        assert session.scalar(select(func.count()).where(column == "-")) == 0, column.name
    assert session.scalar(select(func.count()).where(Complaint.request_kind.is_(None))) == 20
    assert session.scalar(select(func.count()).where(WorkOrder.in_time.is_(None))) == 5
    assert session.scalar(select(func.count()).where(WorkOrder.in_time)) == 9_071


def test_property_matters_are_told_from_the_rest(shenzhen: Shenzhen, session: Session) -> None:
    assert shenzhen.first["hotline"].counts["property_related"] == 193
    by_category = select(Complaint.category, func.count()).where(Complaint.property_related)
    assert dict(session.execute(by_category.group_by(Complaint.category)).tuples().all()) == {
        "owners_committee": 74,
        "repair": 54,
        "cleaning": 50,
        "fire_lane": 11,
        "lift": 4,
    }
    # An office's 服务态度 and 道路保洁 are no property matters.
    others = select(Complaint.sub_type).where(~Complaint.property_related).distinct()
    assert {"服务态度", "道路保洁"} <= set(session.scalars(others))


def test_roads_of_futian(shenzhen: Shenzhen, session: Session) -> None:
    assert shenzhen.first["roads"].counts["new"] == rows(session, Road)
    assert rows(session, Road) > 3_000
    assert session.scalar(select(func.count()).where(Road.name == "深南大道")) != 0


def test_a_second_import_changes_no_row(shenzhen: Shenzhen) -> None:
    assert shenzhen.before == shenzhen.after
    assert {outcome.state for outcome in shenzhen.first.values()} == {"done"}
    assert {outcome.state for outcome in shenzhen.second.values()} == {"unchanged"}
    for name, outcome in shenzhen.second.items():
        written = [outcome.counts[key] for key in ("new", "changed")]
        assert written == [0, 0], name
        assert (
            outcome.counts["unchanged"]
            == shenzhen.first[name].counts["new"] + (shenzhen.first[name].counts["changed"])
        )


def test_each_import_leaves_a_record(session: Session) -> None:
    states = select(ImportRun.state, func.count()).group_by(ImportRun.state)
    assert dict(session.execute(states).tuples().all()) == {"done": 6, "unchanged": 6}
    digests = session.scalars(select(func.length(ImportRun.file_sha256)).distinct())
    assert digests.all() == [64]


@pytest.mark.parametrize(
    ("name", "stated"),
    [("outlines", Datum.GCJ02), ("outlines", Datum.WGS84), ("streets", Datum.WGS84)],
)
def test_a_wrong_datum_is_flagged_and_refused(
    shenzhen: Shenzhen, session: Session, means: Means, name: str, stated: Datum
) -> None:
    subject, file = SEQUENCE[name]
    wanted = FileImport(subject=subject, path=shenzhen.data / file, datum=stated, source="other")
    with pytest.raises(FileRefused, match="注明的坐标基准") as refused:
        import_file(session, wanted, means)
    assert "--accept-datum" in refused.value.remedy


def test_misread_outlines_land_in_other_streets(shenzhen: Shenzhen, session: Session, means: Means) -> None:
    """What the flag is for: read as GCJ-02, a third of the outlines would change street."""
    subject, file = SEQUENCE["outlines"]
    wanted = FileImport(
        subject=subject, path=shenzhen.data / file, datum=Datum.GCJ02, accept_datum=True, dry_run=True
    )
    outcome, _ = import_file(session, wanted, means)
    assert outcome.origin.datum is Datum.GCJ02
    assert outcome.origin.datum_message is not None and "BD-09" in outcome.origin.datum_message
    assert outcome.counts["changed"] == 1548
    assert rows(session, Community) == 1548 + 3595 + 24


def test_san_francisco_is_reported_outside(shenzhen: Shenzhen, session: Session, means: Means) -> None:
    path = shenzhen.data.parent / "sanfrancisco" / "sf_311_10000.csv"
    wanted = FileImport(subject=Subject.COMPLAINTS, path=path, datum=Datum.WGS84, dry_run=True)
    outcome, _ = import_file(session, wanted, means)
    assert outcome.counts["new"] == 10_000
    assert outcome.counts["none_by_outside"] == outcome.counts["outside"] == 10_000
    assert outcome.counts["outside_without_coordinate"] == 4_264
    columns, matter, outside = reasons(outcome, "noted")
    assert columns.startswith("没有识别、只作为附加属性保留的列：")
    assert matter == "全部 10,000 行都没有识别为物业投诉，不计入物业投诉的任何数字"
    assert outside == "全部 10,000 行在本市范围之外，其中 4,264 行没有坐标"
    assert rows(session, Complaint) == 10_000
