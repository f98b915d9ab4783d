"""Who may do what, as a table; and the narrowing of queries."""

from __future__ import annotations

import pytest

from portal.access import PERMISSIONS, Permission, Viewer, narrow_query, require
from portal.errors import NotAllowed
from portal.query import CommunityQuery
from portal.terms import Role

P = Permission
TABLE = {
    Role.LEADER: {P.SEE_MAP, P.QUERY, P.EXPORT, P.SEE_JOBS},
    Role.INSPECTOR: {P.SEE_MAP, P.QUERY, P.EXPORT, P.SEE_JOBS, P.PLAN_ROUTES},
    Role.STREET: {P.SEE_MAP, P.QUERY, P.EXPORT, P.SEE_JOBS, P.SEE_QUEUES},
    Role.CLERK: {
        P.SEE_MAP,
        P.QUERY,
        P.EXPORT,
        P.SEE_JOBS,
        P.SEE_QUEUES,
        P.EDIT_COMMUNITIES,
        P.UNDO_CHANGES,
        P.SEE_ADDRESSES,
        P.SEE_IMPORTS,
        P.COMPUTE_SCORES,
        P.IMPORT,
    },
    Role.REGULATOR: {P.SEE_MAP, P.QUERY, P.EXPORT, P.SEE_JOBS},
    Role.ADMINISTRATOR: {
        P.SEE_MAP,
        P.QUERY,
        P.EXPORT,
        P.SEE_JOBS,
        P.PLAN_ROUTES,
        P.SEE_QUEUES,
        P.SEE_IMPORTS,
        P.MANAGE_ACCOUNTS,
        P.SEE_AUDIT,
        P.UNDO_CHANGES,
        P.MANAGE_JOBS,
        P.COMPUTE_SCORES,
        P.IMPORT,
        P.EDIT_POLICY,
    },
}
OFFICIAL = Viewer(1, "s", Role.STREET, street_id=7)
LEADER = Viewer(2, "l", Role.LEADER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_table_of_permissions(role: Role, permission: Permission) -> None:
    viewer = Viewer(1, "x", role, 7 if role is Role.STREET else None)
    assert viewer.may(permission) == (permission in TABLE[role])


def test_every_role_has_a_row() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_require_raises_where_the_role_lacks_it() -> None:
    require(LEADER, P.EXPORT)
    with pytest.raises(NotAllowed):
        require(LEADER, P.MANAGE_ACCOUNTS)


def test_official_sees_details_of_the_own_street_only() -> None:
    assert OFFICIAL.sees_details_of(7)
    assert not OFFICIAL.sees_details_of(8)
    assert not OFFICIAL.sees_details_of(None)
    assert LEADER.sees_details_of(8)
    assert LEADER.sees_details_of(None)


@pytest.mark.parametrize(("asked", "kept"), [(None, {7}), ({7, 8}, {7}), ({8}, set())])
def test_narrowing_never_widens(asked: set[int] | None, kept: set[int]) -> None:
    streets = None if asked is None else frozenset(asked)
    assert narrow_query(CommunityQuery(street_ids=streets), OFFICIAL).street_ids == kept


def test_leader_is_not_narrowed() -> None:
    query = CommunityQuery()
    assert narrow_query(query, LEADER) is query


def test_cache_keys_of_different_streets_differ() -> None:
    other = Viewer(3, "t", Role.STREET, street_id=8)
    assert len({OFFICIAL.details_key, other.details_key, LEADER.details_key}) == 3
