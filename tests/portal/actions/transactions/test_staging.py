from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.actions.transactions.staging import (
    BYTES,
    FLAG,
    NULL,
    NUMBER,
    ROWS_AT_ONCE,
    SHAPE,
    TEXT,
    TEXTS,
    TIME,
    WHOLE,
    flags,
    materialise,
    numbers,
    raw_geometry,
    row_numbers,
    spell_times,
    stage,
    text_arrays,
    texts,
    whole_numbers,
    write_rows,
)
from portal.actions.transactions.upserts import count

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def test_every_kind_of_value_arrives_and_missing_ones_are_null(session: Session) -> None:
    at = datetime(2025, 3, 1, 8, tzinfo=UTC)
    table = stage(
        session,
        {
            "whole": (WHOLE, pd.Series([1.0, np.nan])),
            "number": (NUMBER, pd.Series([0.5, np.nan])),
            "flag": (FLAG, [True, None]),
            "word": (TEXT, ['小区, "甲"\n\\N\t', None]),
            "words": (TEXTS, [["a", "b,c"], []]),
            "time": (TIME, pd.Series([at, pd.NaT])),
            "octets": (BYTES, [b"\x00\xff", None]),
            "shape": (SHAPE, [shapely.Point(114, 22), None]),
        },
    )
    row, empty = session.execute(select(*table.c).with_only_columns(*list(table.c)[:-1])).all()
    assert tuple(row[:6]) == (1, 0.5, True, '小区, "甲"\n\\N\t', ["a", "b,c"], at)
    assert bytes(row[6]) == b"\x00\xff"
    assert [value for value in empty if value != []] == [None] * 6
    assert session.scalars(select(func.ST_AsEWKT(table.c.shape))).all() == ["SRID=4326;POINT(114 22)", None]


def test_columns_of_different_length_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="zip"):
        stage(session, {"a": (TEXT, ["x"]), "b": (TEXT, [])})


def test_a_result_can_be_kept(session: Session) -> None:
    table = stage(
        session, {"n": (WHOLE, range(5)), "shape": (SHAPE, [shapely.Point(n, 0) for n in range(5)])}
    )
    kept = materialise(session, select(table.c.n, table.c.shape).where(table.c.n > 2))
    assert count(session, kept) == 2
    assert session.scalar(select(func.max(func.ST_X(kept.c.shape)))) == 4


def test_rows_are_numbered_where_the_frame_does_not_say() -> None:
    assert row_numbers(pd.DataFrame({"a": [1, 2]})).tolist() == [1, 2]
    assert row_numbers(pd.DataFrame({"row": [5, 9]})).tolist() == [5, 9]


def test_geometry_as_read_is_the_frames_own_where_nothing_else_is_kept() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2), None], crs=4326)
    raw = list(raw_geometry(frame))
    assert shapely.from_wkb(raw[0]) == shapely.Point(1, 2)
    assert raw[1] is None
    assert list(raw_geometry(frame.assign(raw_geometry=[b"x", None]))) == [b"x", None]


def test_rows_are_lines_of_tabbed_values() -> None:
    assert "".join(write_rows([["a", "b"], ["1", "2"]])) == "a\t1\nb\t2\n"


def test_many_rows_come_in_several_pieces_and_none_is_lost() -> None:
    column = [str(number) for number in range(ROWS_AT_ONCE + 3)]
    pieces = list(write_rows([column]))
    assert len(pieces) == 2
    assert "".join(pieces).split() == column


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA])
def test_what_is_missing_is_null(missing: object) -> None:
    for write in (texts, whole_numbers, numbers, flags):
        assert write([missing]) == [NULL]


def test_signs_that_mean_something_to_copy_are_escaped() -> None:
    assert texts(["小区", "a\tb", "c\\N", "d\r\n"]) == ["小区", r"a\tb", r"c\\N", r"d\r\n"]
    assert text_arrays([['say "a\\b"', "c,d"], [], None]) == [r'{"say \\"a\\\\b\\"","c,d"}', "{}", NULL]


def test_numbers_are_read_back_as_the_same() -> None:
    given = [0.1 + 0.2, 1e300, -0.0, 3]
    assert [float(text) for text in numbers(given)] == given
    assert whole_numbers(pd.Series([3.0, np.nan])) == ["3", NULL]
    assert texts([date(2025, 3, 1)]) == ["2025-03-01"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "Europe/Berlin"])
@pytest.mark.parametrize("fraction", [timedelta(0), timedelta(milliseconds=5)])
@pytest.mark.parametrize("unit", ["ns", "us"])
def test_times_are_spelt_as_str_does(zone: str, fraction: timedelta, unit: str) -> None:
    days = pd.date_range(NOON - timedelta(days=180), periods=12, freq="30D") + fraction
    times = pd.Series([*days.tz_convert(zone).as_unit(unit), pd.NaT])
    spelt = [None if pd.isna(time) else str(time) for time in spell_times(times)]
    assert spelt == [*map(str, times[:-1]), None]


def test_a_column_without_any_time_is_spelt_too() -> None:
    empty = pd.Series([NOON]).where([False])
    assert all(pd.isna(time) for time in spell_times(empty))
    assert list(spell_times(empty[:0])) == []
