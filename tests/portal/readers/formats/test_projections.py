from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from portal.errors import FileRefused
from portal.readers.formats.projections import name_crs, to_degrees

ESRI_GK = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("OGC:CRS84", "EPSG:4326"),
        ("EPSG:4326", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::4490", "EPSG:4490"),
        ("urn:ogc:def:crs:EPSG:6.9:4547", "EPSG:4547"),
        (ESRI_GK, "EPSG:4547"),
        (pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI"), "EPSG:4326"),
        (pyproj.CRS.from_epsg(4490).to_wkt(), "EPSG:4490"),
        (pyproj.CRS.from_epsg(32650).to_wkt("WKT1_GDAL"), "EPSG:32650"),
    ],
)
def test_systems_are_named(text: str, name: str) -> None:
    assert name_crs(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/crs.wkt",
        "+proj=longlat +nadgrids=/etc/passwd",
        'LOCAL_CS["somewhere"]',
        "EPSG:4326 and more",
        "x" * 100_000,
    ],
)
def test_other_systems_are_refused(text: str) -> None:
    with pytest.raises(FileRefused):
        name_crs(text)


def test_degrees_stay_as_they_are() -> None:
    shapes = [shapely.Point(114.05, 22.54), None]
    for crs in ("", "EPSG:4326", "EPSG:4490"):
        degrees, named = to_degrees(shapes, crs)
        assert (degrees.tolist(), named) == (shapes, crs)


@pytest.mark.parametrize("epsg", [4547, 32650, 3857])
def test_metres_become_degrees_of_their_own_datum(epsg: int) -> None:
    move = pyproj.Transformer.from_crs(4326 if epsg != 4547 else 4490, epsg, always_xy=True)
    metres = shapely.transform(
        shapely.box(114, 22.5, 114.1, 22.6), lambda xy: np.column_stack(move.transform(*xy.T))
    )
    degrees, named = to_degrees([metres, None], f"EPSG:{epsg}")
    assert named == ("EPSG:4490" if epsg == 4547 else "EPSG:4326")
    assert degrees[1] is None
    np.testing.assert_allclose(degrees[0].bounds, (114, 22.5, 114.1, 22.6), atol=1e-9)


def test_heights_are_dropped() -> None:
    degrees, _ = to_degrees([shapely.Point(114, 22, 30)], "")
    assert not degrees[0].has_z


def test_metres_without_a_system_are_refused() -> None:
    metres: list[Any] = [shapely.Point(500_000, 2_500_000), shapely.Point(500_100, 2_500_100)]
    with pytest.raises(FileRefused):
        to_degrees(metres, "")
    mostly_degrees = [shapely.Point(114, 22)] * 3 + metres[:1]
    assert len(to_degrees(mostly_degrees, "")[0]) == 4
    assert to_degrees([None], "")[1] == ""


@pytest.mark.parametrize("crs", ["EPSG:999999", "EPSG:4267", "EPSG:5773"])
def test_unknown_and_foreign_systems_are_refused(crs: str) -> None:
    with pytest.raises(FileRefused):
        to_degrees([shapely.Point(1, 2)], crs)
