from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import COMPLAINTS
from geo.policy.city import City
from portal.access import NotAllowed, Viewer
from portal.actions.complaints import complaint_import as complaints
from portal.actions.complaints import setting_aside
from portal.actions.complaints.placing_by_hand import MOST_NAMED
from portal.actions.complaints.rulings import MOST_AT_ONCE, rule, take_ruling_back
from portal.actions.transactions.import_run import Loaded
from portal.errors import BadRequest, Conflict, NotFound
from portal.models import Audit, Complaint
from portal.privacy import Cipher
from portal.store.complaints import doubtful
from portal.store.complaints.doubtful import Wanted
from portal.terms import Role, Ruling
from tests.portal.actions.conftest import frame_of

WEST, FAR = shapely.Point(114.005, 22.505), shapely.Point(114.2, 22.5)
ROWS: list[dict[str, Any]] = [
    {"source_key": "a", "geometry": WEST, "street": "东街"},
    {"source_key": "b", "geometry": WEST, "street": "东街"},
    {"source_key": "far", "geometry": FAR, "street": "东街"},
    {"source_key": "nowhere", "geometry": FAR},
    {"source_key": "plain", "geometry": WEST, "street": "西街"},
]


def load(session: Session, city: City, cipher: Cipher, rows: list[dict[str, Any]] = ROWS) -> Loaded:
    listed = [{"received_at": "2025-03-05 10:00", "event_type": "物业服务", **row} for row in rows]
    return complaints.load(session, frame_of(COMPLAINTS, listed), source="hotline", city=city, cipher=cipher)


@pytest.fixture
def ids(session: Session, town: dict[str, int], city: City, cipher: Cipher) -> dict[str, int]:
    load(session, city, cipher)
    session.commit()
    return dict(session.execute(select(Complaint.source_key, Complaint.id)).tuples().all())


def places(session: Session) -> dict[str, tuple[str, Any]]:
    rows = select(Complaint.source_key, Complaint.place_level, Complaint.street_id)
    return {key: (level, street) for key, level, street in session.execute(rows)}


def waiting(session: Session) -> int:
    return doubtful.count(session, Wanted())


def test_the_coordinate_or_the_names_hold_also_after_the_next_import(
    session: Session, town: dict[str, int], ids: dict[str, int], clerk: Viewer, city: City, cipher: Cipher
) -> None:
    assert waiting(session) == 4
    rule(session, clerk, [ids["a"]], Ruling.COORDINATE, cipher=cipher)
    rule(session, clerk, [ids["b"], ids["far"]], Ruling.NAMED, cipher=cipher)
    ruled = places(session)
    assert ruled["a"] == ("point", town["西街"])
    assert ruled["b"] == ruled["far"] == ("street", town["东街"])
    assert waiting(session) == 1
    again = load(session, city, cipher)
    assert (again.unchanged, again.touched, places(session)) == (5, set(), ruled)
    assert {key: n for key, n in again.found.items() if key.startswith("doubt_")} == {"doubt_far_off": 1}


def test_a_ruling_is_of_what_was_ruled_on(
    session: Session, town: dict[str, int], ids: dict[str, int], clerk: Viewer, city: City, cipher: Cipher
) -> None:
    rule(session, clerk, [ids["a"]], Ruling.COORDINATE, cipher=cipher)
    load(session, city, cipher, [{**ROWS[0], "geometry": shapely.Point(114.006, 22.505)}])
    assert places(session)["a"] == ("street", town["东街"])
    assert waiting(session) == 4


def test_a_ruling_is_taken_back(session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher) -> None:
    before = places(session)
    ruled = rule(session, clerk, [ids["a"], ids["b"]], Ruling.COORDINATE, cipher=cipher)
    assert (ruled.n, waiting(session)) == (2, 2)
    assert take_ruling_back(session, clerk, ruled.deed_id) == 2
    assert (places(session), waiting(session)) == (before, 4)
    ruling, undone = session.scalars(select(Audit).order_by(Audit.id))
    assert (ruling.action, ruling.detail["complaints"], ruling.detail["numbers"]) == (
        "rule_on_doubts",
        2,
        ["a", "b"],
    )
    assert (undone.action, undone.subject, undone.detail) == ("undo", "complaints", {"complaint": 2})
    with pytest.raises(Conflict, match="已经撤销"):
        take_ruling_back(session, clerk, ruled.deed_id)


def test_of_many_the_audit_names_the_first(
    session: Session, town: dict[str, int], clerk: Viewer, city: City, cipher: Cipher
) -> None:
    load(session, city, cipher, [{**ROWS[2], "source_key": f"{n:02}"} for n in range(MOST_NAMED + 2)])
    rule(session, clerk, session.scalars(select(Complaint.id)).all(), Ruling.NAMED, cipher=cipher)
    detail = session.scalars(select(Audit.detail).where(Audit.action == "rule_on_doubts")).one()
    numbers = [f"{n:02}" for n in range(MOST_NAMED)]
    assert (detail["complaints"], detail["numbers"]) == (MOST_NAMED + 2, numbers)


def test_what_settles_nothing_is_refused_whole(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    before = places(session)
    with pytest.raises(Conflict, match="坐标不在"):
        rule(session, clerk, [ids["a"], ids["far"]], Ruling.COORDINATE, cipher=cipher)
    with pytest.raises(Conflict, match="没有登记"):
        rule(session, clerk, [ids["a"], ids["nowhere"]], Ruling.NAMED, cipher=cipher)
    with pytest.raises(Conflict, match="刚刚有了结论"):
        rule(session, clerk, [ids["a"], ids["plain"]], Ruling.NAMED, cipher=cipher)
    with pytest.raises(BadRequest, match="没有选中"):
        rule(session, clerk, [], Ruling.NAMED, cipher=cipher)
    with pytest.raises(BadRequest, match="一次最多"):
        rule(session, clerk, range(MOST_AT_ONCE + 1), Ruling.NAMED, cipher=cipher)
    with pytest.raises(NotFound):
        take_ruling_back(session, clerk, uuid4())
    assert (places(session), waiting(session)) == (before, 4)


def test_only_who_edits_rules(session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher) -> None:
    for role in (Role.LEADER, Role.STREET, Role.INSPECTOR):
        with pytest.raises(NotAllowed):
            rule(session, replace(clerk, role=role), [ids["a"]], Ruling.NAMED, cipher=cipher)
    assert waiting(session) == 4


def test_what_nobody_can_tell_is_set_aside(session: Session, ids: dict[str, int], clerk: Viewer) -> None:
    setting_aside.set_complaints_aside(session, clerk, [ids["nowhere"], ids["a"]], "查不到")
    assert waiting(session) == 2
    setting_aside.bring_complaints_back(session, clerk, [ids["nowhere"]])
    assert waiting(session) == 3
