from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.frames import POINTS, POLYGONS
from portal.readers import problems
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.problems import Problem
from portal.readers.rows.shapes import check_shapes


def odd(text: str) -> shapely.Geometry:
    with np.errstate(invalid="ignore"):
        return shapely.from_wkt(text)


SQUARE = shapely.box(114, 22, 115, 23)
BOWTIE = shapely.Polygon([(114, 22), (115, 23), (115, 22), (114, 23.5)])


def test_good_shapes_pass_unchanged() -> None:
    shapes = [SQUARE, shapely.MultiPolygon([SQUARE]), BOWTIE, None]
    kept, rejects = check_shapes(shapes, [1, 2, 3, 4], POLYGONS, required=False)
    assert kept.tolist() == shapes
    assert rejects == []


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (shapely.LineString([(114, 22), (115, 23)]), problems.WRONG_GEOMETRY),
        (shapely.GeometryCollection([SQUARE]), problems.WRONG_GEOMETRY),
        (UNUSABLE, problems.BAD_GEOMETRY),
        (shapely.Polygon(), problems.BAD_GEOMETRY),
        (shapely.Polygon([(114, 22), (115, 23), (116, 24)]), problems.BAD_GEOMETRY),
        (odd("POLYGON ((114 22, 115 nan, 116 25, 114 22))"), problems.BAD_GEOMETRY),
        (odd("POLYGON ((114 22, inf 23, 116 25, 114 22))"), problems.BAD_GEOMETRY),
        (shapely.box(114, 22, 190, 23), problems.COORDINATE_RANGE),
        (None, problems.NO_GEOMETRY),
    ],
)
def test_bad_shapes_are_told_apart(shape: object, problem: Problem) -> None:
    kept, rejects = check_shapes([SQUARE, shape], [1, 2], POLYGONS, required=True)
    assert kept.tolist() == [SQUARE, None]
    assert [(item.row, item.field, item.reason, item.blocking) for item in rejects] == [
        (2, "geometry", problem.reason, True)
    ]


def test_only_a_note_where_geometry_may_be_missing() -> None:
    _, rejects = check_shapes([UNUSABLE, None], [1, 2], POLYGONS, required=False)
    assert [(item.row, item.blocking) for item in rejects] == [(1, False)]


def test_points() -> None:
    point = shapely.Point(114, 22)
    shapes = [point, shapely.MultiPoint([point]), shapely.Point(0, 0), shapely.MultiPoint([point, (1, 1)])]
    kept, rejects = check_shapes(shapes, [1, 2, 3, 4], POINTS, required=False)
    assert kept.tolist() == [point, point, None, None]
    assert [item.row for item in rejects] == [4]


def test_the_input_is_not_changed() -> None:
    shapes = np.array([UNUSABLE], dtype=object)
    check_shapes(shapes, [1], POLYGONS, required=True)
    assert shapes[0] is UNUSABLE
