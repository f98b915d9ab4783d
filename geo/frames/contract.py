"""What a contract of a frame says, and the check that a frame keeps it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.errors import FrameError
from geo.texts import N_

POLYGONS = frozenset({"Polygon", "MultiPolygon"})
POINTS = frozenset({"Point"})


@dataclass(frozen=True)
class Column:
    """One column: its name, kind (text, number, integer, date, time, flag) and whether it must be filled."""

    name: str
    kind: str = "text"
    required: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Contract:
    """What a frame of one subject holds.

    Parameters
    ----------
    name
        Subject, plural: ``streets``.
    key
        Column that identifies a row within its source, for idempotent imports.
    columns
        Columns beside ``geometry``.
    geometry_types
        Allowed geometry types; empty for a frame without geometry. Geometry may
        be missing in a row unless ``geometry_required``.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    geometry_types: frozenset[str] = frozenset()
    geometry_required: bool = False

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def check(frame: pd.DataFrame, contract: Contract) -> None:
    """Raise unless ``frame`` keeps ``contract``.

    Raises
    ------
    FrameError
        Naming the column or the first offending row: a column is missing, a
        required cell is empty, a key repeats, a geometry has a type that is not
        allowed, or the CRS is not EPSG:4326.
    """
    missing = [c.name for c in contract.columns if c.name not in frame.columns]
    if missing:
        raise FrameError(N_("{frame}：缺少列 {columns}"), frame=contract.name, columns=missing)
    for column in contract.columns:
        if column.required and bool(frame[column.name].isna().any()):
            row = frame.index[frame[column.name].isna()][0]
            raise FrameError(
                N_("{frame}：第 {row} 行的 {column} 为空"), frame=contract.name, row=row, column=column.name
            )
    repeated = frame[contract.key].duplicated()
    if bool(repeated.any()):
        key = frame.loc[repeated, contract.key].iloc[0]
        raise FrameError(N_("{frame}：主键“{key}”重复"), frame=contract.name, key=key)
    if contract.geometry_types:
        _check_geometry(frame, contract)


def _check_geometry(frame: pd.DataFrame, contract: Contract) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise FrameError(N_("{frame}：没有几何列"), frame=contract.name)
    if frame.crs is None or frame.crs.to_epsg() != 4326:
        raise FrameError(N_("{frame}：几何必须是 EPSG:4326"), frame=contract.name)
    empty = frame.geometry.isna() | frame.geometry.is_empty
    if contract.geometry_required and bool(empty.any()):
        raise FrameError(N_("{frame}：第 {row} 行没有几何"), frame=contract.name, row=frame.index[empty][0])
    kinds = set(frame.loc[~empty].geom_type.unique())
    if kinds - contract.geometry_types:
        wrong = sorted(kinds - contract.geometry_types)
        raise FrameError(N_("{frame}：不接受几何类型 {types}"), frame=contract.name, types=wrong)
