"""Evidence into the tables: found by key or name, changed where it differs, refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from geo.errors import FrameError
from geo.frames import EVIDENCE_BY_SUBJECT
from geo.policy.city import City
from portal.actions.scores import evidence_import as evidence
from portal.actions.scores.evidence_kinds import KINDS
from portal.actions.transactions.import_run import Loaded
from portal.models import (
    Community,
    CommunityGate,
    CommunityIdentity,
    Finding,
    Firm,
    FourPartyMeeting,
    Inspection,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
    Penalty,
    Rectification,
    StreetEvaluation,
    Survey,
)
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.actions.conftest import frame_of

CIPHER = Cipher.from_secret("s" * 48)


@pytest.fixture
def community(session: Session) -> int:
    found = Community(name="甲", street_how="not_found")
    session.add(found)
    session.flush()
    session.add(CommunityIdentity(source="t", source_key="c1", community_id=found.id, matched_by="created"))
    session.flush()
    return found.id


def surveys(share: float = 0.8, community: str = "c1", **more: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_key": ["s1"],
            "community": [community],
            "street": [None],
            "period": ["2025-Q1"],
            "responses": [40],
            "mean_share": [share],
        }
    ).assign(**more)


def committee(name: str = "张三") -> dict[str, Any]:
    return {
        "owners_committees": pd.DataFrame(
            {
                "source_key": ["o1"],
                "community": ["c1"],
                "street": [None],
                "term": [1],
                "starts_on": [date(2024, 1, 1)],
                "ends_on": [date(2027, 1, 1)],
            }
        ),
        "owners_committee_members": pd.DataFrame(
            {
                "source_key": ["m1"],
                "owners_committee": ["o1"],
                "seat": [1],
                "office": ["chair"],
                "name": [name],
                "concurrent_post": [True],
            }
        ),
    }


class Brings:
    """Loads frames by the name of their subject, each after those it refers to; adds up what came of it."""

    def __init__(self, session: Session, city: City) -> None:
        self.session, self.city = session, city

    def __call__(self, frames: dict[str, Any], source: str = "t") -> Loaded:
        whole = Loaded()
        for subject in KINDS:
            if subject in frames:
                one = evidence.load(
                    self.session,
                    frames[subject],
                    subject=subject,
                    source=source,
                    city=self.city,
                    cipher=CIPHER,
                )
                whole.new, whole.changed = whole.new + one.new, whole.changed + one.changed
                whole.unchanged += one.unchanged
                whole.remarks += one.remarks
                whole.touched |= one.touched
        return whole


@pytest.fixture
def bring(session: Session, city: City) -> Brings:
    return Brings(session, city)


def why(loaded: Loaded) -> list[tuple[int | None, str, str]]:
    return [(item.row, item.field, str(item.reason)) for item in loaded.remarks]


def test_new_changed_unchanged(session: Session, community: int, bring: Brings) -> None:
    assert bring({"surveys": surveys()}).new == 1
    again = bring({"surveys": surveys()})
    assert (again.unchanged, again.touched) == (1, set())
    assert bring({"surveys": surveys(0.9)}).changed == 1
    (row,) = session.scalars(select(Survey))
    assert (row.community_id, row.mean_share) == (community, 0.9)


def test_row_about_an_unknown_community_is_refused_not_guessed(
    session: Session, community: int, bring: Brings
) -> None:
    loaded = bring({"surveys": surveys(community="c9")})
    assert why(loaded) == [(1, "community", "没有唯一的小区叫这个名称或编号")]
    assert session.scalars(select(Survey)).all() == []


def test_only_the_rows_that_are_lost_are_refused(community: int, bring: Brings) -> None:
    lost = surveys(community="c9", source_key="s2")
    both = bring({"surveys": pd.concat([surveys(), lost], ignore_index=True)})
    assert (both.new, why(both)) == (1, [(2, "community", "没有唯一的小区叫这个名称或编号")])


def test_namesakes_may_sit_in_one_committee(session: Session, community: int, bring: Brings) -> None:
    given = committee()
    members = given["owners_committee_members"]
    second = members.assign(source_key="m2", seat=2, office="member")
    given["owners_committee_members"] = pd.concat([members, second], ignore_index=True)
    assert bring(given).new == 3
    assert bring(given).touched == set()


def test_member_keeps_the_same_ciphertext_until_the_name_changes(
    session: Session, community: int, bring: Brings
) -> None:
    bring(committee())
    (before,) = session.scalars(select(OwnersCommitteeMember.name_encrypted))
    assert CIPHER.decrypt(before) == "张三"
    assert bring(committee()).touched == set()
    bring(committee("李四"))
    (after,) = session.scalars(select(OwnersCommitteeMember.name_encrypted))
    assert CIPHER.decrypt(after) == "李四"


def test_term_of_a_committee_ends_with_its_last_day(session: Session, community: int, bring: Brings) -> None:
    bring(committee())
    (period,) = session.scalars(select(OwnersCommittee.period))
    assert (period.lower, period.upper) == (date(2024, 1, 1), date(2027, 1, 2))


def test_gate_is_a_point_of_its_community(session: Session, community: int, bring: Brings) -> None:
    gates = gpd.GeoDataFrame(
        {"source_key": ["g1"], "community": ["c1"], "street": [None], "name": ["南门"], "main": [None]},
        geometry=[Point(118.1, 26.1)],
        crs="EPSG:4326",
    )
    bring({"gates": gates})
    (gate,) = session.scalars(select(CommunityGate))
    assert (gate.name, gate.main) == ("南门", False)
    assert session.scalar(select(CommunityGate.point.ST_AsText())) == "POINT(118.1 26.1)"


# Of each frame: its table, and its rows: of each column what is said first, and what once it has changed.
TOLD: dict[str, tuple[Any, list[dict[str, tuple[Any, ...]]]]] = {
    "gates": (
        CommunityGate,
        [
            {
                "community": ("c1",),
                "name": ("南门",),
                "main": (True, False),
                "geometry": (Point(118.1, 26.1), Point(118.3, 26.2)),
            }
        ],
    ),
    "owners_committees": (
        OwnersCommittee,
        [
            {
                "source_key": ("o1",),
                "community": ("c1", "c2"),
                "term": (1, 2),
                "starts_on": (date(2024, 1, 1), date(2024, 2, 1)),
                "ends_on": (date(2026, 12, 31), date(2027, 1, 31)),
            }
        ],
    ),
    "owners_committee_members": (
        OwnersCommitteeMember,
        [
            {
                "owners_committee": ("o1",),
                "seat": (3,),
                "office": ("chair", "member"),
                "name": ("张三", "李四"),
                "concurrent_post": (True, False),
            }
        ],
    ),
    "party_organisations": (
        PartyOrganisation,
        [
            {
                "community": ("c1",),
                "name": ("甲支部", "甲总支"),
                "founded_on": (date(2020, 7, 1), None),
                "acts_for_committee": (True, False),
            },
            {
                "firm": ("f1",),
                "name": ("安居支部", "安居总支"),
                "founded_on": (None, date(2019, 7, 1)),
                "acts_for_committee": (False, True),
            },
        ],
    ),
    "meetings": (
        FourPartyMeeting,
        [
            {
                "community": ("c2",),
                "period": ("2025-Q1",),
                "held_on": (date(2025, 2, 3),),
                "minuted": (True, False),
                "issues_raised": (7, 9),
                "issues_closed": (5, 6),
            }
        ],
    ),
    "surveys": (
        Survey,
        [
            {
                "community": ("c1",),
                "period": ("2025-Q1",),
                "responses": (40, 41),
                "mean_share": (0.8, 0.7),
            }
        ],
    ),
    "street_evaluations": (
        StreetEvaluation,
        [
            {
                "community": ("c2",),
                "period": ("2025-Q2",),
                "cooperation": (1.0, 1.5),
                "meetings": (2.0, 2.5),
                "rectification": (3.0, None),
                "disclosure": (None, 2.5),
            }
        ],
    ),
    "inspections": (
        Inspection,
        [
            {
                "source_key": ("i1",),
                "community": ("c1", "c2"),
                "period": ("2025-Q1",),
                "inspected_at": (datetime(2025, 1, 5, 2, tzinfo=UTC), datetime(2025, 1, 6, 3, tzinfo=UTC)),
            }
        ],
    ),
    "findings": (
        Finding,
        [
            {
                "source_key": ("n1",),
                "inspection": ("i1",),
                "number": (4,),
                "indicator": ("cleaning", "order"),
                "clause": ("5.1", "5.2"),
                "severity": ("minor", "serious"),
                "deduction": (0.5, 1.5),
            }
        ],
    ),
    "rectifications": (
        Rectification,
        [
            {
                "finding": ("n1",),
                "state": ("reported", "passed"),
                "due_at": (datetime(2025, 1, 20, tzinfo=UTC), datetime(2025, 1, 21, tzinfo=UTC)),
                "reported_at": (datetime(2025, 1, 15, tzinfo=UTC), datetime(2025, 1, 16, tzinfo=UTC)),
                "closed_at": (None, datetime(2025, 1, 18, tzinfo=UTC)),
            }
        ],
    ),
    "penalties": (
        Penalty,
        [
            {
                "source_key": ("x1",),
                "community": ("c2", "c1"),
                "period": ("2025-Q1",),
                "kind": ("penalty", "veto"),
                "points": (2.0, 3.0),
                "clause": ("7.1", "7.2"),
                "evidence": ("第 1 号", "第 2 号"),
                "occurred_on": (date(2025, 3, 1), date(2025, 3, 2)),
            },
            {
                "source_key": ("x2",),
                "firm": ("f1",),
                "period": ("2025-Q1",),
                "kind": ("commendation", "penalty"),
                "points": (1.0, 1.5),
                "clause": ("8.1", "8.2"),
                "evidence": ("第 3 号", "第 4 号"),
                "occurred_on": (date(2025, 3, 3), date(2025, 3, 4)),
            },
        ],
    ),
}
SOURCES = ("u", "t")  # both call their records by the same keys


def told(name: str, *, changed: bool) -> list[dict[str, Any]]:
    return [
        {"source_key": f"{name}-{n}"}
        | {column: values[-1 if changed else 0] for column, values in row.items()}
        for n, row in enumerate(TOLD[name][1])
    ]


def frames(*, changed: bool = False) -> dict[str, Any]:
    # Backwards: a frame is loaded after those that it refers to, in whichever order they come.
    return {name: frame_of(EVIDENCE_BY_SUBJECT[name], told(name, changed=changed)) for name in reversed(TOLD)}


@pytest.fixture
def owners(session: Session) -> dict[tuple[str, str], int]:
    """Two communities and a firm of each source; their ids by source and key."""
    found = {}
    for source in SOURCES:
        for key in ("c1", "c2"):
            community = Community(name=source + key, street_how="not_found")
            session.add(community)
            session.flush()
            identity = {"source": source, "source_key": key, "matched_by": "created"}
            session.add(CommunityIdentity(community_id=community.id, **identity))
            found[source, key] = community.id
        firm = Firm(source=source, source_key="f1", name=f"安居{source}")
        session.add(firm)
        session.flush()
        found[source, "f1"] = firm.id
    return found


def stored(session: Session, name: str) -> list[dict[str, Any]]:
    """Return every column but ``id`` of a table's rows."""
    table = TOLD[name][0].__table__
    columns = [
        func.ST_AsText(column).label(column.name) if column.name == "point" else column
        for column in table.columns
        if column.name != "id"
    ]
    rows = [dict(row) for row in session.execute(select(*columns)).mappings()]
    for row in rows:
        if "name_encrypted" in row:
            row["name_encrypted"] = CIPHER.decrypt(bytes(row["name_encrypted"]))
            row["name_digest"] = bytes(row["name_digest"])
    return rows


