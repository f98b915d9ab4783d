from __future__ import annotations

import pytest

from geo.frames import POINTS, POLYGONS
from portal.readers import problems
from portal.readers.formats.unusable import UNUSABLE
from portal.readers.rows.shapes import check_shapes


@pytest.mark.parametrize("allowed", [POINTS, POLYGONS])
def test_no_subject_takes_it(allowed: tuple[str, ...]) -> None:
    kept, rejects = check_shapes([UNUSABLE], [7], allowed, required=False)
    assert kept.tolist() == [None]
    assert [(item.row, item.reason) for item in rejects] == [(7, problems.BAD_GEOMETRY.reason)]
