"""Complaints put under a community by hand: what is written, what is refused, what can be undone."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.complaints import placing_by_hand as actions
from portal.actions.complaints.placing_by_hand import Assigned
from portal.errors import BadRequest, Conflict, NotAllowed, NotFound
from portal.models import Audit, Community, CommunityAlias, Complaint, Neighbourhood
from portal.privacy import Cipher
from portal.store import data_versions
from portal.terms import Role, Subject
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


@pytest.fixture
def assign(session: Session, clerk: Viewer, town: WaitingCity, cipher: Cipher) -> Assign:
    return Assign(session, clerk, town, cipher)


class Assign:
    """Calls the action with names instead of numbers."""

    def __init__(self, session: Session, viewer: Viewer, town: WaitingCity, cipher: Cipher) -> None:
        self.session, self.viewer, self.town, self.cipher = session, viewer, town, cipher

    def __call__(self, complaints: Collection[str], community: str, *, remember: bool = False) -> Assigned:
        return actions.assign(
            self.session,
            self.viewer,
            [self.town.complaints[key] for key in complaints],
            self.town.communities[community],
            remember=remember,
            cipher=self.cipher,
        )


def place_of(session: Session, town: WaitingCity, key: str) -> tuple[object, ...]:
    columns = (
        Complaint.place_level,
        Complaint.place_how,
        Complaint.community_id,
        Complaint.street_id,
        Complaint.neighbourhood_id,
    )
    return tuple(session.execute(select(*columns).where(Complaint.id == town.complaints[key])).one())


def test_the_place_becomes_the_community_found_by_hand(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    before = (
        data_versions.version_tag(session, [Subject.COMPLAINTS]),
        data_versions.version_tag(session, Subject),
    )
    assert assign(["named", "lost"], "晨光苑") == Assigned("晨光苑", 2, 0, (), 0)
    home = ("community", "manual", town.communities["晨光苑"], town.streets["东"], None)
    assert place_of(session, town, "named") == place_of(session, town, "lost") == home
    assert data_versions.version_tag(session, [Subject.COMPLAINTS]) != before[0]
    assert Subject.COMMUNITIES not in data_versions.current(session)
    row = session.scalars(select(Audit).where(Audit.action == "assign")).one()
    assert (row.subject, row.subject_id) == ("communities", str(town.communities["晨光苑"]))
    assert row.detail == {"complaints": 2, "numbers": ["named", "lost"], "aliases": 0, "followed": 0}


def test_the_audit_keeps_the_numbers_of_the_first_complaints_and_how_many_there_are(
    session: Session,
    town: WaitingCity,
    assign: Assign,
    clerk: Viewer,
    cipher: Cipher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "MOST_NAMED", 1)
    assign(["lost", "named"], "晨光苑")
    given_back = [town.complaints["lost"], town.complaints["named"]]
    home = town.communities["晨光苑"]
    actions.give_back(session, clerk, given_back, cipher=cipher, community_id=home)
    actions.assign(session, clerk, given_back, home, remember=False, cipher=cipher)
    actions.give_back(session, clerk, given_back, cipher=cipher)
    rows = session.scalars(select(Audit).where(Audit.action.in_(["assign", "give_back"])).order_by(Audit.id))
    told = [
        (row.action, row.subject, row.subject_id, row.detail["complaints"], row.detail["numbers"])
        for row in rows
    ]
    assert told == [
        ("assign", "communities", str(home), 2, ["named"]),
        ("give_back", "communities", str(home), 2, ["named"]),
        ("assign", "communities", str(home), 2, ["named"]),
        ("give_back", "complaints", "", 2, ["named"]),
    ]


def test_a_neighbourhood_stays_where_it_is_one_of_the_street(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["near"], "晨光苑")
    assert place_of(session, town, "near")[4] == town.neighbourhoods["东一"]


def test_another_street_is_said_and_takes_the_neighbourhood_away(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assert assign(["near", "named"], "西山居").moved == 2
    assert place_of(session, town, "near")[3:] == (town.streets["西"], None)


def test_the_communitys_own_neighbourhood_comes_first(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    other = Neighbourhood(street_id=town.streets["东"], name="东二")
    session.add(other)
    session.flush()
    mine = update(Community).where(Community.id == town.communities["晨光苑"])
    session.execute(mine.values(neighbourhood_id=other.id))
    assign(["near"], "晨光苑")
    assert place_of(session, town, "near")[4] == other.id


def test_a_community_under_no_street_keeps_the_complaints_street(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["named"], "前海里")
    assert place_of(session, town, "named")[3] == town.streets["东"]


def test_a_remembered_name_brings_the_others_that_use_it(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    done = assign(["named"], "晨光苑", remember=True)
    assert (done.aliases, done.followed) == (("晨光花园",), 1)
    home = ("community", "alias", town.communities["晨光苑"], town.streets["东"], None)
    assert place_of(session, town, "again") == home
    alias = session.scalars(select(CommunityAlias).where(CommunityAlias.alias == "晨光花园")).one()
    assert (alias.community_id, alias.pinyin_initials, alias.former) == (
        town.communities["晨光苑"],
        "cghy",
        False,
    )
    assert data_versions.current(session)[Subject.COMMUNITIES] == 1


def test_a_name_it_has_already_is_not_learnt_twice(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["named"], "晨光苑", remember=True)
    session.execute(
        update(Complaint)
        .where(Complaint.id == town.complaints["near"])
        .values(reported_community=" 晨光 花园 ")
    )
    assert assign(["near"], "晨光苑", remember=True).aliases == ()


def test_a_name_with_a_number_of_a_person_is_not_learnt(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    named = Complaint.id == town.complaints["named"]
    session.execute(update(Complaint).where(named).values(reported_community="晨光花园138—0013—8000"))
    assert assign(["named"], "晨光苑", remember=True).aliases == ()
    assert place_of(session, town, "named")[2] == town.communities["晨光苑"]


def test_a_name_of_another_community_of_the_street_is_refused_and_nothing_written(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    session.add(CommunityAlias(community_id=town.communities["无位园"], alias="晨光花园"))
    session.commit()
    with pytest.raises(Conflict, match="晨光花园"):
        assign(["named"], "晨光苑", remember=True)
    assert place_of(session, town, "named")[0] == "street"
    assert assign(["named"], "晨光苑").n == 1


def test_what_another_person_placed_meanwhile_is_a_conflict_and_nothing_written(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    session.commit()
    assign(["again"], "无位园")
    with pytest.raises(Conflict, match="1 件"):
        assign(["named", "again"], "晨光苑")
    assert place_of(session, town, "named")[0] == "street"
    assert place_of(session, town, "again")[2] == town.communities["无位园"]


def test_what_cannot_be_is_refused(session: Session, town: WaitingCity, assign: Assign) -> None:
    session.commit()
    with pytest.raises(Conflict, match="合并"):
        assign(["named"], "并掉园")
    with pytest.raises(BadRequest, match="没有选中"):
        assign([], "晨光苑")
    with pytest.raises(Conflict):
        assign(["dot"], "晨光苑")
    wrong = (session, assign.viewer)
    with pytest.raises(NotFound):
        actions.assign(*wrong, [town.complaints["named"]], 0, remember=False, cipher=assign.cipher)
    with pytest.raises(NotFound):
        actions.assign(*wrong, [0], town.communities["晨光苑"], remember=False, cipher=assign.cipher)
    with pytest.raises(BadRequest, match="200"):
        actions.assign(*wrong, range(201), town.communities["晨光苑"], remember=False, cipher=assign.cipher)


@pytest.mark.parametrize("role", [Role.STREET, Role.ADMINISTRATOR, Role.LEADER, Role.INSPECTOR])
def test_only_clerks_may(session: Session, town: WaitingCity, cipher: Cipher, role: Role) -> None:
    viewer = Viewer(1, "somebody", role, town.streets["东"] if role is Role.STREET else None)
    ids = [town.complaints["named"]]
    with pytest.raises(NotAllowed):
        actions.assign(session, viewer, ids, town.communities["晨光苑"], remember=False, cipher=cipher)
    with pytest.raises(NotAllowed):
        actions.give_back(session, viewer, ids, cipher=cipher)


def test_giving_back_finds_the_place_that_the_source_says(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    ids = [town.complaints[key] for key in ("named", "lost")]
    assign(["named", "lost"], "西山居")
    assert actions.give_back(session, assign.viewer, ids, cipher=assign.cipher) == 2
    assert place_of(session, town, "named") == ("street", "street", None, town.streets["东"], None)
    assert place_of(session, town, "lost") == ("none", "not_found", None, None, None)


def test_giving_back_forgets_the_names_learnt_with_it(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    done = assign(["named"], "晨光苑", remember=True)
    assert done.followed == 1
    waits = actions.give_back(
        session,
        assign.viewer,
        [town.complaints["named"]],
        cipher=assign.cipher,
        community_id=town.communities["晨光苑"],
        aliases=done.aliases,
    )
    assert waits == 2
    for key in ("named", "again"):
        assert place_of(session, town, key)[:3] == ("street", "street", None)
    assert session.scalars(select(CommunityAlias.alias)).all() == ["无位花园"]


def test_without_forgetting_a_learnt_name_still_finds_them(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["named"], "晨光苑", remember=True)
    assert actions.give_back(session, assign.viewer, [town.complaints["named"]], cipher=assign.cipher) == 0
    assert place_of(session, town, "named")[:2] == ("community", "alias")


def test_only_what_was_placed_by_hand_is_given_back(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["named"], "西山居")
    ids = [town.complaints["named"], town.complaints["home1"]]
    with pytest.raises(Conflict, match="1 件"):
        actions.give_back(session, assign.viewer, ids, cipher=assign.cipher)
    assert place_of(session, town, "named")[1] == "manual"


def test_giving_back_forgets_no_name_that_the_complaints_do_not_give(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["named"], "晨光苑", remember=True)
    elsewhere = {"cipher": assign.cipher, "community_id": town.communities["晨光苑"]}
    session.add(CommunityAlias(community_id=town.communities["晨光苑"], alias="晨光大院", former=False))
    session.commit()
    ids, before = [town.complaints["named"]], set(session.scalars(select(CommunityAlias.alias)))
    with pytest.raises(BadRequest, match="晨光大院"):
        actions.give_back(session, assign.viewer, ids, aliases=["晨光大院"], **elsewhere)  # type: ignore[arg-type]
    assert set(session.scalars(select(CommunityAlias.alias))) == before
    assert place_of(session, town, "named")[1] == "manual"


def test_giving_back_leaves_a_former_name(session: Session, town: WaitingCity, assign: Assign) -> None:
    done = assign(["named"], "晨光苑", remember=True)
    mine = CommunityAlias.community_id == town.communities["晨光苑"]
    session.execute(update(CommunityAlias).values(former=True).where(mine))
    actions.give_back(
        session,
        assign.viewer,
        [town.complaints["named"]],
        cipher=assign.cipher,
        community_id=town.communities["晨光苑"],
        aliases=done.aliases,
    )
    assert session.scalars(select(CommunityAlias.alias).where(mine)).all() == list(done.aliases)


def test_what_another_clerk_put_elsewhere_meanwhile_is_not_given_back(
    session: Session, town: WaitingCity, assign: Assign
) -> None:
    assign(["named"], "西山居")
    with pytest.raises(Conflict, match="不在这个小区"):
        actions.give_back(
            session,
            assign.viewer,
            [town.complaints["named"]],
            cipher=assign.cipher,
            community_id=town.communities["晨光苑"],
        )
    assert place_of(session, town, "named")[2] == town.communities["西山居"]
