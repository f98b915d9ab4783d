"""From a file's coordinates to WGS 84: the datum told, settled and converted; broken outlines repaired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy.orm import Session

from geo.datums.crs import WGS84_EPSG, Datum, parse_datum, to_degrees, to_wgs84
from geo.datums.detection import DatumVerdict, judge_boundaries, judge_outlines, judge_points, judge_stated
from geo.frames import POLYGONS, Contract
from geo.outlines.repair import Repaired, repair_outlines
from geo.policy.city import City
from geo.texts import Phrase
from portal.actions.transactions.import_run import Remark, Severity, remark
from portal.errors import N_, FileRefused
from portal.store.places import known, roads

_TELL_BY_ROADS = N_(
    "请注明坐标基准（wgs84、cgcs2000、gcj02、bd09；命令行用 --datum），"
    "或先导入这一带的道路，由系统对照道路判断"
)
_TELL_BY_OUTLINES = N_(
    "请注明坐标基准（wgs84、cgcs2000、gcj02、bd09；命令行用 --datum），或在映射文件中写明 datum；"
    "先导入这一带的小区轮廓，系统也能对照轮廓判断"
)


@dataclass(frozen=True)
class Settled:
    """The datum that an import goes by.

    Parameters
    ----------
    datum
        The one detected, or the one stated.
    verdict
        What the comparison with known roads or outlines said.
    message
        One sentence or two for the person who imports.
    """

    datum: Datum
    verdict: DatumVerdict
    message: Phrase


@dataclass(frozen=True)
class Located:
    """Rows in WGS 84, or without any geometry.

    Parameters
    ----------
    frame
        With geometry as read in ``raw_geometry``, where there is any.
    remarks
        What was repaired or left out.
    datum, confidence, message
        What the file's coordinates were in, how sure that is, and why; None without coordinates.
    """

    frame: Any
    remarks: Sequence[Remark] = ()
    datum: Datum | None = None
    confidence: float | None = None
    message: Phrase | None = None


def locate(
    session: Session,
    frame: gpd.GeoDataFrame,
    contract: Contract,
    city: City,
    *,
    stated: Datum | None = None,
    written: str = "",
    accept: bool = False,
) -> Located:
    """Tell the datum of a frame as read, settle it, and bring the frame to WGS 84.

    Parameters
    ----------
    stated
        What the person says who imports; None to go by ``written``.
    written
        What the mapping file says of the datum; "" to detect it.
    accept
        Whether a stated datum holds although it looks wrong.

    Raises
    ------
    FileRefused
        The datum is not certain enough.
    DatumError
        Nobody calls a datum what is ``written``.
    """
    verdict = judge(session, frame, contract, city)
    if verdict is None:
        return Located(frame.set_crs(WGS84_EPSG))
    stated = stated or (parse_datum(written) if written else None)
    settled = settle(verdict, stated, accept=accept)
    moved, remarks = bring_to_wgs84(frame, settled.datum, city)
    return Located(moved, remarks, settled.datum, verdict.confidence, settled.message)


def judge(session: Session, frame: gpd.GeoDataFrame, contract: Contract, city: City) -> DatumVerdict | None:
    """Compare geometry as read with what the database knows; None where the frame has no geometry.

    Boundaries (of what has only polygons: streets, neighbourhoods) and outlines of communities
    are compared with the imported roads; points with the outlines of communities.
    """
    located = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if located.empty:
        return None
    if contract.geometry_types == POLYGONS:
        return judge_boundaries(located, roads.frame(session), city)
    polygons = located[located.geom_type.isin(POLYGONS)]
    if 2 * len(polygons) >= len(located):
        return judge_outlines(polygons, roads.frame(session), city)
    return judge_points(located[located.geom_type == "Point"], known.outlines(session), city)


def settle(verdict: DatumVerdict, stated: Datum | None, *, accept: bool = False) -> Settled:
    """Return the datum to go by.

    Parameters
    ----------
    verdict
        From `judge`.
    stated
        What the clerk says; None to go by the verdict.
    accept
        Whether a stated datum holds although it looks wrong.

    Raises
    ------
    FileRefused
        The datum is not stated and cannot be told, or it is stated and looks wrong.
    """
    if stated is None:
        if verdict.best is None:
            raise FileRefused(
                N_("{verdict} 没有导入任何内容。"),
                remedy=_TELL_BY_OUTLINES if verdict.subject == "points" else _TELL_BY_ROADS,
                verdict=verdict.message,
            )
        return Settled(verdict.best, verdict, verdict.message)
    warning = judge_stated(verdict, stated)
    if warning is None:
        as_stated = Phrase(
            N_("按注明的 {datum} 读取。{verdict}"), datum=stated.label, verdict=verdict.message
        )
        return Settled(stated, verdict, verdict.message if verdict.best else as_stated)
    if not accept:
        raise FileRefused(
            N_("{warning} 没有导入任何内容。"),
            remedy=N_("请核对坐标基准；确认无误时加上 --accept-datum"),
            warning=warning,
        )
    return Settled(stated, verdict, warning)


def bring_to_wgs84(
    frame: gpd.GeoDataFrame, datum: Datum, city: City
) -> tuple[gpd.GeoDataFrame, list[Remark]]:
    """Return ``frame`` in WGS 84 with valid outlines, and what had to be repaired or left out.

    The geometry as read is kept, as WKB, in the column ``raw_geometry``.
    Rows are named by their column ``row``.
    """
    raw = np.asarray(shapely.to_wkb(frame.geometry.to_numpy()), dtype=object)
    drawn = repair_outlines(to_degrees(frame).assign(raw_geometry=raw), city)
    # A ring may be sound as drawn and touch itself once it is moved, and the other way round.
    moved = repair_outlines(to_wgs84(drawn.frame, datum), city)
    said = [*_say(frame, drawn), *_say(frame, moved)]
    return moved.frame.reset_index(drop=True), said


def leave_out_vast(frame: gpd.GeoDataFrame, city: City) -> tuple[gpd.GeoDataFrame, list[Remark]]:
    """Return the communities whose outline is not larger than any community, and which were left out.

    Measured in the city's metric CRS, where an outline across the globe may have no area at all.
    """
    located = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    area_m2 = located.geometry.to_crs(city.metric_epsg).area
    vast = area_m2[~(area_m2 <= city.shapes.largest_community_m2)]
    said = [
        remark(
            Severity.REJECTED,
            frame.at[index, "row"],
            "geometry",
            frame.at[index, "source_key"],
            N_("边界大得不像一个小区（超过 {most:,.0f} km²）"),
            N_("请核对坐标与坐标基准，在源数据中更正后再导入"),
            most=city.shapes.largest_community_m2 / 1e6,
        )
        for index in vast.index
    ]
    return frame.drop(index=vast.index).reset_index(drop=True), said


def _say(frame: gpd.GeoDataFrame, repaired: Repaired) -> Iterator[Remark]:
    text = N_("{reason}，已修复；修复后面积 {area_m2:,.0f} m²，变化 {change_m2:+,.0f} m²")
    for index, told in repaired.repairs.iterrows():
        row, key = frame.at[index, "row"], frame.at[index, "source_key"]
        sizes = {"area_m2": told.area_m2, "change_m2": told.area_change_m2}
        check = N_("请在地图上核对")
        yield remark(Severity.REPAIRED, row, "geometry", key, text, check, reason=told.reason, **sizes)
    for index, told in repaired.rejects.iterrows():
        row, key = frame.at[index, "row"], frame.at[index, "source_key"]
        yield remark(Severity.REJECTED, row, "geometry", key, told.reason, told.remedy)
