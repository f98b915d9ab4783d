"""What a person has to say yes to before a file is imported: it may be another file than it is taken for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from pyproj import CRS
from sqlalchemy.orm import Session

from geo.datums.crs import WGS84_EPSG
from geo.datums.metric import areas_are_true
from geo.outlines.doubts import find_far
from geo.policy.city import City
from geo.texts import Phrase
from portal.errors import N_, P_, FileRefused
from portal.place_names import name_key
from portal.store.communities import names as community_names
from portal.store.places import roads, territory

EXAMPLES = 10
# So many of the outlines: fewer are slips of single rows, and said of these.
_MANY = 0.25
_WEB_MERCATOR = 3857
# What follows a community's own name, and what only a firm's name has.
_LIKE_A_COMMUNITY = ("小区", "花园", "家园", "公寓", "新村", "号院", "苑")
_LIKE_A_FIRM = ("公司", "物业", "服务", "管理", "集团", "企业", "中心", "有限", "合作社", "事务所")


@dataclass(frozen=True)
class Question:
    """What looks wrong with a whole file.

    Parameters
    ----------
    code
        By which a yes is given: ``--accept CODE``.
    text
        What looks wrong, with how many rows.
    n
        Rows concerned.
    examples
        The first of them, by name or key.
    """

    code: str
    text: Phrase
    n: int
    examples: Sequence[str]


Ask = Callable[[Session, Any, City, CRS | None], list[Question]]


def ask_of_outlines(session: Session, frame: gpd.GeoDataFrame, city: City, crs: CRS | None) -> list[Question]:
    """Ask where outlines lie far from the city, or where areas are not true.

    Parameters
    ----------
    frame
        Rows in WGS 84.
    crs
        What the file is in.
    """
    drawn = frame[frame.geometry.notna() & frame.geom_type.isin(("Polygon", "MultiPolygon"))]
    if drawn.empty:
        return []
    return [*_far_off(session, drawn, city), *_untrue(drawn, city, crs)]


def _far_off(session: Session, drawn: gpd.GeoDataFrame, city: City) -> list[Question]:
    streets, _ = territory.by_id(session)
    known, share = (streets, _MANY) if len(streets) else (roads.frame(session), 1.0)
    if known is None or known.empty:
        return []
    points = drawn.geometry.representative_point().to_numpy()
    areas = known.geometry.to_numpy()
    far = find_far(points, np.asarray(areas, dtype=object), city.coordinates.far_off_m, city.metric_epsg)
    if far.sum() < share * len(drawn):
        return []
    text = P_("{n:,} 个轮廓离本市 {km:g} 公里以上，恐怕是别处的文件，或坐标系不对")
    told = Phrase(text, n=int(far.sum()), km=city.coordinates.far_off_m / 1000)
    return [Question("far_off", told, int(far.sum()), _called(drawn[far]))]


def _untrue(drawn: gpd.GeoDataFrame, city: City, crs: CRS | None) -> list[Question]:
    west, south, east, north = drawn.total_bounds
    middle = (west + east) / 2, (south + north) / 2
    own = crs.to_epsg() if crs is not None and crs.is_projected else None
    stated = f"EPSG:{own}" if own else ""
    asked = N_("轮廓在（{lon:.2f}，{lat:.2f}）附近，{crs} 在那里不准，面积会差 1 % 以上：投影恐怕不对")
    for epsg, name in ((own, stated), (city.metric_epsg, f"EPSG:{city.metric_epsg}")):
        # Web maps' projection is never true to area, and is no sign of anything.
        if epsg and epsg not in (_WEB_MERCATOR, WGS84_EPSG) and not areas_are_true(*middle, epsg):
            told = Phrase(asked, lon=middle[0], lat=middle[1], crs=name)
            return [Question("projection", told, len(drawn), _called(drawn))]
    return []


def _called(rows: gpd.GeoDataFrame) -> list[str]:
    names = rows["name"] if "name" in rows else rows["source_key"]
    first = zip(names.head(EXAMPLES), rows["source_key"].head(EXAMPLES), strict=True)
    return [name if isinstance(name, str) else str(key) for name, key in first]


def ask_of_firms(session: Session, frame: Any, city: City, crs: CRS | None) -> list[Question]:
    """Ask where firms are called like communities: a list of these may have been taken for one of firms."""
    known = community_names.name_keys(session)
    named = [name for name in frame["name"] if isinstance(name, str) and _is_a_community(name, known)]
    if not named:
        return []
    told = Phrase(P_("{n:,} 家企业的名称像是小区的名称，恐怕取错了列或资料种类"), n=len(named))
    return [Question("firm_names", told, len(named), named[:EXAMPLES])]


def _is_a_community(name: str, known: Collection[str]) -> bool:
    if any(word in name for word in _LIKE_A_FIRM):
        return False
    return name_key(name) in known or name.strip().endswith(_LIKE_A_COMMUNITY)


def insist(questions: Sequence[Question], accepted: Collection[str]) -> None:
    """Raise where a question has no yes.

    Raises
    ------
    FileRefused
        The remedy says how to give it.
    """
    for question in questions:
        if question.code not in accepted:
            raise FileRefused(
                N_("{question}（例如 {examples}）。没有导入任何内容。"),
                remedy=N_("请核对文件；确认无误时在预览中勾选，命令行加上 --accept {code}"),
                question=question.text,
                examples=list(question.examples[:3]),
                code=question.code,
            )
