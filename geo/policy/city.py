"""The city's policy: what a city may decide differently, as frozen values.

`data/city.toml` is version 1; later versions are documents of the same shape
kept by the portal. Nothing here is a default in code: a missing key is an error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import PolicyError
from geo.policy.routes import RoutePolicy, check_route_policy, read_route_policy
from geo.texts import N_


@dataclass(frozen=True)
class Band:
    """One grade (等级) of the service score.

    Parameters
    ----------
    code, name, name_en
        Key and labels.
    at_least
        Lowest score of the band, in points of 100.
    colour
        Fill colour, ``#rrggbb``.
    """

    code: str
    name: str
    name_en: str
    at_least: float
    colour: str


@dataclass(frozen=True)
class ComplaintCategory:
    """A category of complaints, mapped to one of the leaders' causes."""

    code: str
    name: str
    name_en: str
    cause: str
    match: tuple[str, ...]


@dataclass(frozen=True)
class ComplaintCause:
    """One of the leaders' four causes of dissatisfaction."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class ScorePolicy:
    """Bands (best first), weights of the dimensions and what each is made of.

    Indicators are maxima in points; a dimension's indicators share its weight in
    proportion to them, so that a weight can change without touching them.
    `handling_shares` split the indicator ``handling`` of complaints.
    """

    bands: tuple[Band, ...]
    weights: Mapping[str, float]
    bonus_max: float
    finding_deductions: tuple[float, ...]
    inspection_indicators: Mapping[str, float]
    street_indicators: Mapping[str, float]
    complaint_indicators: Mapping[str, float]
    handling_shares: Mapping[str, float]
    survey_min_responses: int
    survey_min_share_of_households: float


@dataclass(frozen=True)
class FeePolicy:
    """Guide prices in yuan per m² and month, by grade 1 to 5, and what is tolerated."""

    allowed_float: float
    lift_yuan_m2_month: float
    fire_yuan_m2_month: float
    guide_yuan_m2_month: tuple[float, ...]
    minimum_score: tuple[float, ...]


@dataclass(frozen=True)
class DensityPolicy:
    """How the density surface of complaints is drawn."""

    cell_m: float
    bandwidth_m: float
    classes: int


@dataclass(frozen=True)
class DatumPolicy:
    """When a detected datum counts as decided."""

    decide_at_confidence: float
    boundary_tolerance_m: float


@dataclass(frozen=True)
class ShapePolicy:
    """What of a shape is a drawing error.

    Areas below `sliver_m2`, outlines of communities above `largest_community_m2`, gaps narrower
    than `gap_width_m`.
    """

    sliver_m2: float
    largest_community_m2: float
    gap_width_m: float


@dataclass(frozen=True)
class City:
    """One city's policy. Build it with `parse_city`.

    A street with fewer complaints than `suppress_below` shows no figure; one where less than
    `min_known_share` of the communities state what a rate divides by shows no such rate.
    """

    code: str
    name: str
    name_en: str
    fictional: bool
    timezone: str
    metric_epsg: int
    map_approval_number: str
    scores: ScorePolicy
    fees: FeePolicy
    routes: RoutePolicy
    density: DensityPolicy
    suppress_below: int
    min_known_share: float
    datum: DatumPolicy
    shapes: ShapePolicy
    categories: tuple[ComplaintCategory, ...]
    causes: tuple[ComplaintCause, ...]

    def category_of(self, words: str) -> ComplaintCategory | None:
        """Return the first category one of whose match words occurs in ``words``."""
        return next((c for c in self.categories if any(word in words for word in c.match)), None)


def parse_city(document: Mapping[str, Any]) -> City:
    """Read a policy document (parsed TOML or JSON) into a `City`.

    Raises
    ------
    PolicyError
        A key is missing or has the wrong type, the weights do not sum to 100,
        the bands are not ordered best first, or a category names an unknown cause.
    """
    try:
        city = _build(document)
    except KeyError as error:
        raise PolicyError(N_("城市政策缺少 {key}"), key=error.args[0]) from error
    except (TypeError, ValueError) as error:
        raise PolicyError(N_("城市政策中有一个值的类型不对：{error}"), error=str(error)) from error
    _check(city)
    return city


def parse_city_toml(text: str) -> City:
    """Read a policy from TOML text; see `parse_city`."""
    try:
        return parse_city(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(N_("城市政策不是有效的 TOML：{error}"), error=str(error)) from error


def _build(document: Mapping[str, Any]) -> City:
    head, scores = document["city"], document["scores"]
    complaints, datum = document["complaints"], document["datum"]
    return City(
        code=str(head["code"]),
        name=str(head["name"]),
        name_en=str(head["name_en"]),
        fictional=bool(head["fictional"]),
        timezone=str(head["timezone"]),
        metric_epsg=int(head["metric_epsg"]),
        map_approval_number=str(head["map_approval_number"]),
        scores=_build_scores(scores),
        fees=_build_fees(document["fees"]),
        routes=read_route_policy(document["routes"]),
        density=DensityPolicy(
            cell_m=float(complaints["density_cell_m"]),
            bandwidth_m=float(complaints["density_bandwidth_m"]),
            classes=int(complaints["density_classes"]),
        ),
        suppress_below=int(complaints["suppress_below"]),
        min_known_share=float(complaints["min_known_share"]),
        datum=DatumPolicy(
            decide_at_confidence=float(datum["decide_at_confidence"]),
            boundary_tolerance_m=float(datum["boundary_tolerance_m"]),
        ),
        shapes=ShapePolicy(
            sliver_m2=float(document["shapes"]["sliver_m2"]),
            largest_community_m2=float(document["shapes"]["largest_community_m2"]),
            gap_width_m=float(document["shapes"]["gap_width_m"]),
        ),
        categories=tuple(
            ComplaintCategory(c["code"], c["name"], c["name_en"], c["cause"], tuple(c["match"]))
            for c in document["complaint_category"]
        ),
        causes=tuple(ComplaintCause(**cause) for cause in document["complaint_cause"]),
    )


def _build_fees(fees: Mapping[str, Any]) -> FeePolicy:
    return FeePolicy(
        allowed_float=float(fees["allowed_float"]),
        lift_yuan_m2_month=float(fees["lift_yuan_m2_month"]),
        fire_yuan_m2_month=float(fees["fire_yuan_m2_month"]),
        guide_yuan_m2_month=tuple(map(float, fees["guide_yuan_m2_month"])),
        minimum_score=tuple(map(float, fees["minimum_score"])),
    )


def _build_scores(scores: Mapping[str, Any]) -> ScorePolicy:
    return ScorePolicy(
        bands=tuple(Band(**band) for band in scores["bands"]),
        weights=_numbers(scores["weights"]),
        bonus_max=float(scores["bonus_max"]),
        finding_deductions=tuple(map(float, scores["finding_deductions"])),
        inspection_indicators=_numbers(scores["inspection_indicators"]),
        street_indicators=_numbers(scores["street_indicators"]),
        complaint_indicators=_numbers(scores["complaint_indicators"]),
        handling_shares=_numbers(scores["handling_shares"]),
        survey_min_responses=int(scores["survey"]["min_responses"]),
        survey_min_share_of_households=float(scores["survey"]["min_share_of_households"]),
    )


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(number) for name, number in table.items()}


def _check(city: City) -> None:
    _check_scores(city.scores)
    _check_metric(city.metric_epsg)
    check_route_policy(city.routes)
    if not 0 <= city.min_known_share <= 1:
        raise PolicyError(N_("min_known_share 须在 0 到 1 之间"))
    causes = {cause.code for cause in city.causes}
    for category in city.categories:
        if category.cause not in causes:
            raise PolicyError(
                N_("投诉类别 {category} 所属的原因 {cause} 不存在"),
                category=category.code,
                cause=category.cause,
            )


def _check_metric(epsg: int) -> None:
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError:
        crs = None
    if crs is None or not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
        raise PolicyError(N_("metric_epsg：EPSG:{epsg} 不是以米为单位的投影坐标系"), epsg=epsg)


def _check_scores(scores: ScorePolicy) -> None:
    if abs(sum(scores.weights.values()) - 100) > 1e-9:
        raise PolicyError(N_("评分各维度的权重之和须为 100"))
    floors = [band.at_least for band in scores.bands]
    if floors != sorted(floors, reverse=True) or not floors or floors[-1] != 0:
        raise PolicyError(N_("等级须从高到低排列，最低一级从 0 分起"))
    if set(scores.weights) != {"inspection", "street", "residents", "complaints"}:
        raise PolicyError(N_("评分的维度须为 inspection、street、residents、complaints"))
    if set(scores.complaint_indicators) != {"rate", "handling"}:
        raise PolicyError(N_("投诉办理的指标须为 rate、handling"))
    if set(scores.handling_shares) != {"response", "resolution", "satisfaction"}:
        raise PolicyError(N_("handling 须分为 response、resolution、satisfaction"))
    if abs(sum(scores.handling_shares.values()) - 1) > 1e-9:
        raise PolicyError(N_("response、resolution、satisfaction 的占比之和须为 1"))
    maxima = [*scores.inspection_indicators.values(), *scores.street_indicators.values()]
    if not scores.inspection_indicators or not scores.street_indicators or min(maxima) <= 0:
        raise PolicyError(N_("每个指标的满分须大于 0"))
