"""Bodies are small, except where a view takes files."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.actions.imports import uploads
from portal.terms import Role
from tests.conftest import LogIn

MEGABYTE = 1024 * 1024


def test_a_piece_may_be_larger_than_a_form(log_in: LogIn) -> None:
    client = log_in(Role.CLERK)
    size = uploads.PIECE_BYTES
    url = client.post("/data/uploads", json={"name": "a.csv", "size": 3 * size}).json["url"]
    assert client.put(f"{url}?offset=0", data=b"x" * size).json == {"received": size}
    assert client.put(f"{url}?offset={size}", data=b"x" * (size + 1)).status_code == 413
    assert client.post("/login", data={"old": "x" * 3 * MEGABYTE}).status_code == 413


def test_a_whole_file_may_be_as_large_as_the_settings_say(log_in: LogIn, app: Flask) -> None:
    client = log_in(Role.CLERK)
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = head + b"x" * 5 * MEGABYTE + b"\r\n--edge--\r\n"
    answer = client.post("/data/import", data=body, content_type="multipart/form-data; boundary=edge")
    assert answer.status_code == 303


@pytest.mark.parametrize("address", ["/data/uploads", "/query"])
def test_other_views_take_little(log_in: LogIn, address: str) -> None:
    answer = log_in(Role.CLERK).post(address, data=b"x" * 3 * MEGABYTE, content_type="application/json")
    assert answer.status_code in (405, 413)
