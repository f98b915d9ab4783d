"""Streets, coloured by their complaints: how many, or how many for their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from zoneinfo import ZoneInfo

from portal.errors import N_
from portal.layers.base import LayerRequest, Legend, LegendClass, Measure, TiledLayer
from portal.layers.ramps import CIVIDIS, class_of, pick, quantile_limits
from portal.store import complaints, street_areas, system
from portal.store.complaints import StreetFigures
from portal.store.street_areas import Shade
from portal.terms import Subject

CLASSES = 5
FEW, UNKNOWN = "few", "unknown"
GREY = "#8a8f98"
HOUSEHOLDS, AREA_M2 = 1_000, 100_000
UNITS = {
    "count": N_("件"),
    "per_1000_households": N_("件/千户"),
    "per_100000_m2": N_("件/十万㎡"),
}
ALL_COUNTED = N_("n 为投诉件数；图例右侧为街道数")
TOLD_COUNTED = N_("n 为投诉件数，不含不显示件数的其他街道；图例右侧为街道数")
ALL_RATED = N_(
    "n 为投诉件数；图例右侧为街道数；依据 {streets} 个街道 {communities} 个小区中 {stated} 个的户数或面积，"
    "填写的小区不足 {share} % 的街道不计算"
)
TOLD_RATED = N_(
    "n 为投诉件数，不含不显示件数的其他街道；图例右侧为街道数；"
    "依据 {streets} 个街道 {communities} 个小区中 {stated} 个的户数或面积，"
    "填写的小区不足 {share} % 的街道不计算"
)
DIGITS = {"count": 0, "per_1000_households": 1, "per_100000_m2": 1}


@dataclass(frozen=True)
class _Shading:
    """What each street shows, the limits of the classes, and the streets that show a number."""

    shades: list[Shade]
    limits: list[float]
    complaints: int
    shown: list[StreetFigures]


class Streets(TiledLayer):
    """Complaints of each street, of any place level; everyone sees every street's figure."""

    name: ClassVar[str] = "streets"
    title: ClassVar[str] = N_("街道·投诉")
    subjects: ClassVar[tuple[Subject, ...]] = (Subject.STREETS, Subject.COMPLAINTS, Subject.COMMUNITIES)
    thematic: ClassVar[bool] = True
    beneath: ClassVar[bool] = True
    measures: ClassVar[tuple[Measure, ...]] = (
        Measure("count", N_("件数")),
        Measure("per_1000_households", N_("每千户")),
        Measure("per_100000_m2", N_("每十万平方米")),
    )
    address: ClassVar[str] = "/streets/{id}"

    def load(self, request: LayerRequest) -> bytes:
        """Return outline, name, class and value of each street."""
        return street_areas.features(request.session, _shade(request).shades)

    def tile(self, request: LayerRequest, z: int, x: int, y: int) -> bytes:
        """Return one tile: name, class, value."""
        return street_areas.tile(request.session, _shade(request).shades, z, x, y)

    def legend(self, request: LayerRequest) -> Legend:
        """Return the classes with the number of streets in each."""
        shading = _shade(request)
        note, params = _note(request, shading.shown)
        counts: dict[str, int] = {}
        for shade in shading.shades:
            counts[shade.code] = counts.get(shade.code, 0) + 1
        digits = DIGITS[request.measure]
        colours = pick(CIVIDIS, max(len(shading.limits) - 1, 1))
        classes = [
            LegendClass(
                str(number), f"{low:,.{digits}f} – {high:,.{digits}f}", colour, counts.get(str(number), 0)
            )
            for number, (low, high, colour) in enumerate(
                zip(shading.limits, shading.limits[1:], colours, strict=False), start=1
            )
        ]
        classes.append(
            LegendClass(
                FEW,
                N_("不足 {n} 件，不显示"),
                GREY,
                counts.get(FEW, 0),
                "hatch",
                params={"n": request.city.suppress_below},
            )
        )
        if counts.get(UNKNOWN):
            classes.append(
                LegendClass(UNKNOWN, N_("填有户数或面积的小区太少"), GREY, counts[UNKNOWN], "outline")
            )
        return Legend(
            N_("街道投诉"),
            tuple(classes),
            unit=UNITS[request.measure],
            period=str(request.scope.period),
            n=shading.complaints,
            note=note,
            source=N_("来源：投诉工单，物业事项，重复件不计"),
            changed_at=system.changed_at(request.session, self.subjects),
            digits=digits,
            params=params,
        )


def _note(request: LayerRequest, shown: list[StreetFigures]) -> tuple[str, dict[str, object]]:
    """Return what the numbers count and, for rates, how many streets and communities they rest on."""
    everything = request.viewer.street_id is None
    if request.measure == "count":
        return ALL_COUNTED if everything else TOLD_COUNTED, {}
    return ALL_RATED if everything else TOLD_RATED, {
        "streets": len(shown),
        "communities": sum(street.communities for street in shown),
        "stated": sum(_size(street, request.measure)[1] for street in shown),
        "share": round(100 * request.city.min_known_share),
    }


def _shade(request: LayerRequest) -> _Shading:
    figures = complaints.by_street(request.session, request.scope, ZoneInfo(request.city.timezone))
    digits, fewest = DIGITS[request.measure], request.city.suppress_below
    values = {street.id: _value(street, request) for street in figures}
    shown = {
        street.id: value
        for street in figures
        if street.complaints >= fewest and (value := values[street.id]) is not None
    }
    limits = quantile_limits(list(shown.values()), CLASSES, digits)
    shades = []
    for street in figures:
        value = values[street.id]
        if street.complaints < fewest:
            shades.append(Shade(street.id, FEW, None))
        elif value is None:
            shades.append(Shade(street.id, UNKNOWN, None))
        else:
            shades.append(Shade(street.id, str(class_of(value, limits)), round(value, digits)))
    # A total that held what is not told of one street would tell it.
    told = (s.complaints for s in figures if s.complaints >= fewest or request.viewer.sees_details_of(s.id))
    return _Shading(shades, limits, sum(told), [s for s in figures if s.id in shown])


def _value(street: StreetFigures, request: LayerRequest) -> float | None:
    """Return the street's figure; None where too few communities state what to divide by.

    The complaints are those of the whole street: divided by the size of a part, they would be too many.
    """
    if request.measure == "count":
        return float(street.complaints)
    size, stated = _size(street, request.measure)
    if not size or stated / street.communities < request.city.min_known_share:
        return None
    return street.complaints / size


def _size(street: StreetFigures, measure: str) -> tuple[float, int]:
    """Return what the rate divides by, in its unit, and how many communities state it."""
    if measure == "per_1000_households":
        return street.households / HOUSEHOLDS, street.state_households
    return street.floor_area_m2 / AREA_M2, street.state_floor_area
