"""Which datum a file is really in, told from road geometry.

Neither a file's own label nor the city's border tells the datums of Chinese web maps
apart: they lie some 600 m from each other. Roads do. A residential community does
not lie across a major road, and boundaries of streets (街道) follow major roads, so the
right reading of a file is the one whose outlines cross major roads least, or whose
boundaries run along them most. Points are compared with outlines that are already
known.

Each verdict says how sure it is: its confidence is the share of spatial bootstrap
resamples (`geo.datums.resampling`) in which the winner is strictly best. A file in a fourth
datum, or in none, seldom reaches 95 % (`geo.datums.readings` says how seldom), but can; the
shares are reported so that a person can see whether even the best fits badly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isnan
from typing import Literal

import geopandas as gpd

from geo.datums.crs import Datum
from geo.datums.readings import READINGS, cross_roads, follow_roads, lie_within, major_roads
from geo.datums.resampling import Trial, compare_shares
from geo.policy.city import City
from geo.texts import N_, Phrase

Subject = Literal["outlines", "boundaries", "points"]

# With less than this there is no verdict: outlines, metres of boundary, points. Of a real
# city, 20 outlines decide in one draw of ten, and fewer hardly ever.
LEAST: dict[Subject, float] = {"outlines": 20.0, "boundaries": 2_000.0, "points": 20.0}
LEAST_SQUARES = 5  # resampling fewer understates how uncertain the shares are


@dataclass(frozen=True)
class Evidence:
    """How well one reading fits.

    Parameters
    ----------
    datum
        The reading.
    share
        Share of outlines that cross major roads, of boundary length along major roads,
        or of points inside known outlines, 0 to 1; NaN where nothing is in the extent.
    n
        Outlines, metres of boundary or points within the extent of what they are compared with.
    won
        Share of resamples in which this reading is strictly best.
    """

    datum: Datum
    share: float
    n: float
    won: float


@dataclass(frozen=True)
class DatumVerdict:
    """What the comparison says about the datum of a file.

    Parameters
    ----------
    subject
        What was compared: outlines, boundaries or points.
    best
        The datum, or None where it cannot be told.
    confidence
        Share of resamples that the leading reading won; 0 where there was too little to compare.
    evidence
        One entry per reading, in the order of `READINGS`; empty without anything to compare with.
    message
        The verdict in words.
    """

    subject: Subject
    best: Datum | None
    confidence: float
    evidence: tuple[Evidence, ...]
    message: Phrase


def judge_outlines(outlines: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None, city: City) -> DatumVerdict:
    """Tell the datum of community outlines: the right one crosses major roads least.

    Parameters
    ----------
    outlines
        Polygons as the file gives them, invalid ones included. Rows without geometry or
        with a faulty coordinate are passed over.
    roads
        Lines in WGS 84 with OpenStreetMap's class in ``highway``, or None.
    city
        `city.datum.decide_at_confidence`; lengths are measured in `city.metric_epsg`.

    Returns
    -------
    DatumVerdict
        `n` counts the outlines that lie wholly within the roads' extent in that reading.
    """
    if roads is None or major_roads(roads).empty:
        return _incomparable("outlines")
    return _judge("outlines", cross_roads(outlines, roads, city), city)


def judge_boundaries(streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None, city: City) -> DatumVerdict:
    """Tell the datum of street boundaries: the right one follows major roads most.

    Parameters
    ----------
    streets
        Polygons as the file gives them. A boundary that two streets share counts once.
        Rows without geometry or with a faulty coordinate are passed over.
    roads
        Lines in WGS 84 with OpenStreetMap's class in ``highway``, or None.
    city
        `city.datum`: how near counts as along a road, and how sure is sure enough.

    Returns
    -------
    DatumVerdict
        `n` is the length of boundary within the roads' extent in that reading, in metres.
    """
    if roads is None or major_roads(roads).empty:
        return _incomparable("boundaries")
    return _judge("boundaries", follow_roads(streets, roads, city), city)


def judge_points(points: gpd.GeoDataFrame, known: gpd.GeoDataFrame | None, city: City) -> DatumVerdict:
    """Tell the datum of points that should lie in communities whose outlines are known.

    Parameters
    ----------
    points
        Points as the file gives them. Rows without geometry or with a faulty coordinate
        are passed over.
    known
        Outlines in WGS 84, or None. They need not be complete, but they must be right:
        the verdict is relative to them.
    city
        `city.datum.decide_at_confidence`; lengths are measured in `city.metric_epsg`.

    Returns
    -------
    DatumVerdict
        `n` counts the points within the extent of the known outlines in that reading.
    """
    if known is None or known.empty:
        return _incomparable("points")
    return _judge("points", lie_within(points, known, city), city)


def judge_stated(verdict: DatumVerdict, stated: Datum) -> Phrase | None:
    """Return why the ``stated`` datum looks wrong, None unless ``verdict`` speaks against it.

    CGCS2000 counts as WGS 84. A verdict that is not decided speaks against nothing.
    """
    if verdict.best is None or verdict.best is stated.coincident:
        return None
    return Phrase(
        N_("注明的坐标基准 {datum} 恐怕有误。{verdict}"), datum=stated.label, verdict=verdict.message
    )


def spell_confidence(share: float) -> str:
    """Return a verdict's confidence in per cent, rounded down: only certainty itself reads as 100 %.

    Examples
    --------
    >>> spell_confidence(0.9995), spell_confidence(0.97), spell_confidence(1)
    ('99.9 %', '97.0 %', '100.0 %')
    """
    # Rounded first, or a share such as 0.57, in binary a little less, would lose a tenth.
    return f"{floor(round(share * 1000, 6)) / 10:.1f} %"


def _judge(subject: Subject, trial: Trial, city: City) -> DatumVerdict:
    outcome = compare_shares(trial, lowest_wins=subject == "outlines")
    rows = zip(READINGS, outcome.share, outcome.weight, outcome.won, strict=True)
    evidence = tuple(Evidence(datum, float(share), float(n), float(won)) for datum, share, n, won in rows)
    leader = max(evidence, key=lambda entry: entry.won)
    sure = spell_confidence(leader.won)
    best, confidence = None, leader.won
    # A reading with few elements left in the extent could win by having nothing to get wrong.
    if outcome.weight.min() < LEAST[subject] or outcome.squares < LEAST_SQUARES:
        confidence = 0.0
        told = Phrase(N_("无法判断坐标基准：可供比较的范围内数据太少。"))
    elif leader.won < city.datum.decide_at_confidence:
        closest = N_("无法判断坐标基准：最接近的是 {datum}，把握只有 {share}。")
        told = Phrase(closest, datum=leader.datum.short, share=sure)
    else:
        best = leader.datum
        told = Phrase(N_("坐标基准看起来是 {datum}，把握 {share}。"), datum=best.label, share=sure)
    message = Phrase(N_("{verdict}{figures}"), verdict=told, figures=_figures(subject, evidence, city))
    return DatumVerdict(subject, best, confidence, evidence, message)


def _incomparable(subject: Subject) -> DatumVerdict:
    message = (
        N_("无法判断坐标基准：没有已知的小区轮廓可供比较。")
        if subject == "points"
        else N_("无法判断坐标基准：没有主干道路数据可供比较，请先导入道路。")
    )
    return DatumVerdict(subject, None, 0.0, (), Phrase(message))


def _figures(subject: Subject, evidence: tuple[Evidence, ...], city: City) -> Phrase:
    measured = {
        "outlines": N_("穿越主干道的轮廓占比：{readings}。"),
        "boundaries": N_("主干道 {near_m} 米以内的边界占比：{readings}。"),
        "points": N_("落在已知轮廓内的点占比：{readings}。"),
    }[subject]
    readings = [
        Phrase(
            N_("按 {datum} 读 {share}（{amount}）"),
            datum=entry.datum.short,
            share=_percent(entry.share),
            amount=_amount(subject, entry.n),
        )
        for entry in evidence
    ]
    return Phrase(measured, near_m=f"{city.datum.boundary_tolerance_m:g}", readings=readings)


def _percent(share: float) -> str:
    return "—" if isnan(share) else f"{100 * share:.1f} %"


def _amount(subject: Subject, n: float) -> str:
    return f"{n / 1000:,.1f} km" if subject == "boundaries" else f"n = {n:,.0f}"
