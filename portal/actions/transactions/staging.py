r"""Staging: COPY whole columns into a temporary table.

A column goes as the text of PostgreSQL's COPY: one row is one line, values are parted by
tabs, ``\N`` is NULL. This costs less than handing the driver one value after another.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import psycopg
import shapely
from geoalchemy2 import Geometry as GeoAlchemyGeometry
from psycopg import sql
from sqlalchemy import Column, CompoundSelect, MetaData, Select, Table, insert
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Boolean, Date, DateTime, Double, Integer, Text, UserDefinedType

NULL = r"\N"
WGS84_SRID = 4326
ROWS_AT_ONCE = 5_000

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_IN_ARRAY = str.maketrans({"\\": r"\\", '"': r"\""})

Texts = list[str]
Columns = Mapping[str, tuple[Any, Iterable[Any]]]


class Geometry(UserDefinedType[Any]):
    """PostGIS geometry that passes through statements untouched; staged as hexadecimal EWKB."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        """Return the type's name in SQL."""
        return "geometry"


TEXT, TEXTS, FLAG, WHOLE, SMALL = Text(), ARRAY(Text()), Boolean(), BigInteger(), Integer()
NUMBER: Double[float] = Double()
DAY, TIME, BYTES, SHAPE = Date(), DateTime(timezone=True), BYTEA(), Geometry()


def stage(session: Session, columns: Columns) -> Table:
    """Copy columns of equal length into a temporary table and return it.

    Parameters
    ----------
    session
        Inside the import's transaction; the table goes with it.
    columns
        Name to SQL type and values. NaN, NaT and None are NULL; whole numbers
        may come as floats; shapes are shapely geometries in WGS 84.
    """
    table = _create(session, {name: kind for name, (kind, _) in columns.items()})
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    values = [_WRITTEN_AS[kind](given) for kind, given in columns.values()]
    with _driver(session).cursor() as cursor:
        with cursor.copy(statement) as copy:
            for lines in write_rows(values):
                copy.write(lines)
        _analyze(cursor, table)
    return table


def materialise(session: Session, rows: Select[Any] | CompoundSelect[Any]) -> Table:
    """Keep the result of a SELECT in a temporary table and return it."""
    columns = {column.name: SHAPE if _is_shape(column) else column.type for column in rows.selected_columns}
    table = _create(session, columns)
    session.execute(insert(table).from_select(list(columns), rows))
    with _driver(session).cursor() as cursor:
        _analyze(cursor, table)
    return table


def _is_shape(column: Any) -> bool:
    return isinstance(column.type, GeoAlchemyGeometry | Geometry)


def _create(session: Session, columns: Mapping[str, Any]) -> Table:
    name = f"staged_{uuid.uuid4().hex[:12]}"
    parts = [Column(column, kind) for column, kind in columns.items()]
    table = Table(name, MetaData(), *parts, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    table.create(session.connection())
    return table


def _analyze(cursor: psycopg.Cursor[Any], table: Table) -> None:
    # A sample of 3,000 rows, not of 30,000: enough to plan a join, and reading geometry is slow.
    cursor.execute("SET LOCAL default_statistics_target = 10")
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))


def _driver(session: Session) -> psycopg.Connection[Any]:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def row_numbers(frame: pd.DataFrame) -> pd.Series[int]:
    """Return the source's row of each row, counted from 1 where the frame does not say."""
    if "row" in frame:
        return frame["row"]
    return pd.Series(range(1, len(frame) + 1), index=frame.index)


def raw_geometry(frame: gpd.GeoDataFrame) -> Iterable[bytes | None]:
    """Return the geometry as the source gave it, as WKB: as it is where the frame does not say."""
    if "raw_geometry" in frame:
        return frame["raw_geometry"]
    return shapely.to_wkb(frame.geometry.to_numpy())


def write_rows(columns: Sequence[Texts]) -> Iterator[str]:
    """Yield the lines of columns of equal length, some thousand at a time.

    Raises
    ------
    ValueError
        The columns differ in length.
    """
    for start in range(0, max(map(len, columns), default=0), ROWS_AT_ONCE):
        part = zip(*(column[start : start + ROWS_AT_ONCE] for column in columns), strict=True)
        yield "\n".join(map("\t".join, part)) + "\n"


