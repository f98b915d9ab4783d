"""Files to save: names in Chinese, headers in Latin letters."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from flask import Flask

from geo.policy.city import City
from portal.documents.tables import Column, Table
from portal.errors import NotFound
from portal.web.downloads import CONTENT_TYPES, TABLE_KINDS, check_kind, offer, offer_table


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


@pytest.mark.parametrize("kind", ["gpx", "exe", "communities"])
def test_a_table_is_no_other_kind_of_file(kind: str) -> None:
    with pytest.raises(NotFound, match=kind):
        check_kind(kind)


@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_a_table_is_offered_as_what_it_is(app: Flask, city: City, kind: str) -> None:
    table = Table(city, ("名单",), "小区", [Column("name", "小区")], [{"name": "安华苑"}])
    with app.test_request_context():
        answer = offer_table(table, kind)
    assert answer.content_type == CONTENT_TYPES[kind]
    assert answer.data.startswith({"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "geojson": b"{"}[kind])
    name = unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])
    assert name == f"云岭市（虚构）_名单.{kind}"
