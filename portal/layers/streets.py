"""Streets, coloured by their complaints: how many, or how many for their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from zoneinfo import ZoneInfo

from geo.complaints.disclosure import withheld
from geo.texts import Phrase
from portal.errors import N_, P_
from portal.layers.base import LayerRequest, Legend, LegendClass, Measure, TiledLayer
from portal.layers.ramps import CIVIDIS, ValueClass, class_of, pick, quantile_classes
from portal.store import data_versions
from portal.store.complaints import figures as complaints
from portal.store.complaints.figures import StreetFigures
from portal.store.maps import street_areas
from portal.store.maps.street_areas import Shade
from portal.terms import Subject

CLASSES = 5
FEW, UNKNOWN, UNTOLD = "few", "unknown", "untold"
GREY, PALE = "#8a8f98", "#fff8cc"
HOUSEHOLDS, AREA_M2 = 1_000, 100_000
UNITS = {
    "count": N_("件"),
    "per_1000_households": N_("件/千户"),
    "per_100000_m2": N_("件/十万㎡"),
}
FEW_OF_ALL = N_("不足 {n} 件，不显示")
FEW_OF_CATEGORY = N_("不足 {n} 件，或可由此推算出这类数字，不显示")
FEW_TOLD = N_("不足 {n} 件或没有投诉数据，不显示")
FEW_OF_CATEGORY_TOLD = N_("不足 {n} 件、可由此推算出这类数字或没有投诉数据，不显示")
ALL_COUNTED = N_("n 为投诉件数；图例右侧为街道数")
TOLD_COUNTED = N_("n 为投诉件数，不含不显示件数的其他街道；图例右侧为街道数")
ALL_RATED = N_(
    "n 为投诉件数；图例右侧为街道数；依据 {streets} {communities}中 {stated} 个的户数或面积，"
    "填写的小区不足 {share}% 的街道不计算"
)
ALL_COUNTED_PARTLY = N_("n 为投诉件数，另有 {astray} 件不在任何街道；图例右侧为街道数")
ALL_RATED_PARTLY = N_(
    "n 为投诉件数，另有 {astray} 件不在任何街道；图例右侧为街道数；"
    "依据 {streets} {communities}中 {stated} 个的户数或面积，"
    "填写的小区不足 {share}% 的街道不计算"
)
TOLD_RATED = N_(
    "n 为投诉件数，不含不显示件数的其他街道；图例右侧为街道数；"
    "依据 {streets} {communities}中 {stated} 个的户数或面积，"
    "填写的小区不足 {share}% 的街道不计算"
)
DIGITS = {"count": 0, "per_1000_households": 1, "per_100000_m2": 1}


@dataclass(frozen=True)
class _Shading:
    """What each street shows, and what the legend tells of them.

    Parameters
    ----------
    shades, classes
        What each street shows, and the classes of the values.
    complaints
        Those that the legend counts.
    astray
        Those under no street, for who sees everything; 0 for others.
    shown
        The streets that show a number.
    """

    shades: list[Shade]
    classes: list[ValueClass]
    complaints: int
    astray: int
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
        note, params = _note(request, shading)
        counts: dict[str, int] = {}
        for shade in shading.shades:
            counts[shade.code] = counts.get(shade.code, 0) + 1
        digits = DIGITS[request.measure]
        colours = pick(CIVIDIS, max(len(shading.classes), 1))
        classes = [
            LegendClass(str(number), _span(found, digits), colour, counts.get(str(number), 0))
            for number, (found, colour) in enumerate(zip(shading.classes, colours, strict=False), start=1)
        ]
        classes += [entry for entry in _without_value(request, counts) if entry.n]
        return Legend(
            N_("街道投诉"),
            tuple(classes),
            unit=UNITS[request.measure],
            period=str(request.scope.period),
            n=shading.complaints,
            note=note,
            source=N_("来源：投诉工单，物业事项，咨询与重复件不计"),
            changed_at=data_versions.changed_at(request.session, self.subjects),
            digits=digits,
            params=params,
        )


@dataclass(frozen=True)
class Told:
    """What one street shows in one measure: its value with decimals and unit, or the reason why none."""

    value: float | None
    digits: int
    unit: str
    reason: Phrase


def tell(request: LayerRequest, street_id: int) -> Told:
    """Return what the layer shows of one street, for a page that says it in words."""
    shade = next(shade for shade in _shade(request).shades if shade.street_id == street_id)
    reasons = {entry.code: Phrase(entry.label, **entry.params) for entry in _without_value(request, {})}
    reason = reasons.get(shade.code, Phrase(""))
    return Told(shade.value, DIGITS[request.measure], UNITS[request.measure], reason)


def _span(found: ValueClass, digits: int) -> str:
    low, high = f"{found.low:,.{digits}f}", f"{found.high:,.{digits}f}"
    return low if low == high else f"{low} – {high}"


def _without_value(request: LayerRequest, counts: dict[str, int]) -> list[LegendClass]:
    """Return the classes of streets that show no number, each with the reason."""
    n: dict[str, object] = {"n": request.city.complaints.suppress_below}
    of_all, of_category = FEW_OF_ALL, FEW_OF_CATEGORY
    if request.viewer.street_id is not None:
        of_all, of_category = FEW_TOLD, FEW_OF_CATEGORY_TOLD
    few = of_category if request.scope.category else of_all
    return [
        LegendClass(FEW, few, PALE, counts.get(FEW, 0), params=n),
        LegendClass(UNKNOWN, N_("填有户数或面积的小区太少"), GREY, counts.get(UNKNOWN, 0), "outline"),
        LegendClass(UNTOLD, N_("本季度没有投诉数据"), GREY, counts.get(UNTOLD, 0), "hatch"),
    ]


def _note(request: LayerRequest, shading: _Shading) -> tuple[str, dict[str, object]]:
    """Return what the numbers count and, for rates, how many streets and communities they rest on."""
    everything, shown = request.viewer.street_id is None, shading.shown
    params: dict[str, object] = {"astray": f"{shading.astray:,}"} if shading.astray else {}
    if request.measure == "count":
        of_all = ALL_COUNTED_PARTLY if shading.astray else ALL_COUNTED
        return of_all if everything else TOLD_COUNTED, params
    of_all = ALL_RATED_PARTLY if shading.astray else ALL_RATED
    return of_all if everything else TOLD_RATED, params | {
        "streets": Phrase(P_("{n:,} 个街道"), n=len(shown)),
        "communities": Phrase(P_("{n:,} 个小区"), n=sum(street.communities for street in shown)),
        "stated": f"{sum(_size(street, request.measure)[1] for street in shown):,}",
        "share": round(100 * request.city.complaints.min_known_share),
    }


def _shade(request: LayerRequest) -> _Shading:
    zone = request.city.zone
    figures = complaints.by_street(request.session, request.scope, zone)
    hidden = _hidden(request, figures, zone)
    digits = DIGITS[request.measure]
    values = {street.id: _value(street, request) for street in figures if street.id not in hidden}
    shown = {number: round(value, digits) for number, value in values.items() if value is not None}
    classes = quantile_classes(list(shown.values()), CLASSES)
    shades = [
        Shade(street.id, _code(street, request, hidden, shown, classes), shown.get(street.id))
        for street in figures
    ]
    # A total that held what is not told of one street would tell it.
    told = (s.complaints for s in figures if s.id not in hidden or request.viewer.sees_details_of(s.id))
    return _Shading(
        shades, classes, sum(told), _astray(request, figures), [s for s in figures if s.id in shown]
    )


def _astray(request: LayerRequest, figures: list[StreetFigures]) -> int:
    if request.viewer.street_id is not None or request.scope.street_ids is not None:
        return 0
    everywhere = complaints.total(request.session, request.scope, request.city.zone, None)
    return everywhere - sum(street.complaints for street in figures)


def _code(
    street: StreetFigures,
    request: LayerRequest,
    hidden: set[int],
    shown: dict[int, float],
    classes: list[ValueClass],
) -> str:
    # That there is no record of another street would tell it from one with a few complaints.
    if not street.recorded and request.viewer.sees_details_of(street.id):
        return UNTOLD
    if street.id in hidden:
        return FEW
    return str(class_of(shown[street.id], classes)) if street.id in shown else UNKNOWN


def _hidden(request: LayerRequest, figures: list[StreetFigures], zone: ZoneInfo) -> set[int]:
    """Return the streets whose number is too small to be shown, or would tell one that is."""
    fewest, category = request.city.complaints.suppress_below, request.scope.category
    hidden = {street.id for street in figures if street.complaints < fewest}
    if category is None:
        return hidden
    everything = {code.code: 0 for code in request.city.complaints.categories}
    for number, parts in complaints.by_street_and_category(request.session, request.scope, zone).items():
        if category in withheld(everything | parts, fewest):
            hidden.add(number)
    return hidden


def _value(street: StreetFigures, request: LayerRequest) -> float | None:
    """Return the street's figure; None where too few communities state what to divide by.

    The complaints are those of the whole street: divided by the size of a part, they would be too many.
    """
    if request.measure == "count":
        return float(street.complaints)
    size, stated = _size(street, request.measure)
    if not size or stated / street.communities < request.city.complaints.min_known_share:
        return None
    return street.complaints / size


def _size(street: StreetFigures, measure: str) -> tuple[float, int]:
    """Return what the rate divides by, in its unit, and how many communities state it."""
    if measure == "per_1000_households":
        return street.households / HOUSEHOLDS, street.state_households
    return street.floor_area_m2 / AREA_M2, street.state_floor_area
