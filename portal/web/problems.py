"""Errors as answers: problem+json (RFC 9457) for data routes, a page for people."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import orjson
from flask import Flask, Request, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from psycopg.errors import DiskFull
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import RequestRedirect

from portal import logs
from portal.errors import N_, BadRequest, PortalError, SpokenError, Unavailable, status_of
from portal.web import context
from portal.web.forms import Form

log = logging.getLogger("portal.views")

TITLES = {
    400: N_("请求有误"),
    401: N_("请先登录"),
    403: N_("没有权限"),
    404: N_("找不到"),
    405: N_("此地址不接受这种请求"),
    409: N_("与现状冲突"),
    413: N_("内容过大"),
    422: N_("内容无法处理"),
    429: N_("尝试过多"),
    500: N_("系统出错了"),
    503: N_("暂时无法服务"),
}
_MAKE_ROOM = N_("请告诉系统管理员：腾出磁盘空间后再试")
_DATA_SUFFIXES = (".geojson", ".json", ".csv", ".xlsx", ".mvt", ".png", ".gpx")


class _Address(Form):
    """What stands in an address, as a page about an error calls it; scripts are told what to write."""

    labels: ClassVar[Mapping[str, str]] = {
        "period": N_("时段"),
        "category": N_("投诉类别"),
        "measure": N_("口径"),
        "language": N_("语言"),
    }


def wants_page(asked: Request) -> bool:
    """Whether a person's browser asked for a page, rather than a script for data."""
    if asked.path.endswith(_DATA_SUFFIXES) or asked.headers.get("X-Requested-With") == "fetch":
        return False
    return asked.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html"


def answer(error: Exception, *, status: int | None = None) -> Response:
    """Return the answer for ``error``: a page or a problem document, in the viewer's language."""
    code = status or status_of(error)
    title = context.say(TITLES.get(code, TITLES[500]))
    detail, remedy = _say(error)
    if wants_page(request):
        page = render_template(
            "problem.html",
            code=code,
            title=title,
            detail=detail,
            remedy=remedy,
            request_id=logs.request_id.get(),
        )
        return make_response(page, code)
    problem: dict[str, Any] = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    if remedy:
        problem["remedy"] = remedy
    problem["request_id"] = logs.request_id.get()
    return Response(orjson.dumps(problem), code, content_type="application/problem+json")


def install(app: Flask) -> None:
    """Register the answers for every family of errors."""
    app.register_error_handler(SpokenError, answer)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(MethodNotAllowed, _misdirected)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(OSError, _refused)
    app.register_error_handler(Exception, _unexpected)


def _say(error: Exception) -> tuple[str, str]:
    if not isinstance(error, SpokenError):
        return "", ""
    if wants_page(request):
        return _Address.spoken(error)[1:]
    remedy = context.say(error.remedy_msgid, **error.params)
    return context.say(error.msgid, **error.params), remedy


def _csrf(error: CSRFError) -> Response:
    return answer(PortalError(N_("页面已过期"), remedy=N_("请返回上一页，刷新后再试")), status=400)


def _http(error: HTTPException) -> Response:
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, OperationalError):  # raised while another error was answered
        return _database(cause)
    return answer(PortalError(""), status=error.code or 500)


def _misdirected(error: MethodNotAllowed) -> ResponseReturnValue:
    """Lead who opens the address that a form was sent to, as by reloading, to the page above it."""
    page = _page_above(request.path) if request.method == "GET" and wants_page(request) else None
    if page is None:
        return _http(error)
    arguments = request.query_string.decode("latin-1")
    return redirect(quote(page) + (f"?{arguments}" if arguments else ""), 303)


def _page_above(path: str) -> str | None:
    """Return the nearest address above ``path`` that can be opened, None where that is only the map."""
    addresses = current_app.create_url_adapter(request)
    while addresses is not None and (path := path.rpartition("/")[0]):
        try:
            addresses.match(path, method="GET")
        except (NoRoute, MethodNotAllowed, RequestRedirect):
            continue
        return path
    return None


def _database(error: OperationalError) -> Response:
    """Answer where the database is away, or says itself that it cannot: a time limit, a full disk."""
    answered = getattr(getattr(error.orig, "diag", None), "message_primary", None) is not None
    log.error("database cannot" if answered else "database does not answer", exc_info=error)
    context.roll_back()
    if isinstance(error.orig, DiskFull):
        return answer(Unavailable(N_("数据库所在的磁盘已满，没有保存任何内容"), remedy=_MAKE_ROOM))
    what = N_("数据库没有完成这项操作") if answered else N_("数据库没有应答")
    return answer(Unavailable(what, remedy=N_("请稍后再试")))


def _refused(error: OSError) -> Response:
    """Answer where the portal's own disk is full; any other is unexpected."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return _unexpected(error)
    log.error("the disk is full", exc_info=error)
    context.roll_back()
    return answer(Unavailable(N_("门户所在的磁盘已满，没有保存任何内容"), remedy=_MAKE_ROOM))


def _unfit(error: DataError) -> Response:
    """Answer where the database cannot hold a value: a number of 30 digits, a text with NUL in it."""
    log.error("a value that the database refuses", exc_info=error)
    context.roll_back()
    return answer(BadRequest(N_("请求中有无法使用的数字或文字"), remedy=N_("请检查地址或填写的内容")))


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    context.roll_back()
    return answer(PortalError(N_("系统记录了这个错误"), remedy=N_("请把下面的编号告诉管理员")), status=500)