def expected(
    session: Session, name: str, owners: dict[tuple[str, str], int], *, changed: bool
) -> Iterator[dict[str, Any]]:
    """Yield what should be stored of both sources, column by column."""
    inspections = {row.source: row.id for row in session.scalars(select(Inspection))}
    committees = {row.source: row.id for row in session.scalars(select(OwnersCommittee))}
    findings = {
        source: number
        for number, source in session.execute(select(Finding.id, Inspection.source).join(Inspection)).tuples()
    }
    columns = {column.name for column in TOLD[name][0].__table__.columns} - {"id"}
    for source in SOURCES:
        for row in told(name, changed=changed):
            own = {"source": source, "community_id": None, "firm_id": None, "user_id": None, **row}
            if "community" in row:
                own["community_id"] = owners[source, row["community"]]
            if "firm" in row:
                own["firm_id"] = owners[source, row["firm"]]
            if "geometry" in row:
                own["point"] = row["geometry"].wkt.replace("POINT (", "POINT(")
            if name == "owners_committees":
                own["period"] = Range(row["starts_on"], row["ends_on"] + pd.Timedelta(days=1))
            if name == "owners_committee_members":
                own["owners_committee_id"] = committees[source]
                own["name_encrypted"], own["name_digest"] = row["name"], CIPHER.digest(row["name"])
            own |= {"inspection_id": inspections[source], "finding_id": findings[source]}
            yield {column: own[column] for column in columns}


