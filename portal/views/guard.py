"""Deny by default: a route without a declared permission answers nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, require
from portal.errors import N_, NotAllowed
from portal.views import context, problems

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
        if problems.wants_page(request) and request.method == "GET":
            return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
        return problems.answer(NotAllowed(N_("请先登录")), status=401)
    require(viewer, permission)
    return None
