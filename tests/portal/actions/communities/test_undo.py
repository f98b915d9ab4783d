"""Changes of communities are taken back, in any order that the data allow."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import records, undo, unions
from portal.actions.communities import register_import as communities
from portal.actions.communities.changes import Changed
from portal.actions.complaints import complaint_import as complaints
from portal.actions.transactions.rehearsal import rehearse
from portal.errors import BadRequest, Conflict, NotAllowed, NotFound
from portal.models import Audit, Community, CommunityHistory, Complaint
from portal.privacy import Cipher
from portal.terms import CommunityStatus, Role
from tests.portal.actions.conftest import box, frame_of

SPOTS = ((114.003, 22.503), (114.012, 22.512), (114.023, 22.503), (114.032, 22.512), (113.9, 22.4))


@pytest.fixture
def ids(session: Session, town: dict[str, int], city: City, cipher: Cipher) -> list[int]:
    """Six communities of the town: two of one name, two without a name; complaints of every kind."""
    rows: list[dict[str, Any]] = [
        {"source_key": "1", "name": "阳光花园", "aliases": "日光里", "geometry": shapely.Point(SPOTS[0])},
        {"source_key": "2", "name": "阳光花园", "street": "东街"},
        {"source_key": "3", "name": "月光花园", "street": "西街"},
        {"source_key": "4", "name": "星光花园", "geometry": box(114.022, 22.502, 0.006)},
        {"source_key": "5", "geometry": box(114.002, 22.502, 0.006)},
        {"source_key": "6", "geometry": box(114.012, 22.511, 0.004)},
    ]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    said: list[dict[str, Any]] = [
        {"street": street, "community": name}
        for street in ("西街", "东街", None)
        for name in ("阳光花园", "日光里", "月光花园", "星光花园", "没有的")
    ]
    said += [{"street": "西街", "address": "西街 1 号月光花园 3 栋"}]
    said += [{"geometry": shapely.Point(x + 0.001, y + 0.001)} for x, y in SPOTS]
    said += [{"street": "西街", "community": "月光花园", "geometry": shapely.Point(*SPOTS[3])}]
    frame = frame_of(
        COMPLAINTS,
        [{"source_key": str(n), "received_at": "2025-03-01 08:00", **row} for n, row in enumerate(said)],
    )
    complaints.load(session, frame, source="hotline", city=city, cipher=cipher)
    session.commit()
    return list(session.scalars(select(Community.id).order_by(Community.id)))


def dump(session: Session) -> dict[str, list[str]]:
    tables = ("community", "community_alias", "community_history", "community_identity", "complaint")
    return {name: list(session.scalars(text(f"SELECT t::text FROM {name} t ORDER BY 1"))) for name in tables}


def test_a_pin_is_taken_back_with_all_that_followed(
    session: Session, ids: list[int], clerk: Viewer, cipher: Cipher
) -> None:
    before = dump(session)
    changed = records.pin(session, clerk, ids[0], *SPOTS[3], cipher=cipher)
    assert dump(session) != before
    undo.undo_change(session, clerk, changed.deed_id, cipher=cipher)
    assert dump(session) == before
    assert session.scalars(select(Audit.action).order_by(Audit.id.desc())).first() == "undo"
    assert session.scalar(select(func.count()).select_from(CommunityHistory)) == 0
    with pytest.raises(Conflict, match="已经撤销"):
        undo.undo_change(session, clerk, changed.deed_id, cipher=cipher)


def test_a_link_is_taken_back(session: Session, ids: list[int], clerk: Viewer, cipher: Cipher) -> None:
    before = dump(session)
    changed = unions.link(session, clerk, ids[0], ids[4], cipher=cipher)
    undo.undo_change(session, clerk, changed.deed_id, cipher=cipher)
    assert dump(session) == before


def test_what_was_changed_since_is_not_taken_back(
    session: Session, ids: list[int], clerk: Viewer, cipher: Cipher
) -> None:
    first = records.pin(session, clerk, ids[0], *SPOTS[3], cipher=cipher)
    second = records.pin(session, clerk, ids[0], *SPOTS[1], cipher=cipher)
    after = dump(session)
    with pytest.raises(Conflict, match="后来又有改动"):
        undo.undo_change(session, clerk, first.deed_id, cipher=cipher)
    assert dump(session) == after
    undo.undo_change(session, clerk, second.deed_id, cipher=cipher)
    undo.undo_change(session, clerk, first.deed_id, cipher=cipher)


def test_complaints_that_came_since_follow_the_outline_back(
    session: Session, ids: list[int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    changed = unions.link(session, clerk, ids[0], ids[4], cipher=cipher)
    row = {"source_key": "new", "received_at": "2025-04-01 08:00", "geometry": shapely.Point(SPOTS[0])}
    complaints.load(session, frame_of(COMPLAINTS, [row]), source="hotline", city=city, cipher=cipher)
    session.commit()
    mine = select(Complaint.community_id).where(Complaint.source_key == "new")
    assert session.scalars(mine).one() == ids[0]
    undo.undo_change(session, clerk, changed.deed_id, cipher=cipher)
    assert session.scalars(mine).one() == ids[4]


def test_who_may_not_edit_takes_nothing_back(
    session: Session, ids: list[int], clerk: Viewer, cipher: Cipher
) -> None:
    changed = records.pin(session, clerk, ids[0], *SPOTS[3], cipher=cipher)
    with pytest.raises(NotAllowed):
        undo.undo_change(session, Viewer(1, "x", Role.LEADER), changed.deed_id, cipher=cipher)
    with pytest.raises(NotFound):
        undo.undo_change(session, clerk, uuid.uuid4(), cipher=cipher)


NUMBERS, PLACES = st.integers(0, 5), st.sampled_from(SPOTS)
STEPS = st.one_of(
    st.tuples(st.just("pin"), NUMBERS, PLACES),
    st.tuples(st.just("draw"), NUMBERS, PLACES),
    st.tuples(st.just("link"), NUMBERS, NUMBERS),
    st.tuples(st.just("merge"), NUMBERS, NUMBERS),
    st.tuples(st.just("undo"), st.integers(0, 11)),
)


class Play:
    """A sequence of changes, and after each whose every complaint must be."""

    def __init__(self, session: Session, ids: list[int], viewer: Viewer, cipher: Cipher) -> None:
        self.session, self.ids, self.viewer, self.cipher = session, ids, viewer, cipher
        self.at_first = self.named = self._found_by_name()
        self.everything = set(session.scalars(select(Complaint.id)))
        self.done: list[tuple[uuid.UUID, dict[str, list[str]]]] = []
        self.latest: uuid.UUID | None = None  # where nothing was done since

    def step(self, what: str, one: int, other: Any = None) -> None:
        before = dump(self.session)
        try:
            if what == "undo":
                deed_id, was = self.done[one % len(self.done)]
                undo.undo_change(self.session, self.viewer, deed_id, cipher=self.cipher)
                assert deed_id != self.latest or dump(self.session) == was
                self.done.remove((deed_id, was))
                self.latest = None
                self.named = self.at_first
            else:
                self.latest = self._change(what, self.ids[one], other).deed_id
                self.done.append((self.latest, before))
        except (BadRequest, Conflict, ZeroDivisionError):
            assert dump(self.session) == before
        self.check()
        self.named = self._found_by_name() | self.named

    def _found_by_name(self) -> dict[int, int]:
        rows = select(Complaint.id, Complaint.community_id).where(
            Complaint.place_how.in_(("name", "alias", "address"))
        )
        return {row.id: row.community_id for row in self.session.execute(rows)}

    def _change(self, what: str, one: int, other: Any) -> Changed:
        who = (self.session, self.viewer, one)
        if what == "pin":
            return records.pin(*who, *other, cipher=self.cipher)
        if what == "draw":
            return records.draw(*who, box(*other, 0.004), cipher=self.cipher)
        act: Callable[..., Changed] = unions.link if what == "link" else unions.merge
        return act(*who, self.ids[other], cipher=self.cipher)

    def check(self) -> None:
        rows = self.session.execute(select(Complaint.id, Complaint.community_id)).all()
        assert len(rows) == len(self.everything) and {row.id for row in rows} == self.everything
        into = dict(self.session.execute(select(Community.id, Community.merged_into_id)).tuples().all())
        for row in rows:
            if row.id in self.named:
                owner = self.named[row.id]
                while into[owner] is not None:
                    owner = into[owner]
                assert row.community_id == owner
        gone = Community.status != CommunityStatus.ACTIVE
        under_gone = select(Complaint.id).join(Community, Community.id == Complaint.community_id).where(gone)
        assert self.session.scalars(under_gone).all() == []
        strays = select(Complaint.id).where(
            Complaint.place_level == "point",
            Complaint.community_id.is_not(None),
            ~Complaint.id.in_(_rightly_placed()),
        )
        assert self.session.scalars(strays).all() == []


def _rightly_placed() -> Any:
    """Complaints with a point: in their community's outline, or called so with no outline around."""
    mine = select(Complaint.id).join(
        Community,
        (Community.id == Complaint.community_id) & func.ST_Covers(Community.outline, Complaint.point),
    )
    outlined = select(Complaint.id).join(
        Community,
        (Community.status == "active") & func.ST_Covers(Community.outline, Complaint.point),
    )
    named = select(Complaint.id).where(Complaint.reported_community.is_not(None), ~Complaint.id.in_(outlined))
    return mine.union(named)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
@example(steps=[("draw", 0, SPOTS[3]), ("draw", 3, SPOTS[3]), ("undo", 0)])
def test_no_sequence_loses_or_duplicates_a_complaint(
    session: Session, ids: list[int], clerk: Viewer, cipher: Cipher, steps: list[tuple[Any, ...]]
) -> None:
    def play(rehearsing: Session) -> None:
        game = Play(rehearsing, ids, clerk, cipher)
        for step in steps:
            game.step(*step)

    rehearse(session, play)
