"""The form of the spatial query: what was typed, what can be chosen, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from portal.errors import N_
from portal.labels import NO_BAND, band_name, category_name, kind_name
from portal.query import URL_VERTICES
from portal.store.places import districts
from portal.store.places import streets as places
from portal.store.queries import results as queries
from portal.web import context
from portal.web.forms import Form

LABELS = {
    "area": N_("范围"),
    "area_key": N_("已存的范围"),
    "near": N_("中心点"),
    "radius_m": N_("半径（米）"),
    "nearest": N_("最近的个数"),
    "districts": N_("区"),
    "streets": N_("街道"),
    "points_below": N_("评分低于"),
    "points_at_least": N_("评分不低于"),
    "bands": N_("等级"),
    "complaints_at_least": N_("投诉件数"),
    "complaint_days": N_("投诉天数"),
    "category": N_("投诉类别"),
    "not_inspected_days": N_("未巡查天数"),
    "firm_id": N_("物业服务企业"),
    "sort": N_("排序"),
    "page": N_("页码"),
}
PLACE_FIELDS = ("area", "area_key", "near", "radius_m", "nearest")


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen."""

    value: str
    label: str
    chosen: bool
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class QueryForm(Form):
    """Everything the form's template needs; its values are what the URL says.

    Parameters
    ----------
    districts, streets
        Districts that have communities; streets by district. Both empty for a street official, who
        queries the own street.
    own_street
        Name of the one street that this viewer queries; "" for all others.
    street_names
        Names of all streets by id.
    bands, categories, kinds
        Choices.
    url_vertices
        A longer area is stored before it is asked for.
    """

    name: ClassVar[str] = "query"
    prefix: ClassVar[str] = "query-"
    labels: ClassVar[Mapping[str, str]] = LABELS
    shown_at: ClassVar[Mapping[str, str]] = {"area_key": "area"}

    districts: list[Choice]
    streets: list[tuple[str, list[Choice]]]
    own_street: str
    street_names: dict[int, str]
    bands: list[Choice]
    categories: list[Choice]
    kinds: list[Choice]
    url_vertices: int

    @classmethod
    def read(cls) -> QueryForm:
        """Return the form for this request."""
        say, language, city = context.say, context.language(), context.city()
        viewer = context.viewer()
        values = context.arguments()
        rows = places.streets(context.session())
        names = {row.id: row.name for row in rows}
        chosen = set(values.get("bands", "").split(","))
        codes = [*((band.code, band.colour) for band in city.scores.bands), (NO_BAND, "")]
        kinds = sorted(queries.kinds(context.session(), viewer.street_id))
        return cls(
            values=values,
            districts=[] if viewer.street_id is not None else _districts(values.get("districts", "")),
            streets=[] if viewer.street_id is not None else _grouped(rows, values.get("streets", "")),
            own_street="" if viewer.street_id is None else names.get(viewer.street_id, ""),
            street_names=names,
            bands=[
                Choice(code, band_name(code, city, language, say), code in chosen, colour)
                for code, colour in codes
            ],
            categories=[
                Choice(c.code, category_name(c.code, city, language), c.code == values.get("category"))
                for c in city.complaints.categories
            ],
            kinds=[Choice(kind, kind_name(kind, say) or kind, kind == values.get("kind")) for kind in kinds],
            url_vertices=URL_VERTICES,
        )

    @property
    def is_untouched(self) -> bool:
        """Whether no condition was given yet."""
        return not any(self.values.get(name) for name in (*LABELS, "kind", "firm", "text", "overdue"))

    @property
    def has_place(self) -> bool:
        """Whether a drawn area or a point is given, so that its fields are shown."""
        return any(map(self.value, PLACE_FIELDS)) or any(map(self.is_wrong, PLACE_FIELDS))


def _districts(chosen: str) -> list[Choice]:
    names = set(chosen.split(","))
    known = districts.counts(context.session())
    return [Choice(district.name, district.name, district.name in names) for district in known]


def _grouped(rows: Sequence[Any], chosen: str) -> list[tuple[str, list[Choice]]]:
    ids = set(chosen.split(","))
    return [
        (district, [Choice(str(row.id), row.name, str(row.id) in ids) for row in group])
        for district, group in groupby(rows, key=lambda row: row.district)
    ]
