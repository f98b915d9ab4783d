"""Accounts and the audit, for the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions import accounts as actions
from portal.errors import N_, BadRequest, Conflict
from portal.scope import parse_ids
from portal.store import accounts as store
from portal.store.operations import deeds
from portal.store.places import streets as places
from portal.terms import Role
from portal.views.accounts import audit_words, blueprint, role_words
from portal.web import context
from portal.web.forms import Form
from portal.web.guard import needs
from portal.web.paging import Paging, asked_page

AUDIT_ROWS = 50


class AccountForm(Form):
    """A new account."""

    name: ClassVar[str] = "account"
    labels: ClassVar[Mapping[str, str]] = {
        "username": N_("用户名"),
        "role": N_("角色"),
        "street": N_("街道"),
        "street_id": N_("街道"),
        "password": N_("密码"),
    }
    shown_at: ClassVar[Mapping[str, str]] = {"street": "street_id"}


@dataclass(frozen=True, kw_only=True)
class ResetForm(Form):
    """A new password for an account; each row of the page has one."""

    user_id: int = 0

    name: ClassVar[str] = "reset"
    labels: ClassVar[Mapping[str, str]] = {"password": N_("新密码")}

    def id_of(self, name: str) -> str:
        """Return the id of a field in the account's row."""
        return f"{name}-{self.user_id}"


@blueprint.get("/administration")
@needs(Permission.MANAGE_ACCOUNTS)
def index() -> ResponseReturnValue:
    """List the accounts, with a form for a new one."""
    return _accounts_page()


@blueprint.post("/administration/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
def create() -> ResponseReturnValue:
    """Create an account; the form comes back with what is wrong."""
    form = request.form
    try:
        if form.get("role") not in set(Role):
            raise BadRequest(N_("role：请选择角色"))
        street_ids = parse_ids(form.get("street_id", ""), "street_id") or frozenset()
        account = actions.create(
            context.session(),
            form.get("username", ""),
            form.get("display_name", ""),
            Role(form["role"]),
            form.get("password", ""),
            street_id=next(iter(street_ids), None),
            by_user_id=context.viewer().user_id,
        )
    except (BadRequest, Conflict) as error:
        return _accounts_page(AccountForm(values=form).with_mistake(error))
    flash(context.say(N_("已创建账号 {username}"), username=account.username))
    return redirect(url_for("accounts.index"))


@blueprint.post("/administration/accounts/<int:user_id>/password")
@needs(Permission.MANAGE_ACCOUNTS)
def set_password(user_id: int) -> ResponseReturnValue:
    """Set a new password; the account's sessions end."""
    try:
        actions.set_password(
            context.session(),
            user_id,
            request.form.get("password", ""),
            by_user_id=context.viewer().user_id,
        )
    except BadRequest as error:
        return _accounts_page(ResetForm(user_id=user_id).with_mistake(error))
    flash(context.say(N_("密码已重设")))
    return redirect(url_for("accounts.index"))


@blueprint.post("/administration/accounts/<int:user_id>/active")
@needs(Permission.MANAGE_ACCOUNTS)
def set_active(user_id: int) -> ResponseReturnValue:
    """Open or close an account."""
    try:
        active = {"1": True, "0": False}.get(request.form.get("active", ""))
        if active is None:  # closing an account must be meant
            raise BadRequest(N_("active：请写 1（启用）或 0（停用）"))
        actions.set_active(context.session(), user_id, active, by_user_id=context.viewer().user_id)
    except BadRequest as error:
        return _accounts_page(Form().with_mistake(error))
    flash(context.say(N_("账号已启用") if active else N_("账号已停用")))
    return redirect(url_for("accounts.index"))


@blueprint.get("/administration/audit")
@needs(Permission.SEE_AUDIT)
def audit() -> ResponseReturnValue:
    """Show the audit, newest first."""
    page = asked_page()
    found = store.audit_page(context.session(), page, AUDIT_ROWS)
    done = [row.Audit.detail["deed"] for row in found.rows if "deed" in row.Audit.detail]
    return render_template(
        "accounts/audit.html",
        rows=found.rows,
        undoable=deeds.undoable(context.session(), done),
        paging=Paging(url_for("accounts.audit"), page, AUDIT_ROWS, found.total).or_last(),
        words=audit_words,
    )


def _accounts_page(sent: Form | None = None) -> ResponseReturnValue:
    """Show the page; ``sent`` is the one of its forms that came back."""
    session, sent = context.session(), sent or Form()

    def reset(user_id: int) -> Form:
        return sent if isinstance(sent, ResetForm) and sent.user_id == user_id else ResetForm(user_id=user_id)

    page = render_template(
        "accounts/index.html",
        accounts=store.everyone(session),
        streets=places.streets(session),
        roles=role_words.ROLES,
        min_password=actions.MIN_PASSWORD,
        sent=sent,
        form=sent if isinstance(sent, AccountForm) else AccountForm(),
        reset=reset,
    )
    return page, sent.status
