"""What a file is, by its content. Its name is not looked at."""

from __future__ import annotations

import re
import struct
from enum import StrEnum

from portal.readers.problems import (
    IS_OLD_EXCEL,
    IS_ROADS,
    IS_VRT,
    IS_XML,
    UNKNOWN_KIND,
    Problem,
    refuse,
)

HEAD_BYTES = 4096


class Kind(StrEnum):
    """A kind of file that is read."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GEOPACKAGE = "geopackage"
    SHAPEFILE = "shapefile"
    KML = "kml"
    KMZ = "kmz"
    ROADS = "roads"
    ARCHIVE = "archive"  # a zip: a Shapefile, KMZ or a workbook, which its list of files tells


_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    b"%PDF",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"\x7fELF",
    b"MZ",
    b"SIMPLE",
    b"fgb\x03",
    b"PAR1",
    b"ARROW1",
)
# An OSM PBF begins with the length of its first header, whose first field is the word OSMHeader.
_ROADS_WORD = b"\x0a\x09OSMHeader"
# What else holds such an element is refused by the reader, which looks at the root.
_KML = re.compile(r"<(?:\w{1,20}:)?kml[\s>]")
_BLANK = " \t\r\n\v\f\ufeff\u200b\u00a0\u3000"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def guess_kind(head: bytes) -> Kind:
    """Return the kind of a file that begins with ``head`` (`HEAD_BYTES` of it).

    Raises
    ------
    FileRefused
        It is XML (a VRT, a web page), an old or protected Excel file, or of a
        kind that is not read.
    """
    if head.startswith(b"SQLite format 3\x00"):
        return Kind.GEOPACKAGE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ARCHIVE
    if _is_roads(head):
        return Kind.ROADS
    if head.startswith(_OLD_EXCEL):
        raise refuse(IS_OLD_EXCEL)
    if head.startswith(_FOREIGN):
        raise refuse(UNKNOWN_KIND)
    return _guess_text(head)


def expect_table(kind: Kind) -> None:
    """Refuse a road file where a table or a layer is expected."""
    if kind is Kind.ROADS:
        raise refuse(IS_ROADS)


def _is_roads(head: bytes) -> bool:
    return head[4:15] == _ROADS_WORD and struct.unpack(">I", head[:4])[0] < HEAD_BYTES * 16


def _guess_text(head: bytes) -> Kind:
    text = head.decode("latin-1")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            text = head[len(bom) :].decode(encoding, "ignore")
    text = text.lstrip(_BLANK)
    if text.startswith("<") and _KML.search(text):
        return Kind.KML
    if text.startswith("<"):
        raise refuse(_kind_of_xml(text))
    return Kind.GEOJSON if text.startswith(("{", "[")) else Kind.CSV


def _kind_of_xml(text: str) -> Problem:
    return IS_VRT if "<OGRVRTDataSource" in text or "<VRTDataset" in text else IS_XML