def in_order(rows: Any) -> list[dict[str, Any]]:
    return sorted((dict(sorted(row.items())) for row in rows), key=repr)


@pytest.mark.parametrize("changed", [False, True])
def test_every_column_is_stored_of_the_source_that_says_it(
    session: Session, owners: dict[tuple[str, str], int], bring: Brings, changed: bool
) -> None:
    n = sum(len(rows) for _, rows in TOLD.values())
    for source in SOURCES:
        loaded = bring(frames(), source)
        assert (loaded.new, loaded.changed, loaded.unchanged, loaded.remarks) == (n, 0, 0, [])
        assert loaded.touched == {*map(Subject, TOLD), Subject.EVIDENCE, Subject.COMMUNITIES}
    if changed:
        for source in SOURCES:
            loaded = bring(frames(changed=True), source)
            assert (loaded.new, loaded.changed, loaded.unchanged) == (0, n, 0)
    again = bring(frames(changed=changed))
    assert (again.new, again.changed, again.unchanged, again.touched) == (0, 0, n, set())
    session.expire_all()
    for name in TOLD:
        assert in_order(stored(session, name)) == in_order(expected(session, name, owners, changed=changed))


@pytest.mark.parametrize("name", list(TOLD))
def test_what_names_something_unknown_is_refused_in_every_frame(
    session: Session, bring: Brings, name: str
) -> None:
    frame = frames()[name]
    loaded = bring({name: frame})
    named = [owner.field for owner in KINDS[Subject(name)].owners]
    assert [item.row for item in loaded.remarks] == list(range(1, len(frame) + 1))
    assert {item.field for item in loaded.remarks} <= set(named)
    assert all(item.value and item.remedy for item in loaded.remarks)
    assert (loaded.new, loaded.touched, stored(session, name)) == (0, set(), [])


