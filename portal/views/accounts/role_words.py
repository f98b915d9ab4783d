"""What the pages call the roles of accounts."""

from __future__ import annotations

from portal.errors import N_
from portal.terms import Role
from portal.web import context

ROLES = {
    Role.LEADER: N_("局领导"),
    Role.INSPECTOR: N_("巡查员"),
    Role.STREET: N_("街道干部"),
    Role.CLERK: N_("业务员"),
    Role.REGULATOR: N_("市场监管"),
    Role.ADMINISTRATOR: N_("系统管理员"),
}


def name_role(code: str) -> str:
    """Return what a role is called; its code where it has no name here."""
    return context.say(ROLES[Role(code)]) if code in set(Role) else code
