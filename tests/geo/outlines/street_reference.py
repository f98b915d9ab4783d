"""Which street has jurisdiction over a place: what the portal's assignment in PostGIS is checked against.

An outline belongs to the street that it overlaps most, a point to the street that
contains it. What meets what is decided in degrees, where boundaries are drawn and
shared; only areas and distances are taken in metres, since a long edge that is
projected no longer runs through the corners on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.outlines.jurisdictions import Shapes, in_metres, require_valid
from geo.policy.city import City

_AREAS = ("Polygon", "MultiPolygon")
# Overlaps that agree to a square centimetre tie; the smaller street key then wins.
_TIE_DECIMALS = 4
_WHOLE = 1e-9  # share of an outline that may be missing through rounding


class How(StrEnum):
    """How a street was found: it holds the whole outline, most of it, or the point."""

    CONTAINS = "contains"
    OVERLAP = "overlap"
    POINT = "point"


@dataclass(frozen=True)
class Assignment:
    """Places under their streets.

    Every place with a geometry is in exactly one of the two tables, under its index.

    Parameters
    ----------
    assigned
        ``street`` (its source_key), ``share`` of the outline's area that lies in that street
        (NaN for points) and ``how`` (a `How`).
    outside
        ``nearest`` street (its source_key) and ``distance_m`` to it, 0 where the place only touches it.
    """

    assigned: pd.DataFrame
    outside: pd.DataFrame


def assign_streets(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, city: City) -> Assignment:
    """Put each place under one street.

    Parameters
    ----------
    places
        Outlines and points in WGS 84; rows without geometry are passed over.
    streets
        A frame that keeps `geo.frames.STREETS`.
    city
        Areas and distances are measured in `city.metric_epsg`.

    Returns
    -------
    Assignment
        Ties (a point on a shared boundary, equal overlaps) go to the street whose
        source_key sorts first.
    """
    require_valid(places, "places")
    require_valid(streets, "streets")
    located = places[~(places.geometry.isna() | places.geometry.is_empty)]
    kinds = located.geom_type
    assert kinds.isin((*_AREAS, "Point")).all()
    shapes = np.asarray(located.geometry.to_numpy(), dtype=object)
    ordered = streets.assign(key=streets["source_key"].astype(str)).sort_values("key", kind="stable")
    found = _find(shapes, kinds.isin(_AREAS).to_numpy(), ordered, city)
    lost = np.setdiff1d(np.arange(len(shapes)), found["place"])
    return Assignment(
        found.set_index(located.index[found["place"]])[["street", "share", "how"]],
        _find_nearest(located.iloc[lost], ordered, city),
    )


def _find(shapes: Shapes, is_area: NDArray[np.bool_], streets: gpd.GeoDataFrame, city: City) -> pd.DataFrame:
    """Return one row per place that has a street: its position, street, share and how."""
    tree = shapely.STRtree(streets.geometry.to_numpy())
    place, street = tree.query(shapes, predicate="intersects")
    pairs = pd.DataFrame({"place": place, "rank": 0.0, "share": np.nan, "how": How.POINT.value})
    pairs["street"] = streets["key"].to_numpy()[street]
    outlines = is_area[place]
    common = shapely.intersection(shapes[place[outlines]], tree.geometries[street[outlines]])
    common_m2 = shapely.area(in_metres(common, city))
    share = common_m2 / shapely.area(in_metres(shapes[place[outlines]], city))
    pairs.loc[outlines, "rank"] = -common_m2.round(_TIE_DECIMALS)
    pairs.loc[outlines, "share"] = share.clip(max=1.0)
    pairs.loc[outlines, "how"] = np.where(share > 1 - _WHOLE, How.CONTAINS.value, How.OVERLAP.value)
    # An outline that only touches a street has nothing in it.
    pairs = pairs[~outlines | (pairs["rank"] < 0)]
    first: pd.DataFrame = pairs.sort_values(["place", "rank", "street"]).drop_duplicates("place")
    return first


def _find_nearest(lost: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, city: City) -> pd.DataFrame:
    """Return the nearest street of each lost place, and the distance."""
    tree = shapely.STRtree(in_metres(streets.geometry.to_numpy(), city))
    shapes = in_metres(lost.geometry.to_numpy(), city)
    (place, street), distance_m = tree.query_nearest(shapes, return_distance=True)
    pairs = pd.DataFrame(
        {"nearest": streets["key"].to_numpy()[street], "distance_m": distance_m}, index=place
    )
    ranked = pairs.sort_values("nearest")
    first = ranked[~ranked.index.duplicated()]
    return first.reindex(np.arange(len(lost))).set_axis(lost.index)
