"""Accounts and the audit, for the administrator."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions import accounts as actions
from portal.errors import N_, BadRequest, Conflict
from portal.scope import parse_ids
from portal.store import accounts as store
from portal.store.places import streets as places
from portal.terms import Role
from portal.views.accounts import audit_words, blueprint
from portal.views.accounts import role_words as account_words
from portal.web import context
from portal.web.guard import needs
from portal.web.paging import asked_page

AUDIT_ROWS = 50


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
        return _accounts_page(context.say(error.msgid, **error.params), 422)
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
        return _accounts_page(context.say(error.msgid, **error.params), 422)
    flash(context.say(N_("密码已重设")))
    return redirect(url_for("accounts.index"))


@blueprint.post("/administration/accounts/<int:user_id>/active")
@needs(Permission.MANAGE_ACCOUNTS)
def set_active(user_id: int) -> ResponseReturnValue:
    """Open or close an account."""
    active = request.form.get("active") == "1"
    try:
        actions.set_active(context.session(), user_id, active, by_user_id=context.viewer().user_id)
    except BadRequest as error:
        return _accounts_page(context.say(error.msgid, **error.params), 422)
    flash(context.say(N_("账号已启用") if active else N_("账号已停用")))
    return redirect(url_for("accounts.index"))


@blueprint.get("/administration/audit")
@needs(Permission.SEE_AUDIT)
def audit() -> ResponseReturnValue:
    """Show the audit, newest first."""
    page = asked_page()
    rows = store.audit_page(context.session(), page, AUDIT_ROWS + 1)
    return render_template(
        "accounts/audit.html",
        rows=rows[:AUDIT_ROWS],
        page=page,
        more=len(rows) > AUDIT_ROWS,
        words=audit_words,
    )


def _accounts_page(error: str | None = None, status: int = 200) -> ResponseReturnValue:
    session = context.session()
    page = render_template(
        "accounts/index.html",
        accounts=store.everyone(session),
        streets=places.streets(session),
        roles=account_words.ROLES,
        min_password=actions.MIN_PASSWORD,
        error=error,
        form=request.form,
    )
    return page, status
