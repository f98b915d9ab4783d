"""Hypothesis strategies for queries."""

from __future__ import annotations

from math import cos, radians, sin

from hypothesis import strategies as st

from portal.query import CommunityQuery, Near, Ring
from portal.query.value import SORTS

numbers = st.floats(0, 105, allow_nan=False)
codes = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Z")) | st.sampled_from("，；&=#+% "), max_size=60
).map(lambda text: text.strip()[:60].strip() or None)


@st.composite
def rings(draw: st.DrawFn, most: int = 60) -> Ring:
    """Star-shaped rings of six decimals around a centre: no edges cross."""
    lon, lat = draw(st.floats(-170, 170)), draw(st.floats(-75, 75))
    corners = draw(st.integers(3, most))
    reach = draw(st.lists(st.floats(0.5, 2.0), min_size=corners, max_size=corners))
    angles = [radians(360 * at / corners) for at in range(corners)]
    return tuple(
        (round(lon + r * cos(angle), 6), round(lat + r * sin(angle), 6))
        for r, angle in zip(reach, angles, strict=True)
    )


@st.composite
def nears(draw: st.DrawFn) -> Near:
    """Points with a radius, a number of nearest, or both."""
    radius_m = draw(st.none() | st.floats(1, 100_000))
    nearest = draw((st.integers(1, 1000)) if radius_m is None else st.none() | st.integers(1, 1000))
    lon, lat = draw(st.floats(-180, 180)), draw(st.floats(-85, 85))
    return Near(round(lon, 6), round(lat, 6), radius_m, nearest)


@st.composite
def queries(draw: st.DrawFn) -> CommunityQuery:
    """Any query that arguments can spell."""
    near = draw(st.none() | nears())
    keyed = draw(st.booleans())
    return CommunityQuery(
        area=None if keyed else draw(st.none() | rings()),
        area_key=draw(codes) if keyed else None,
        near=near,
        street_ids=draw(st.none() | st.frozensets(st.integers(1, 10**9), max_size=9)),
        districts=tuple(sorted(draw(st.sets(codes, max_size=3)))),
        points_below=draw(st.none() | numbers),
        points_at_least=draw(st.none() | numbers),
        bands=tuple(sorted(draw(st.sets(codes, max_size=3)))),
        complaints_at_least=draw(st.none() | st.integers(0, 1_000_000)),
        complaint_days=draw(st.integers(1, 3660)),
        category=draw(st.none() | codes),
        not_inspected_days=draw(st.none() | st.integers(0, 36_600)),
        overdue=draw(st.booleans()),
        kind=draw(words),
        firm_id=draw(st.none() | st.integers(1, 2**53)),
        firm=draw(words),
        text=draw(words),
        sort=draw(st.sampled_from([sort for sort in SORTS if near or sort != "distance"])),
        descending=draw(st.booleans()),
        page=draw(st.integers(1, 100_000)),
    )
