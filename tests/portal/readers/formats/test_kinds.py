from __future__ import annotations

import codecs

import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.kinds import Kind, expect_table, guess_kind
from portal.readers.problems import Problem


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"name,street\n", Kind.CSV),
        (codecs.BOM_UTF8 + b"name,street\n", Kind.CSV),
        ("小区,街道\n".encode("utf-16"), Kind.CSV),
        ("小区,街道\n".encode("gb18030"), Kind.CSV),
        (b' \n{"type": "FeatureCollection"', Kind.GEOJSON),
        (codecs.BOM_UTF8 + b"{", Kind.GEOJSON),
        (b"SQLite format 3\x00", Kind.GEOPACKAGE),
        (b"PK\x03\x04", Kind.ARCHIVE),
        (b"\0\0\0\x0d\x0a\x09OSMHeader", Kind.ROADS),
    ],
)
def test_kind_follows_from_content(head: bytes, kind: Kind) -> None:
    assert guess_kind(head) is kind


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (b"<OGRVRTDataSource>", problems.IS_VRT),
        (b'<?xml version="1.0"?>\n<VRTDataset>', problems.IS_VRT),
        ("<OGRVRTDataSource>".encode("utf-16"), problems.IS_VRT),
        (b"<html><table>", problems.IS_XML),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", problems.IS_OLD_EXCEL),
        (b"%PDF-1.7", problems.UNKNOWN_KIND),
        (b"\x1f\x8b\x08", problems.UNKNOWN_KIND),
        (b"\x7fELF", problems.UNKNOWN_KIND),
        (b"\x89PNG\r\n", problems.UNKNOWN_KIND),
    ],
)
def test_other_kinds_are_refused_by_name(head: bytes, problem: Problem) -> None:
    with pytest.raises(FileRefused) as refused:
        guess_kind(head)
    assert refused.value.msgid == problem.reason


def test_roads_are_no_table() -> None:
    expect_table(Kind.CSV)
    with pytest.raises(FileRefused):
        expect_table(Kind.ROADS)


@pytest.mark.parametrize(
    "root", ["<kml>", "<kml xmlns='x'>", "<?xml version='1.0'?>\n<!-- x --><k:kml xmlns:k='x'>"]
)
def test_kml_is_told_by_its_root(root: str) -> None:
    assert guess_kind(root.encode()) is Kind.KML


def test_what_only_begins_so_is_none() -> None:
    with pytest.raises(FileRefused):
        guess_kind(b"<kmlx>")
