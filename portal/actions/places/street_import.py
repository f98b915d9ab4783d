"""Streets into the database; what depends on their territory is assigned again."""

from __future__ import annotations

import geopandas as gpd
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import STREETS, check
from geo.outlines.jurisdictions import gaps_and_overlaps
from geo.policy.city import City
from portal.actions.places import complaint_places
from portal.actions.places.community_streets import assign_communities
from portal.actions.transactions.import_run import Loaded, Severity, remark
from portal.actions.transactions.staging import BYTES, SHAPE, TEXT, raw_geometry, row_numbers, stage
from portal.actions.transactions.upserts import Written, upsert
from portal.errors import N_
from portal.models import Community, Complaint, Street
from portal.place_names import district_key, pinyin_initials, street_name
from portal.privacy import Cipher
from portal.store.places import territory
from portal.store.places.known import street_key
from portal.terms import Subject

_SHOWN = 5


def load(
    session: Session,
    frame: gpd.GeoDataFrame,
    *,
    city: City,
    cipher: Cipher,
    datum: Datum = Datum.WGS84,
) -> Loaded:
    """Write streets; a street is known by its district and name, however they are spelled.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.STREETS`, WGS 84; ``raw_geometry`` and ``row`` where it was a file.
    city
        Areas are measured in its CRS.
    cipher
        Opens the addresses of complaints that have to be placed again.
    datum
        Of ``raw_geometry``.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, STREETS)
    loaded = Loaded()
    frame = _without_repeats(_named(frame), loaded)
    written = _write(session, frame, city, datum)
    loaded.new, loaded.changed = written.new, written.changed
    loaded.unchanged = len(frame) - written.rows
    loaded.touch(Subject.STREETS, written.rows)
    _report_territory(session, city, loaded)
    if written.rows:
        loaded.touch(Subject.COMMUNITIES, len(assign_communities(session, select(Community.id))))
        loaded.touch(Subject.COMPLAINTS, complaint_places.replace(session, select(Complaint.id), cipher))
    return loaded


def _named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    districts = frame["district"].fillna("").map(str.strip)
    keys = [
        f"{district_key(district)}/{street_key(name)}"
        for district, name in zip(districts, frame["name"], strict=True)
    ]
    return frame.assign(
        row=row_numbers(frame),
        source_key=keys,
        name=frame["name"].map(street_name),
        district=districts,
    )


def _without_repeats(frame: gpd.GeoDataFrame, loaded: Loaded) -> gpd.GeoDataFrame:
    repeated = frame["source_key"].duplicated()
    rows = frame.loc[repeated, ["row", "source_key"]].itertuples(index=False, name=None)
    text, remedy = N_("街道 {key} 在文件中重复"), N_("请合并为一行")
    loaded.remarks += [
        remark(Severity.REJECTED, row, "name", key, text, remedy, key=key) for row, key in rows
    ]
    return frame[~repeated]


def _write(session: Session, frame: gpd.GeoDataFrame, city: City, datum: Datum) -> Written:
    staged = stage(
        session,
        {
            "source_key": (TEXT, frame["source_key"]),
            "name": (TEXT, frame["name"]),
            "district": (TEXT, frame["district"]),
            "code": (TEXT, frame["code"]),
            "outline": (SHAPE, frame.geometry),
            "pinyin_initials": (TEXT, frame["name"].map(pinyin_initials)),
            "raw_outline": (BYTES, raw_geometry(frame)),
        },
    )
    outline = func.ST_Multi(staged.c.outline)
    area_m2 = func.ST_Area(func.ST_Transform(staged.c.outline, city.metric_epsg))
    given = select(
        *(staged.c[name] for name in ("source_key", "name", "district", "code", "pinyin_initials")),
        staged.c.raw_outline,
        outline.label("outline"),
        area_m2.label("area_m2"),
        literal(datum.value).label("source_datum"),
    ).subquery()
    return upsert(session, Street, given, ("source_key",))


def _report_territory(session: Session, city: City, loaded: Loaded) -> None:
    """Say where land has no street or two: counts, and the largest places."""
    known = territory.by_source_key(session)
    found = gaps_and_overlaps(known, city)
    names = dict(zip(known["source_key"], known["name"], strict=True))
    total_m2 = known.geometry.to_crs(city.metric_epsg).area.sum()
    loaded.found["area_km2"] = round(float(total_m2) / 1e6, 1)
    for kind, text in (
        ("gap", N_("相邻街道之间有空隙 {area_m2:,.0f} m²：{streets}（约 {lon:.5f}, {lat:.5f}）")),
        ("overlap", N_("街道辖区重叠 {area_m2:,.0f} m²：{streets}（约 {lon:.5f}, {lat:.5f}）")),
    ):
        places = found[found["kind"] == kind]
        loaded.found[f"{kind}s"] = len(places)
        loaded.found[f"{kind}s_area_m2"] = round(float(places["area_m2"].sum()), 1)
        largest = places.head(_SHOWN)
        at = largest.geometry.representative_point()
        for area_m2, keys, lon, lat in zip(largest["area_m2"], largest["streets"], at.x, at.y, strict=True):
            told = {"area_m2": area_m2, "streets": [names[key] for key in keys], "lon": lon, "lat": lat}
            loaded.remarks.append(
                remark(Severity.NOTED, None, "geometry", "", text, N_("请核对街道边界"), **told)
            )
