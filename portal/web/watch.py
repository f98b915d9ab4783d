"""Each request gets an id, a count of its SQL and one log line; its session ends with it."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import event

from portal import logs
from portal.services import Services

log = logging.getLogger("portal.requests")

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def install(app: Flask) -> None:
    """Watch every request of ``app`` and every statement of its engine."""
    services: Services = app.extensions["atlas"]
    event.listen(services.engine, "before_cursor_execute", _start_statement)
    event.listen(services.engine, "after_cursor_execute", _end_statement)
    app.before_request(_start)
    app.after_request(_end)
    app.teardown_appcontext(_close)


def _start() -> None:
    given = request.headers.get("X-Request-ID", "")
    logs.request_id.set(given if _ID.fullmatch(given) else secrets.token_hex(8))
    g.started, g.sql_count, g.sql_seconds = time.perf_counter(), 0, 0.0


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = logs.request_id.get()
    if request.endpoint != "static":
        log.info(
            "request",
            extra=_user()
            | {
                "method": request.method,
                "route": request.url_rule.rule if request.url_rule else "-",
                "status": response.status_code,
                "ms": round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())), 1),
                "sql_count": g.get("sql_count", 0),
                "sql_ms": round(1000 * g.get("sql_seconds", 0.0), 1),
            },
        )
    return response


def _user() -> dict[str, int]:
    """Return the account behind the request, if it was looked up: a public page asks for none."""
    user = g.get("_login_user")
    return {"user_id": user.viewer.user_id} if user is not None and user.is_authenticated else {}


def _close(error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()
    logs.request_id.set("")


def _start_statement(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
    connection.info["statement_started"] = time.perf_counter()


def _end_statement(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
    if has_request_context() and "sql_count" in g:
        g.sql_count += 1
        g.sql_seconds += time.perf_counter() - connection.info["statement_started"]
