"""Who may do what, as a table; and whose details a viewer sees.

Reads take the street whose details are shown from the viewer: ``street_id``, or `Seen` of the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.errors import N_, NotAllowed
from portal.query import CommunityQuery
from portal.terms import Role


class Permission(StrEnum):
    """One thing a role may be allowed to do."""

    SEE_MAP = "see_map"
    QUERY = "query"
    EXPORT = "export"
    PLAN_ROUTES = "plan_routes"
    SEE_QUEUES = "see_queues"
    EDIT_COMMUNITIES = "edit_communities"
    UNDO_CHANGES = "undo_changes"
    SEE_ADDRESSES = "see_addresses"
    SEE_IMPORTS = "see_imports"
    IMPORT = "import"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"
    SEE_JOBS = "see_jobs"
    COMPUTE_SCORES = "compute_scores"
    MANAGE_JOBS = "manage_jobs"
    EDIT_POLICY = "edit_policy"


_P = Permission
_EVERYONE = frozenset({_P.SEE_MAP, _P.QUERY, _P.EXPORT, _P.SEE_JOBS})
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.LEADER: _EVERYONE,
    Role.INSPECTOR: _EVERYONE | {_P.PLAN_ROUTES},
    Role.STREET: _EVERYONE | {_P.SEE_QUEUES},
    Role.CLERK: _EVERYONE
    | {_P.SEE_QUEUES, _P.EDIT_COMMUNITIES, _P.UNDO_CHANGES, _P.SEE_ADDRESSES}
    | {_P.SEE_IMPORTS, _P.IMPORT, _P.COMPUTE_SCORES},
    Role.REGULATOR: _EVERYONE,
    Role.ADMINISTRATOR: _EVERYONE
    | {_P.PLAN_ROUTES, _P.SEE_QUEUES, _P.SEE_IMPORTS, _P.IMPORT, _P.COMPUTE_SCORES}
    | {_P.MANAGE_ACCOUNTS, _P.SEE_AUDIT, _P.MANAGE_JOBS, _P.UNDO_CHANGES, _P.EDIT_POLICY},
}


@dataclass(frozen=True)
class Viewer:
    """Who is asking: the account, its role, and the street of a street official."""

    user_id: int
    username: str
    role: Role
    street_id: int | None = None

    @property
    def details_key(self) -> str:
        """Names whose details this viewer sees: ``all`` or one street; part of every cache key."""
        return "all" if self.street_id is None else f"street-{self.street_id}"

    def may(self, permission: Permission) -> bool:
        """Whether the viewer's role has ``permission``."""
        return permission in PERMISSIONS[self.role]

    def sees_details_of(self, street_id: int | None) -> bool:
        """Whether scores, complaints and contracts of communities of this street are shown."""
        return self.street_id is None or self.street_id == street_id


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise unless ``viewer`` has ``permission``.

    Raises
    ------
    NotAllowed
        The role lacks it.
    """
    if not viewer.may(permission):
        raise NotAllowed(N_("您的角色没有此权限"), remedy=N_("请联系系统管理员"))


def narrow_query(query: CommunityQuery, viewer: Viewer) -> CommunityQuery:
    """Cut ``query`` to the streets whose details ``viewer`` may see.

    A query filters by details (complaints, inspections), so its very result would
    give them away: a street official therefore queries the own street only.
    """
    return query if viewer.street_id is None else query.within(frozenset({viewer.street_id}))
