"""Logging in and out, the chosen language, the own password."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from flask import Flask, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from portal.access import Permission, Viewer
from portal.actions import accounts as actions
from portal.errors import N_, BadRequest, NotAllowed, Throttled
from portal.models import UserAccount
from portal.store import accounts as store
from portal.store.places import streets as places
from portal.terms import Role
from portal.views.accounts import blueprint, devices, role_words
from portal.web import context, languages
from portal.web.forms import Form
from portal.web.guard import needs, public


class LoginForm(Form):
    """Name and password."""

    name: ClassVar[str] = "login"


class PasswordForm(Form):
    """The old and the new password of the own account."""

    name: ClassVar[str] = "own-password"
    labels: ClassVar[Mapping[str, str]] = {"old": N_("当前密码"), "password": N_("新密码")}
    shown_at: ClassVar[Mapping[str, str]] = {"password": "new"}


class LoggedIn(UserMixin):  # type: ignore[misc]
    """The logged-in account as Flask-Login wants it."""

    def __init__(self, account: UserAccount, login_key: str) -> None:
        self.login_key = login_key
        self.session_key = account.session_key
        self.language = account.language
        self.display_name = account.display_name
        self.viewer = Viewer(account.id, account.username, Role(account.role), account.street_id)

    def get_id(self) -> str:
        """Return what the cookie carries: the account, the key that its password renews, this login's own."""
        return f"{self.viewer.user_id}:{self.session_key}:{self.login_key}"


def install_login(app: Flask) -> None:
    """Let Flask-Login find the account of each request."""
    manager = LoginManager(app)
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(cookie: str) -> LoggedIn | None:
        if cookie.count(":") != 2:  # as an earlier version wrote it
            return None
        user_id, session_key, login_key = cookie.split(":")
        try:
            account = store.by_login(context.session(), int(user_id), actions.hash_login(login_key))
        except SQLAlchemyError:
            # The answer about this error would ask who it is for, and fail again.
            g._login_user = manager.anonymous_user()
            raise
        if account is None or account.session_key != session_key:
            return None
        if account.demo and not context.services().config.demo_accounts:
            return None
        return LoggedIn(account, login_key)


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    """Show the login form."""
    if current_user.is_authenticated:
        return redirect(_same_site(request.args.get("next")))
    return _form()


@blueprint.post("/login")
@public
def enter() -> ResponseReturnValue:
    """Check the credentials and open a session."""
    config, username = context.services().config, request.form.get("username", "")
    try:
        account = actions.log_in(
            context.session(),
            username,
            request.form.get("password", ""),
            request.remote_addr or "",
            config.secret_key,
            device=devices.device_of(config, username),
            demo_accounts=config.demo_accounts,
        )
    except (NotAllowed, Throttled) as error:
        # 401: who it is, not what may be done.
        status = 429 if isinstance(error, Throttled) else 401
        return _form(LoginForm(values=request.form).with_mistake(error, status=status))
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    login_user(LoggedIn(account, secrets.token_hex(16)))
    answer = make_response(redirect(_same_site(request.form.get("next"))))
    devices.remember(config, username, answer)
    return answer


@blueprint.post("/logout")
@public
def leave() -> ResponseReturnValue:
    """End the login."""
    if current_user.is_authenticated:
        actions.log_out(context.session(), context.viewer().user_id, current_user.login_key)
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"))


@blueprint.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Remember the language and go back to where the user was."""
    language = request.form.get("language", "")
    if language not in languages.LANGUAGES:
        raise BadRequest(N_("language：只支持 zh 和 en"))
    session["language"] = language
    if current_user.is_authenticated:
        actions.set_language(context.session(), context.viewer().user_id, language)
    return redirect(_same_site(request.form.get("next")))


@blueprint.get("/account")
@needs(Permission.SEE_MAP)
def own() -> ResponseReturnValue:
    """Show the own account."""
    return _own()


@blueprint.post("/account")
@needs(Permission.SEE_MAP)
def change_password() -> ResponseReturnValue:
    """Change the own password; other sessions of the account end."""
    me = context.viewer()
    config = context.services().config
    try:
        actions.check_password(
            context.session(),
            me.username,
            request.form.get("old", ""),
            request.remote_addr or "",
            config.secret_key,
            device=devices.device_of(config, me.username),
        )
        actions.set_password(
            context.session(), me.user_id, request.form.get("new", ""), by_user_id=me.user_id
        )
    except (NotAllowed, Throttled, BadRequest) as error:
        field = "old" if isinstance(error, NotAllowed) else ""
        return _own(PasswordForm().with_mistake(error, status=422, field=field))
    account = store.by_id(context.session(), me.user_id)
    if account is not None:
        login_user(LoggedIn(account, secrets.token_hex(16)))
    return _own(changed=True)


def _own(form: PasswordForm | None = None, *, changed: bool = False) -> ResponseReturnValue:
    viewer, form = context.viewer(), form or PasswordForm()
    page = render_template(
        "accounts/own.html",
        role=role_words.name_role(viewer.role),
        street=None if viewer.street_id is None else places.street(context.session(), viewer.street_id).name,
        changed=changed,
        form=form,
    )
    return page, form.status


def _form(form: LoginForm | None = None) -> ResponseReturnValue:
    form = form or LoginForm()
    page = render_template("accounts/login.html", next=request.values.get("next", ""), form=form)
    return page, form.status


def _same_site(target: str | None) -> str:
    """Return ``target`` when it is a path of this portal, else the map; never another host."""
    # Browsers drop tabs and line ends from an address and take a backslash for a slash.
    plain = target is not None and target.isprintable() and "\\" not in target
    if target and plain and target.startswith("/") and not target.startswith("//"):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return url_for("maps.page")
