from __future__ import annotations

import io
import zipfile

import pytest
import shapely

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.archives import open_archive
from portal.readers.formats.kml import read_kml, read_kmz
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.limits import ReadLimits

HEAD = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
RING = "114,22,0 114.1,22,0 114.1,22.1,0 114,22.1,0 114,22,0"
INNER = "114.02,22.02 114.04,22.02 114.04,22.04 114.02,22.02"


def document(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "</Document></kml>").encode()


def polygon(outer: str, *inner: str) -> str:
    holes = "".join(
        f"<innerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></innerBoundaryIs>"
        for ring in inner
    )
    ring = f"<LinearRing><coordinates>{outer}</coordinates></LinearRing>"
    return f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs>{holes}</Polygon>"


def mark(geometry: str = "", name: str = "甲", data: str = "") -> str:
    return f"<Placemark><name>{name}</name><styleUrl>#s</styleUrl>{data}{geometry}</Placemark>"


def test_placemarks_become_rows(limits: ReadLimits) -> None:
    extended = (
        '<ExtendedData><Data name="户数"><value>5</value></Data><SchemaData schemaUrl="#x">'
        '<SimpleData name="街道">北街</SimpleData></SchemaData></ExtendedData>'
    )
    folder = f"<Folder><name>东片</name>{mark(polygon(RING, INNER), data=extended)}</Folder>"
    table = read_kml(
        document(folder, mark("<Point><coordinates> 114, 22 </coordinates></Point>", "乙")), limits
    )
    assert table.headers == ["name", "folder", "户数", "街道"]
    assert table.rows == [["甲", "东片", "5", "北街"], ["乙", None, None, None]]
    assert table.shapes is not None
    assert table.shapes[0].equals(
        shapely.Polygon(
            [(114, 22), (114.1, 22), (114.1, 22.1), (114, 22.1)],
            [[(114.02, 22.02), (114.04, 22.02), (114.04, 22.04)]],
        )
    )
    assert table.shapes[1] == shapely.Point(114, 22)
    assert (table.crs, table.rejects) == ("EPSG:4326", [])


def test_several_parts_are_one(limits: ReadLimits) -> None:
    both = polygon(RING) + polygon(RING.replace("114", "115"))
    point = "<Point><coordinates>114,22</coordinates></Point>"
    table = read_kml(
        document(
            mark(f"<MultiGeometry>{both}</MultiGeometry>"),
            mark(f"<MultiGeometry>{both}{point}</MultiGeometry>"),
            mark(f"<MultiGeometry>{point}{point}</MultiGeometry>"),
            mark("<LineString><coordinates>114,22 115,22</coordinates></LineString>"),
            mark(),
        ),
        limits,
    )
    assert table.shapes is not None
    kinds = [None if shape is None else shape.geom_type for shape in table.shapes]
    assert kinds == ["MultiPolygon", "MultiPolygon", "MultiPoint", "LineString", None]


def test_open_rings_are_closed_and_said(limits: ReadLimits) -> None:
    table = read_kml(document(mark(polygon(RING.removesuffix(" 114,22,0")))), limits)
    assert [(item.row, item.reason, item.repaired) for item in table.rejects] == [
        (1, problems.RING_CLOSED.reason, True)
    ]


@pytest.mark.parametrize("coordinates", ["", "114", "a,b c,d e,f", "114,22 115,22"])
def test_what_cannot_be_built_is_unusable(coordinates: str, limits: ReadLimits) -> None:
    table = read_kml(document(mark(polygon(coordinates))), limits)
    assert table.shapes is not None
    assert table.shapes[0].equals(UNUSABLE)


def test_links_and_pictures_are_passed_over_and_said(limits: ReadLimits) -> None:
    link = "<NetworkLink><Link><href>http://example.org/x.kml</href></Link></NetworkLink>"
    table = read_kml(document(link, link, "<GroundOverlay/>", mark()), limits)
    [item] = table.rejects
    assert (item.row, item.reason) == (None, problems.KML_PASSED_OVER.reason)
    assert item.params == {"parts": ["GroundOverlay × 1", "NetworkLink × 2"]}


def test_ids_of_placemarks_are_those_of_features(limits: ReadLimits) -> None:
    table = read_kml(document(mark().replace("<Placemark>", '<Placemark id="p7">'), mark()), limits)
    assert table.feature_ids == ["p7", None]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read(codec: str, limits: ReadLimits) -> None:
    data = document(mark(name="碧波花园小区")).decode().replace("UTF-8", "GBK").encode(codec)
    assert read_kml(data, limits).rows == [["碧波花园小区"]]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b'<!DOCTYPE kml [<!ENTITY a "ha">]><kml><Placemark><name>&a;</name></Placemark></kml>',
            problems.XML_IN_KML,
        ),
        (b'<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml><Placemark/></kml>', problems.XML_IN_KML),
        (b"<kml><Placemark>", problems.BAD_KML),
        (b"<gpx/>", problems.BAD_KML),
        (b"<kml/>", problems.NO_ROWS),
    ],
)
def test_what_is_refused(data: bytes, problem: problems.Problem, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_kml(data, limits)
    assert refused.value.msgid == problem.reason


def test_the_main_document_of_an_archive(limits: ReadLimits) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("files/other.kml", document(mark(name="其他")))
        archive.writestr("doc.kml", document(mark(name="主要")))
        archive.writestr("files/icon.png", b"x")
    assert read_kmz(open_archive(stream.getvalue(), limits), limits).rows == [["主要"]]