def texts(values: Iterable[Any]) -> Texts:
    """Return words, numbers and dates as they are written, escaped."""
    return _known(values, lambda known: _escape(list(map(str, known))))


def whole_numbers(values: Iterable[Any]) -> Texts:
    """Return numbers without decimals; they may come as floats."""
    return _known(values, lambda known: [str(int(value)) for value in known])


def numbers(values: Iterable[Any]) -> Texts:
    """Return numbers, so that each is read back as the same one."""
    return _known(values, lambda known: list(map(repr, np.asarray(known, dtype=np.float64).tolist())))


def flags(values: Iterable[Any]) -> Texts:
    """Return truth values."""
    return _known(values, lambda known: ["t" if value else "f" for value in known])


def times(values: Iterable[Any]) -> Texts:
    """Return points in time, with their offset from UTC."""
    return _known(spell_times(values), lambda known: list(map(str, known)))


def binaries(values: Iterable[Any]) -> Texts:
    """Return bytes in hexadecimal."""
    return _known(values, lambda known: [rf"\\x{value.hex()}" for value in known])


def text_arrays(values: Iterable[Any]) -> Texts:
    """Return lists of words; None is NULL."""
    return [NULL if words is None else _escape_one(_array(words)) for words in values]


def shapes(values: Iterable[Any]) -> Texts:
    """Return shapely geometries in WGS 84 as hexadecimal EWKB."""
    known = shapely.set_srid(_cells(values), WGS84_SRID)
    return [NULL if text is None else text for text in shapely.to_wkb(known, hex=True, include_srid=True)]


def spell_times(values: Iterable[Any]) -> Iterable[Any]:
    """Return aware times as ``str`` spells them, a whole column in one go where that can be."""
    if not (isinstance(values, pd.Series) and isinstance(values.dtype, pd.DatetimeTZDtype)):
        return values
    wall = values.dt.tz_localize(None)
    offset = (wall - values.dt.tz_convert(None)).unique()
    seconds = wall.dt.floor("s")
    # Summer time and fractions are left to ``str``.
    if len(offset.dropna()) != 1 or not seconds.equals(wall):
        return values
    suffix = str(values.dropna().iloc[0])[len("2025-12-31 00:00:00") :]
    spelt = np.datetime_as_string(seconds.to_numpy("datetime64[s]")).tolist()
    return [text.replace("T", " ") + suffix if text != "NaT" else None for text in spelt]


def _known(values: Iterable[Any], write: Callable[[npt.NDArray[np.object_]], Texts]) -> Texts:
    """Return what ``write`` makes of the values that are there, NULL for None, NaN and NaT."""
    cells = _cells(values)
    missing = pd.isna(cells)
    if not missing.any():
        return write(cells)
    written = np.full(len(cells), NULL, dtype=object)
    written[~missing] = write(cells[~missing])
    return written.tolist()


def _cells(values: Iterable[Any]) -> npt.NDArray[np.object_]:
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=object)
    if isinstance(values, np.ndarray):
        return values.astype(object, copy=False)
    listed = list(values)
    cells = np.empty(len(listed), dtype=object)
    cells[:] = listed
    return cells


def _escape(words: Texts) -> Texts:
    # Hardly any column needs it, and one search over all of it is soon done.
    return list(map(_escape_one, words)) if _SPECIAL.search("\0".join(words)) else words


def _escape_one(text: str) -> str:
    return text.translate(_ESCAPES)


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(f'"{word.translate(_IN_ARRAY)}"' for word in words) + "}"


_WRITTEN_AS: dict[Any, Callable[[Iterable[Any]], list[str]]] = {
    TEXT: texts,
    TEXTS: text_arrays,
    FLAG: flags,
    WHOLE: whole_numbers,
    SMALL: whole_numbers,
    NUMBER: numbers,
    DAY: texts,
    TIME: times,
    BYTES: binaries,
    SHAPE: shapes,
}
