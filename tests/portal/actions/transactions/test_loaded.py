from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from portal.actions.transactions.loaded import (
    Loaded,
    Severity,
    from_rejects,
    raw_geometry,
    remark,
    row_numbers,
)
from portal.readers.problems import EXCERPT_CHARACTERS, IS_MISSING, NOT_A_NUMBER, reject
from portal.terms import Subject


def test_a_remark_has_its_texts_filled_and_its_value_cut() -> None:
    made = remark(Severity.NOTED, 7.0, "name", "名" * 200, "{key} 有误", "请改 {key}", key="小区")
    assert (made.row, made.reason, made.remedy) == (7, "小区 有误", "请改 小区")
    assert len(made.value) == EXCERPT_CHARACTERS and made.value.endswith("…")


def test_a_text_with_braces_of_its_own_is_left_alone() -> None:
    assert remark(Severity.NOTED, None, "", None, "a {b}").reason == "a {b}"


def test_blocking_rejects_left_their_row_out() -> None:
    rejects = [
        reject(3, "name", "", IS_MISSING, blocking=True),
        reject(4, "lifts", "x", NOT_A_NUMBER, blocking=False),
    ]
    assert [item.severity for item in from_rejects(rejects)] == [Severity.REJECTED, Severity.NOTED]


def test_a_row_is_rejected_once_however_much_is_wrong_with_it() -> None:
    loaded = Loaded(new=2, unchanged=1, found={"outside": 1})
    loaded.remarks = [
        remark(Severity.REJECTED, 3, "a", "", "x"),
        remark(Severity.REJECTED, 3, "b", "", "x"),
        remark(Severity.NOTED, 4, "b", "", "x"),
    ]
    assert loaded.counts() == {"new": 2, "changed": 0, "unchanged": 1, "rejected": 1, "outside": 1}


def test_removed_rows_are_counted_where_there_are_any() -> None:
    assert Loaded(removed=2).counts()["removed"] == 2
    assert "removed" not in Loaded().counts()


def test_only_a_written_row_touches_its_subject() -> None:
    loaded = Loaded()
    loaded.touch(Subject.STREETS, 0)
    loaded.touch(Subject.ROADS, 3)
    assert loaded.touched == {Subject.ROADS}


def test_rows_are_numbered_where_the_frame_does_not_say() -> None:
    assert row_numbers(pd.DataFrame({"a": [1, 2]})).tolist() == [1, 2]
    assert row_numbers(pd.DataFrame({"row": [5, 9]})).tolist() == [5, 9]


def test_geometry_as_read_is_the_frames_own_where_nothing_else_is_kept() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2), None], crs=4326)
    raw = list(raw_geometry(frame))
    assert shapely.from_wkb(raw[0]) == shapely.Point(1, 2)
    assert raw[1] is None
    assert list(raw_geometry(frame.assign(raw_geometry=[b"x", None]))) == [b"x", None]
