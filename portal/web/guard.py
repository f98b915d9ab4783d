"""Deny by default: a route without a declared permission answers nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, require
from portal.errors import N_, NotAllowed
from portal.web import context, problems

View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view needs; put it directly above the function."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Declare that a view answers everybody, logged in or not."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """Return the declared permission of a view, None when it is public.

    Raises
    ------
    NotAllowed
        The view declares nothing.
    """
    if not hasattr(view, "permission"):
        raise NotAllowed(N_("此地址未开放"))
    found: Permission | None = view.permission
    return found


def install(app: Flask) -> None:
    """Check the permission of every request before its view runs."""
    public(app.view_functions["static"])
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:  # 404 or 405: Flask answers
        return None
    permission = permission_of(current_app.view_functions[request.endpoint])
    if permission is None:
        return None
    try:
        viewer = context.viewer()
    except NotAllowed:
        return _ask_to_log_in()
    require(viewer, permission)
    return None


def _ask_to_log_in() -> ResponseReturnValue:
    """Lead a person to the login and back, tell a script; an open page gets no login into its drawer."""
    in_page = request.headers.get("HX-Request") == "true"
    if not in_page and problems.wants_page(request) and request.method == "GET":
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
    answer = problems.answer(NotAllowed(N_("请先登录")), status=401)
    if in_page:
        # htmx would follow a redirect itself and put the login into the page.
        answer.headers["HX-Redirect"] = url_for("accounts.login", next=_open_page())
    return answer


def _open_page() -> str | None:
    """Return path and arguments of the page that htmx is in, None where it does not say."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return None
    return page._replace(scheme="", netloc="", fragment="").geturl() or None