def test_a_frame_that_breaks_its_contract_is_refused(bring: Brings) -> None:
    with pytest.raises(FrameError):
        bring({"surveys": surveys().drop(columns="responses")})


def test_a_corrected_quarter_moves_the_record_and_leaves_none_behind(
    session: Session, community: int, bring: Brings
) -> None:
    bring({"surveys": surveys()})
    assert bring({"surveys": surveys(period="2025-Q2")}).changed == 1
    assert session.scalars(select(Survey.period)).all() == ["2025-Q2"]


def test_the_same_record_twice_in_a_file_is_taken_once(community: int, bring: Brings) -> None:
    twice = pd.concat([surveys(), surveys(0.9, source_key="s2")], ignore_index=True)
    loaded = bring({"surveys": twice})
    assert (loaded.new, why(loaded)) == (1, [(2, "period", "与第 1 行是同一条记录")])


def test_another_source_does_not_write_over_what_is_there(
    session: Session, community: int, bring: Brings
) -> None:
    bring({"surveys": surveys()})
    loaded = bring({"surveys": surveys(0.1)}, "other")
    assert why(loaded) == [(1, "period", "已经有这条记录：来源“t”的 s1")]
    assert "“来源”" in str(loaded.remarks[0].remedy)
    assert session.scalars(select(Survey.mean_share)).all() == [0.8]


