"""Logs: one JSON object a line, with the request's id; never what users wrote or who they are by phone."""

from __future__ import annotations

import logging
import os
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Only these extras reach the log: complaint text, phones, addresses and keys cannot slip in.
FIELDS = (
    "method",
    "route",
    "status",
    "ms",
    "sql_count",
    "sql_ms",
    "user_id",
    "rows",
    "error",
    "job",
)

# What the worker's queue says when the database goes away: one line each, without tracebacks.
OF_OTHERS = ("procrastinate", "psycopg.pool")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON with the allowed fields only."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            # The exception's own text may quote a row; its class and place do not.
            line["error"] = record.exc_info[0].__name__
            line["at_line"] = _place(record)
        return orjson.dumps(line, default=str).decode()


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes each record at once, so that lines of several processes stay whole; after a torn one, anew."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._torn = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a full disk may tear it."""
        try:
            line = ("\n" if self._torn else "") + self.format(record) + "\n"
            try:
                target = self.stream.fileno()
            except (AttributeError, OSError):  # no file, as in tests
                self.stream.write(line)
                return
            data = line.encode()
            written = os.write(target, data)
            self._torn = written < len(data)
        except Exception:
            self.handleError(record)


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send the portal's log to ``stream`` (standard error) as JSON lines."""
    handler = LineHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    for name in ("portal", *OF_OTHERS):
        root = logging.getLogger(name)
        root.handlers[:] = [handler]
        root.setLevel("WARNING" if name in OF_OTHERS else level)
        root.propagate = False


def _place(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
