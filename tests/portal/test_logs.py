"""Log lines: JSON, allowed fields only, no text of exceptions."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from portal import logs


@pytest.fixture
def lines() -> Any:
    stream = io.StringIO()
    logs.set_up("INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logs.set_up("ERROR")


def test_line_carries_request_id_and_allowed_fields_only(lines: Any) -> None:
    token = logs.request_id.set("abc12345")
    logging.getLogger("portal.x").info("request", extra={"ms": 3.2, "phone": "13800000000"})
    logs.request_id.reset(token)
    (line,) = lines()
    assert line["request_id"] == "abc12345"
    assert line["ms"] == 3.2
    assert "13800000000" not in json.dumps(line)


def test_text_of_an_exception_stays_out(lines: Any) -> None:
    try:
        raise ValueError("电话 13800000000 投诉内容")
    except ValueError as error:
        logging.getLogger("portal.x").error("failed", exc_info=error)
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["at_line"]
    assert "13800000000" not in json.dumps(line, ensure_ascii=False)


def test_the_queue_tells_what_is_wrong_in_one_line(lines: Any) -> None:
    logging.getLogger("procrastinate.worker").info("Starting worker")
    try:
        raise ValueError("argument 13800000000")
    except ValueError as error:
        logging.getLogger("procrastinate.worker").error("Side task failed", exc_info=error)
    (line,) = lines()
    assert (line["message"], line["error"]) == ("Side task failed", "ValueError")