def test_what_came_before_sources_were_kept_is_taken_over(
    session: Session, community: int, bring: Brings
) -> None:
    session.add(Survey(community_id=community, period="2025-Q1", responses=40, mean_share=0.8))
    session.flush()
    loaded = bring({"surveys": surveys()})
    assert (loaded.new, loaded.changed) == (0, 1)
    (row,) = session.scalars(select(Survey))
    session.refresh(row)
    assert (row.source, row.source_key, row.mean_share) == ("t", "s1", 0.8)
    assert bring({"surveys": surveys()}).unchanged == 1


def findings(**numbers: int) -> dict[str, Any]:
    visit = {"source_key": "i1", "community": "c1", "inspected_at": datetime(2025, 1, 5, tzinfo=UTC)}
    said = {"inspection": "i1", "indicator": "order", "clause": "1", "severity": "minor", "deduction": 1.0}
    rows = [{"source_key": key, "number": number, **said} for key, number in numbers.items()]
    return {
        "inspections": frame_of(EVIDENCE_BY_SUBJECT["inspections"], [visit]),
        "findings": frame_of(EVIDENCE_BY_SUBJECT["findings"], rows),
    }


def test_findings_may_be_numbered_anew(session: Session, community: int, bring: Brings) -> None:
    bring(findings(a=1, b=2))
    loaded = bring(findings(z=1, a=2, b=3))
    assert (loaded.new, loaded.changed, loaded.remarks) == (1, 2, [])
    assert dict(session.execute(select(Finding.source_key, Finding.number)).tuples().all()) == {
        "z": 1,
        "a": 2,
        "b": 3,
    }


def test_a_number_that_another_finding_keeps_is_refused(community: int, bring: Brings) -> None:
    bring(findings(a=1, b=2))
    assert why(bring(findings(c=2))) == [(1, "number", "已经有这条记录：来源“t”的 b")]


def test_of_two_owners_exactly_one_is_named(community: int, bring: Brings) -> None:
    said = {"name": "支部", "acts_for_committee": False}
    rows = [
        {"source_key": "1", "community": "c1", "firm": "f1", **said},
        {"source_key": "2", **said},
        {"source_key": "3", "firm": "f1", **said},
    ]
    frame = frame_of(EVIDENCE_BY_SUBJECT["party_organisations"], rows)
    loaded = bring({"party_organisations": frame})
    assert loaded.new == 0
    assert {(item.row, item.field) for item in loaded.remarks} == {
        (1, "firm"),
        (1, "community"),
        (2, "community"),
        (3, "firm"),
    }
    reasons = [reason for _, _, reason in why(loaded)]
    assert any("都写了" in reason for reason in reasons) and any("都没有写" in reason for reason in reasons)


def test_what_a_row_may_not_say_is_refused_with_its_field(community: int, bring: Brings) -> None:
    given = findings(a=1)
    given["findings"]["indicator"] = "lifts"
    loaded = bring(given)
    assert why(loaded) == [(1, "indicator", "评分办法里没有这个检查指标")]
    assert "环境卫生" in str(loaded.remarks[0].remedy)


def test_what_nobody_says_is_so_is_not_so(session: Session, community: int, bring: Brings) -> None:
    row = {"source_key": "p", "community": "c1", "name": "支部", "acts_for_committee": None}
    bring({"party_organisations": frame_of(EVIDENCE_BY_SUBJECT["party_organisations"], [row])})
    assert session.scalars(select(PartyOrganisation.acts_for_committee)).all() == [False]
