"""Log lines: JSON, allowed fields only, no text of exceptions."""

from __future__ import annotations

import io
import json
import logging
import os
from pathlib import Path
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


def test_each_record_is_one_write_and_what_follows_a_torn_one_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, sizes, room = os.write, [], [100_000, 10, 100_000]

    def write_some(target: int, data: bytes) -> int:
        sizes.append(len(data))
        return write(target, data[: room.pop(0)])

    with (tmp_path / "log").open("w+") as stream:
        logs.set_up("INFO", stream)
        monkeypatch.setattr(logs.os, "write", write_some)
        for words in ("x" * 20_000, "torn", "whole"):
            logging.getLogger("portal.x").info(words)
        monkeypatch.undo()
        logs.set_up("ERROR")
    first, torn, last = (tmp_path / "log").read_text().splitlines()
    assert len(sizes) == 3
    assert json.loads(first)["message"] == "x" * 20_000
    assert len(torn) == 10
    assert json.loads(last)["message"] == "whole"
