from __future__ import annotations

from datetime import date

import pytest
import shapely
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, FIRMS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import register_import as communities
from portal.actions.communities import unions as actions
from portal.actions.communities.unions import Part
from portal.actions.complaints import complaint_import as complaints
from portal.actions.firms import contract_import as contracts
from portal.actions.firms import firm_import as firms
from portal.actions.transactions.import_run import Loaded
from portal.errors import BadRequest, Conflict
from portal.models import (
    Community,
    CommunityAlias,
    CommunityGate,
    CommunityHistory,
    CommunityIdentity,
    Complaint,
    Contract,
    FourPartyMeeting,
    Survey,
)
from portal.privacy import Cipher
from tests.portal.actions.conftest import box, frame_of

OUTLINES = [{"source_key": "o1", "geometry": box(114.003, 22.503)}]
NAMES = [
    {"source_key": "n1", "name": "阳光花园", "street": "西街", "reference_price_yuan_m2": 50000.0},
    {"source_key": "n2", "name": "阳光苑", "street": "西街", "address": "西街 2 号"},
]


@pytest.fixture
def ids(session: Session, town: dict[str, int], cipher: Cipher) -> dict[str, int]:
    """An outline without a name, and two names without an outline; their ids by key."""
    load(session, cipher)
    session.commit()  # what a refused change undoes begins here
    keys = select(CommunityIdentity.source_key, CommunityIdentity.community_id)
    return dict(session.execute(keys).tuples().all())


def load(session: Session, cipher: Cipher) -> tuple[int, int]:
    one = communities.load(session, frame_of(COMMUNITIES, OUTLINES), source="outlines", cipher=cipher)
    other = communities.load(session, frame_of(COMMUNITIES, NAMES), source="names", cipher=cipher)
    return one.new + other.new, one.changed + other.changed


def complain(session: Session, city: City, cipher: Cipher, *rows: dict[str, object]) -> None:
    filled = [
        {"source_key": str(n), "received_at": f"2025-03-01 0{n}:00", **row} for n, row in enumerate(rows)
    ]
    complaints.load(session, frame_of(COMPLAINTS, filled), source="hotline", city=city, cipher=cipher)


def places(session: Session) -> list[tuple[str, int | None]]:
    rows = select(Complaint.place_level, Complaint.community_id).order_by(Complaint.source_key)
    return list(session.execute(rows).tuples())


