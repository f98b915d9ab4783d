"""What can be asked about communities, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from portal.query.rings import Ring, spell_ring
from portal.scope import NOTHING

URL_VERTICES = 60  # a longer polygon is stored and named by a key
SORTS = (
    "name",
    "street",
    "kind",
    "households",
    "points",
    "complaints",
    "inspected",
    "overdue",
    "firm",
    "distance",
)
PAGE_ROWS = 50
COMPLAINT_DAYS = 30


@dataclass(frozen=True)
class Near:
    """A point, with a radius in metres or a number of nearest communities, or both."""

    lon: float
    lat: float
    radius_m: float | None = None
    nearest: int | None = None


@dataclass(frozen=True)
class CommunityQuery:
    """Where and which communities. Every field is optional; all given ones must hold.

    A community lies inside an area, or within a radius, when its location does:
    its pin, else a point on its outline. So no community counts in two areas that
    do not overlap. One without location matches street and attributes only.

    Parameters
    ----------
    area
        Ring of (lon, lat) in WGS 84, not closed.
    area_key
        Key of a stored area, instead of ``area``.
    near
        Within a radius (geodesic metres), or the k nearest of those that match the rest.
    street_ids
        Primary street is one of these.
    districts
        Of one of these districts, by the street or, without one, by the register.
    points_below, points_at_least
        Service score of the period, in points of 100.
    bands
        Codes of bands; ``none`` means no score.
    complaints_at_least, complaint_days
        At least so many property complaints in the last so many days, repeats left out.
    category
        Only complaints of this category are counted.
    not_inspected_days
        Last inspection longer ago than this, or never.
    overdue
        With at least one overdue rectification.
    kind, text
        Type, part of the name.
    firm_id, firm
        Serving firm of the day, see `portal.as_of`: its id, part of its name.
    sort, descending, page
        Order and page (from 1) of the list.
    """

    area: Ring | None = None
    area_key: str | None = None
    near: Near | None = None
    street_ids: frozenset[int] | None = None
    districts: tuple[str, ...] = ()
    points_below: float | None = None
    points_at_least: float | None = None
    bands: tuple[str, ...] = ()
    complaints_at_least: int | None = None
    complaint_days: int = COMPLAINT_DAYS
    category: str | None = None
    not_inspected_days: int | None = None
    overdue: bool = False
    kind: str | None = None
    firm_id: int | None = None
    firm: str | None = None
    text: str | None = None
    sort: str = "name"
    descending: bool = False
    page: int = 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been asked for yet, so that every community matches."""
        blank = CommunityQuery()
        shown = {"sort", "descending", "page", "complaint_days", "category"}
        return all(
            getattr(self, f.name) == getattr(blank, f.name) for f in fields(self) if f.name not in shown
        )

    def within(self, street_ids: frozenset[int]) -> CommunityQuery:
        """Return this query cut down to ``street_ids``."""
        mine = street_ids if self.street_ids is None else self.street_ids & street_ids
        return replace(self, street_ids=mine)

    def to_arguments(self) -> dict[str, str]:
        """Return the query arguments that `parse_query` reads back to this query."""
        out: dict[str, str] = {}
        if self.area_key:
            out["area_key"] = self.area_key
        elif self.area:
            out["area"] = spell_ring(self.area)
        if self.near:
            out["near"] = f"{self.near.lon:.6f},{self.near.lat:.6f}"
            _put(out, "radius_m", self.near.radius_m)
            _put(out, "nearest", self.near.nearest)
        if self.street_ids is not None:
            out["streets"] = ",".join(map(str, sorted(self.street_ids))) or NOTHING
        if self.districts:
            out["districts"] = ",".join(self.districts)
        for name in ("points_below", "points_at_least", "complaints_at_least", "not_inspected_days"):
            _put(out, name, getattr(self, name))
        if self.complaint_days != COMPLAINT_DAYS:
            out["complaint_days"] = str(self.complaint_days)
        if self.bands:
            out["bands"] = ",".join(self.bands)
        for name in ("category", "kind", "firm_id", "firm", "text"):
            _put(out, name, getattr(self, name))
        if self.overdue:
            out["overdue"] = "1"
        if self.sort != first_sort(self.near) or self.descending:
            out["sort"] = ("-" if self.descending else "") + self.sort
        if self.page != 1:
            out["page"] = str(self.page)
        return out


def first_sort(near: Near | None) -> str:
    """Return the order of a list nobody has sorted: by distance where there is a point."""
    return "distance" if near else "name"


def _put(out: dict[str, str], name: str, value: Any) -> None:
    if value is not None:
        whole = isinstance(value, float) and value.is_integer()
        out[name] = str(int(value) if whole else value)
