"""Files to save: names in Chinese, headers in Latin letters."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from flask import Flask

from portal.web.downloads import offer


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("巡查路线_20250603-1A2B3C.csv", "20250603-1A2B3C.csv"),
        ("小区.xlsx", "file.xlsx"),
        ('a"b\r\nSet-Cookie: x.csv', "abSet-Cookiex.csv"),
    ],
)
def test_a_name_arrives_whole_in_a_header_of_latin_letters(app: Flask, name: str, plain: str) -> None:
    with app.test_request_context():
        answer = offer(b"x", "text/csv", name)
    header = answer.headers["Content-Disposition"]
    header.encode("latin-1")
    assert "\r" not in header
    assert f'filename="{plain}"' in header
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
    assert answer.headers["Cache-Control"] == "private, no-store"