def test_a_name_and_an_outline_become_one_community(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    complain(session, city, cipher, {"geometry": shapely.Point(114.005, 22.505)})
    changed = actions.link(session, clerk, ids["n1"], ids["o1"], cipher=cipher)
    assert (changed.community_id, changed.street_how) == (ids["n1"], "overlap")
    kept, gone = session.get_one(Community, ids["n1"]), session.get_one(Community, ids["o1"])
    assert (kept.name, kept.status, kept.outline is not None) == ("阳光花园", "active", True)
    assert (gone.status, gone.merged_into_id) == ("merged", kept.id)
    assert places(session) == [("point", kept.id)]
    history = session.execute(select(CommunityHistory.community_id, CommunityHistory.kind)).all()
    assert history == [(kept.id, "linked")]


def test_both_registers_still_know_what_they_gave(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    actions.link(session, clerk, ids["n1"], ids["o1"], cipher=cipher)
    assert load(session, cipher) == (0, 0)
    moved = [{"source_key": "o1", "geometry": box(114.004, 22.504)}]
    loaded = communities.load(session, frame_of(COMMUNITIES, moved), source="outlines", cipher=cipher)
    assert (loaded.new, loaded.changed) == (0, 1)
    west = select(func.ST_XMin(Community.outline)).where(Community.id == ids["n1"])
    assert session.scalar(west) == pytest.approx(114.004)


def test_only_a_name_and_an_outline_can_be_linked(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    for named, outlined in (("n1", "n2"), ("o1", "o1"), ("o1", "n1")):
        with pytest.raises(BadRequest):
            actions.link(session, clerk, ids[named], ids[outlined], cipher=cipher)


def test_what_is_merged_away_lives_on_in_the_kept_record(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    complain(session, city, cipher, {"street": "西街", "community": "阳光苑"}, {"street": "西街"})
    actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)
    kept = session.get_one(Community, ids["n1"])
    assert (kept.name, kept.address, kept.reference_price_yuan_m2) == ("阳光花园", "西街 2 号", 50000.0)
    assert session.execute(select(CommunityAlias.community_id, CommunityAlias.alias)).all() == [
        (kept.id, "阳光苑")
    ]
    assert places(session) == [("community", kept.id), ("street", None)]
    owners = select(CommunityIdentity.community_id).where(CommunityIdentity.source == "names")
    assert set(session.scalars(owners)) == {kept.id}
    assert load(session, cipher) == (0, 0)


def test_after_a_merger_within_a_register_the_kept_row_goes_on_to_speak(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    rows = [
        {"source_key": "a", "name": "阳光苑", "street": "西街", "households": 100.0},
        {"source_key": "b", "name": "阳光花园", "street": "西街", "households": 900.0},
    ]

    def once_more() -> tuple[int, int]:
        loaded = communities.load(session, frame_of(COMMUNITIES, rows), source="names", cipher=cipher)
        return loaded.new, loaded.changed

    def supplied() -> dict[str, list[str]]:
        columns = select(CommunityIdentity.source_key, CommunityIdentity.supplied)
        return {key: sorted(names) for key, names in session.execute(columns).tuples()}

    once_more()
    keys = select(CommunityIdentity.source_key, CommunityIdentity.community_id)
    ids = dict(session.execute(keys).tuples().all())
    actions.merge(session, clerk, ids["b"], ids["a"], cipher=cipher)
    for _ in range(3):
        assert once_more() == (0, 0)
        assert supplied() == {"a": [], "b": ["households", "name", "registered_street"]}
    session.expire_all()
    kept = session.get_one(Community, ids["b"])
    assert (kept.name, kept.households) == ("阳光花园", 900)
    rows[1]["households"] = 901.0
    assert once_more() == (0, 2)  # both rows are this community
    session.expire_all()
    assert session.get_one(Community, ids["b"]).households == 901


def test_evidence_moves_unless_the_kept_record_has_its_like(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    rows = [
        {"community_id": ids[key], "period": period, "responses": 50, "mean_share": share}
        for key, period, share in (("n1", "2025-Q1", 0.9), ("n2", "2025-Q1", 0.1), ("n2", "2025-Q2", 0.8))
    ]
    session.execute(insert(Survey), rows)
    actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)
    kept = select(Survey.period, Survey.mean_share).where(Survey.community_id == ids["n1"])
    assert dict(session.execute(kept).tuples().all()) == {"2025-Q1": 0.9, "2025-Q2": 0.8}


def test_meetings_and_gates_move_too_each_once(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    days = (("n1", date(2025, 1, 5)), ("n2", date(2025, 1, 5)), ("n2", date(2025, 4, 5)))
    counts = {"minuted": True, "issues_raised": 0, "issues_closed": 0}
    session.add_all(FourPartyMeeting(community_id=ids[key], held_on=day, **counts) for key, day in days)
    for key, name in (("n1", "东门"), ("n2", "东门"), ("n2", "西门")):
        session.add(CommunityGate(community_id=ids[key], name=name, point="SRID=4326;POINT(114.01 22.51)"))
    session.flush()
    actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)
    held = select(FourPartyMeeting.held_on).where(FourPartyMeeting.community_id == ids["n1"])
    assert sorted(session.scalars(held)) == [date(2025, 1, 5), date(2025, 4, 5)]
    gates = select(CommunityGate.name).where(CommunityGate.community_id == ids["n1"])
    assert sorted(session.scalars(gates)) == ["东门", "西门"]


@pytest.fixture
def contracted(session: Session, ids: dict[str, int]) -> None:
    """Contracts of both names; given with the year in which they start."""
    firm = [{"source_key": "f", "name": "安居物业"}]
    firms.load(session, frame_of(FIRMS, firm), source="names")


def contract(session: Session, community: str, start: str, end: str) -> None:
    row = {"source_key": community, "firm": "安居物业", "community": community}
    dates = {"starts_on": date.fromisoformat(start), "ends_on": date.fromisoformat(end)}
    contracts.load(session, frame_of(CONTRACTS, [row | dates]), source="names")
    session.commit()


def test_contracts_move_too(
    session: Session, ids: dict[str, int], contracted: None, clerk: Viewer, cipher: Cipher
) -> None:
    contract(session, "n1", "2023-01-01", "2023-12-31")
    contract(session, "n2", "2024-01-01", "2024-12-31")
    actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)
    assert session.scalars(select(Contract.community_id)).all() == [ids["n1"]] * 2


def test_overlapping_contracts_stop_a_merger(
    session: Session, ids: dict[str, int], contracted: None, clerk: Viewer, cipher: Cipher
) -> None:
    contract(session, "n1", "2023-01-01", "2023-12-31")
    contract(session, "n2", "2023-12-31", "2024-12-31")
    with pytest.raises(Conflict, match="n1 与 n2"):
        actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)
    assert session.get_one(Community, ids["n2"]).status == "active"


def test_a_record_is_not_merged_with_itself_nor_twice(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    with pytest.raises(BadRequest):
        actions.merge(session, clerk, ids["n1"], ids["n1"], cipher=cipher)
    actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)
    with pytest.raises(Conflict, match="合并或拆分"):
        actions.merge(session, clerk, ids["n1"], ids["n2"], cipher=cipher)


def test_complaints_of_a_split_community_go_where_they_belong(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    actions.link(session, clerk, ids["n1"], ids["o1"], cipher=cipher)
    complain(
        session,
        city,
        cipher,
        {"geometry": shapely.Point(114.004, 22.505)},
        {"geometry": shapely.Point(114.012, 22.505)},
        {"street": "西街", "community": "阳光花园二期"},
        {"street": "西街", "community": "阳光花园"},
    )
    halves = [shapely.box(114.003, 22.503, 114.008, 22.513), shapely.box(114.008, 22.503, 114.013, 22.513)]
    parts = [Part("阳光花园一期", halves[0]), Part("阳光花园二期", halves[1])]
    one, two = actions.split(session, clerk, ids["n1"], parts, cipher=cipher)
    assert places(session) == [
        ("point", one.community_id),
        ("point", two.community_id),
        ("community", two.community_id),
        ("street", None),
    ]
    old = session.get_one(Community, ids["n1"])
    assert (old.status, one.street_how, two.street_how) == ("split", "overlap", "overlap")
    assert load(session, cipher) == (0, 0)
    kinds = select(CommunityHistory.kind).where(CommunityHistory.kind == "split")
    assert len(session.scalars(kinds).all()) == 3


def test_what_a_clerk_placed_in_the_whole_is_placed_in_no_part(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    complain(session, city, cipher, {"street": "西街"})
    by_hand = {"community_id": ids["n1"], "place_level": "community", "place_how": "manual"}
    session.execute(update(Complaint).values(**by_hand))
    actions.split(session, clerk, ids["n1"], [Part("阳光花园一期"), Part("阳光花园二期")], cipher=cipher)
    assert places(session) == [("street", None)]


def test_a_register_gives_the_parts_of_a_split_community_nothing_of_the_whole(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    whole = {"source_key": "1", "name": "大院", "street": "西街", "households": 900.0}
    rows = [whole | {"geometry": box(114.003, 22.503)}, {"source_key": "2", "name": "小院", "street": "西街"}]

    def once_more(*added: dict[str, object]) -> Loaded:
        frame = frame_of(COMMUNITIES, [*rows, *added])
        return communities.load(session, frame, source="names", cipher=cipher)

    def parts() -> list[tuple[str, float | None, int | None]]:
        columns = select(Community.name, func.ST_XMax(Community.outline), Community.households)
        active = columns.where(Community.name != "小院", Community.status == "active").order_by(Community.id)
        return list(session.execute(active).tuples())

    once_more()
    old_id = session.scalars(select(Community.id).where(Community.name == "大院")).one()
    half = shapely.box(114.008, 22.503, 114.013, 22.513)
    one, _ = actions.split(session, clerk, old_id, [Part("大院一期"), Part("大院二期", half)], cipher=cipher)
    left = [("大院一期", None, None), ("大院二期", pytest.approx(114.013), None)]
    assert parts() == left
    for _ in range(2):
        loaded = once_more()
        assert (loaded.new, loaded.changed, loaded.unchanged, loaded.touched) == (0, 0, 2, set())
        (said,) = loaded.remarks
        assert (said.row, said.value, said.severity) == (1, "1", "noted")
        assert "已拆分" in str(said.reason)
        assert parts() == left
    # What the register says of a part under a key of its own, the part gets.
    loaded = once_more({"source_key": "3", "name": "大院一期", "street": "西街", "households": 400.0})
    assert (loaded.new, loaded.found["linked_by_name_and_street"]) == (0, 1)
    session.expire_all()
    assert session.get_one(Community, one.community_id).households == 400


@pytest.mark.parametrize("names", [[], ["甲"], ["甲", "甲"], ["甲", " "]])
def test_a_split_needs_two_different_parts(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher, names: list[str]
) -> None:
    with pytest.raises(BadRequest):
        actions.split(session, clerk, ids["n1"], [Part(name) for name in names], cipher=cipher)
