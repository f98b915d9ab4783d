"""Communities into the database: outlines without names, names without outlines, named points.

A row belongs to the community that its source named so before; else to the only
active community of its street with the same name, in a city without streets of its
district; else to a new one. Of each
column, the first source that gives a value keeps it up to date, others fill
what is missing, and what a clerk has edited stays: see `CommunityIdentity.supplied`.
The row of a community that was split says nothing of its parts; it is noted and passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import COMMUNITIES, check
from portal.actions.communities import register_report as report
from portal.actions.communities import streetless
from portal.actions.communities.register_rows import Targets, write_neighbourhoods, write_rows
from portal.actions.places import complaint_places
from portal.actions.places.community_streets import assign_communities, find_streets
from portal.actions.places.doubtful_pins import withhold
from portal.actions.transactions.import_run import Loaded, Severity, remark
from portal.actions.transactions.staging import (
    BYTES,
    NUMBER,
    SHAPE,
    SMALL,
    TEXT,
    TEXTS,
    WHOLE,
    materialise,
    raw_geometry,
    row_numbers,
    stage,
)
from portal.errors import N_
from portal.models import Community, CommunityIdentity, Complaint
from portal.place_names import name_key, pinyin, pinyin_initials
from portal.privacy import Cipher, mask_attributes
from portal.store import policy as policy_store
from portal.store.places.known import Communities
from portal.terms import CommunityStatus, PlaceHow, Subject

_POLYGONS = ("Polygon", "MultiPolygon")


def load(
    session: Session,
    frame: gpd.GeoDataFrame,
    *,
    source: str,
    cipher: Cipher,
    datum: Datum | None = Datum.WGS84,
    user_id: int | None = None,
) -> Loaded:
    """Write communities, put them under streets, and place complaints again that may now be known.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.COMMUNITIES`, WGS 84, outlines valid; ``raw_geometry``, ``row``
        and ``attributes`` where it was a file.
    source
        Names the register; with `source_key` it identifies a row.
    cipher
        Opens the addresses of complaints.
    datum
        Of ``raw_geometry``.
    user_id
        Goes into the history of linked and renamed communities.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, COMMUNITIES)
    loaded = Loaded()
    frame = _identifiable(frame.assign(row=row_numbers(frame)), loaded)
    frame = _without_split(session, frame, source, loaded)
    staged = _stage(session, frame)
    streets = materialise(session, find_streets(session, staged))
    withheld = withhold(session, staged, streets, policy_store.city_in_force(session))
    if withheld:
        streets = materialise(session, find_streets(session, staged))
    targets = _find_targets(session, staged, streets, source)
    written = write_rows(session, staged, targets, source, datum, user_id)
    ids = select(targets.table.c.community_id)
    written |= assign_communities(session, ids)
    moved, created = _set_neighbourhoods(session, frame, targets, source)
    written |= moved
    _count(targets, written, loaded)
    loaded.touch(Subject.NEIGHBOURHOODS, created)
    report.report(session, staged, targets, streets, frame["row"].tolist(), loaded, withheld)
    if written:
        loaded.touch(Subject.COMPLAINTS, _place_complaints(session, written, cipher))
    return loaded


def _identifiable(frame: gpd.GeoDataFrame, loaded: Loaded) -> gpd.GeoDataFrame:
    nameless = frame["name"].isna() & (frame.geometry.isna() | frame.geometry.is_empty)
    text, remedy = N_("既没有名称，也没有边界或位置"), N_("请至少补填一项")
    loaded.remarks += [
        remark(Severity.REJECTED, row, "name", key, text, remedy)
        for row, key in zip(frame.loc[nameless, "row"], frame.loc[nameless, "source_key"], strict=True)
    ]
    return frame[~nameless].reset_index(drop=True)


def _without_split(
    session: Session, frame: gpd.GeoDataFrame, source: str, loaded: Loaded
) -> gpd.GeoDataFrame:
    """Pass over rows of communities that were split: what they say is of the whole, not of a part."""
    split = set(
        session.scalars(
            select(CommunityIdentity.source_key)
            .join(Community, Community.id == CommunityIdentity.community_id)
            .where(CommunityIdentity.source == source, Community.status == CommunityStatus.SPLIT)
        )
    )
    passed = frame["source_key"].isin(split)
    text, remedy = N_("小区已拆分，本行没有导入"), N_("请在各部分的小区页面核对内容")
    loaded.remarks += [
        remark(Severity.NOTED, row, "source_key", key, text, remedy)
        for row, key in zip(frame.loc[passed, "row"], frame.loc[passed, "source_key"], strict=True)
    ]
    loaded.unchanged += int(passed.sum())
    return frame[~passed].reset_index(drop=True)


def _stage(session: Session, frame: gpd.GeoDataFrame) -> Table:
    """Stage the frame; ``id`` counts its rows from 0."""
    names = [name if isinstance(name, str) else None for name in frame["name"]]
    kinds = frame.geom_type
    aliases = [_split(text) for text in frame["aliases"]]
    attributes = map(mask_attributes, frame.get("attributes", pd.Series([{}] * len(frame))))
    columns: dict[str, tuple[Any, Any]] = {
        "id": (WHOLE, range(len(frame))),
        "source_key": (TEXT, frame["source_key"]),
        "name": (TEXT, names),
        "pinyin": (TEXT, [pinyin(name) if name else "" for name in names]),
        "pinyin_initials": (TEXT, [pinyin_initials(name) if name else "" for name in names]),
        "aliases": (TEXTS, aliases),
        "district": (TEXT, frame["district"].fillna("")),
        "street": (TEXT, frame["street"].fillna("")),
        "registered_district": (TEXT, frame["district"]),
        "registered_street": (TEXT, frame["street"]),
        "neighbourhood": (TEXT, frame["neighbourhood"]),
        "address": (TEXT, frame["address"]),
        "kind": (TEXT, frame["kind"]),
        "outline": (SHAPE, frame.geometry.where(kinds.isin(_POLYGONS), None)),
        "pin": (SHAPE, frame.geometry.where(kinds == "Point", None)),
        "doubtful_pin": (SHAPE, [None] * len(frame)),
        "doubt": (TEXT, [None] * len(frame)),
        "raw_geometry": (BYTES, raw_geometry(frame)),
        "attributes": (TEXT, [orjson.dumps(item).decode() if item else None for item in attributes]),
    }
    columns |= {name: (SMALL, frame[name]) for name in ("built_year", "households", "lifts")}
    columns |= {name: (NUMBER, frame[name]) for name in ("floor_area_m2", "reference_price_yuan_m2")}
    return stage(session, columns)


def _split(aliases: Any) -> list[str]:
    return (
        [part for text in str(aliases).split("|") if (part := text.strip())]
        if isinstance(aliases, str)
        else []
    )


def _find_targets(session: Session, staged: Table, streets: Table, source: str) -> Targets:
    """Return the community of each staged row: known, linked by name and street, or to be created."""
    known = dict(
        session.execute(
            select(CommunityIdentity.source_key, CommunityIdentity.community_id)
            .join(staged, staged.c.source_key == CommunityIdentity.source_key)
            .where(CommunityIdentity.source == source)
        )
        .tuples()
        .all()
    )
    rows = session.execute(
        select(staged.c.id, staged.c.source_key, staged.c.name, staged.c.district, streets.c.street_id)
        .join(streets, streets.c.id == staged.c.id)
        .order_by(staged.c.id)
    ).all()
    linked, ambiguous = _link(session, [row for row in rows if row.source_key not in known], source)
    fresh = [row.id for row in rows if row.source_key not in known and row.id not in linked]
    created = dict(zip(fresh, _new_ids(session, len(fresh)), strict=True))
    ids = [known.get(row.source_key) or linked.get(row.id) or created[row.id] for row in rows]
    table = stage(session, {"id": (WHOLE, [row.id for row in rows]), "community_id": (WHOLE, ids)})
    return Targets(table, ids, linked, set(created), ambiguous)


def _link(session: Session, rows: Sequence[Any], source: str) -> tuple[dict[int, int], list[int]]:
    """Return the community of each row that its name and street tell, and the rows they do not tell apart."""
    named = [row for row in rows if row.name and row.street_id is not None]
    wanted = Counter((row.street_id, name_key(row.name)) for row in named)
    communities = Communities.known(session)
    # A source that already names a community has told it apart from this row.
    taken = set(
        session.scalars(select(CommunityIdentity.community_id).where(CommunityIdentity.source == source))
    )
    linked, ambiguous = {}, []
    for row in named:
        hit = communities.find(row.name, row.street_id)
        if hit is not None and hit.how is PlaceHow.NAME and hit.community_id not in taken:
            if wanted[row.street_id, name_key(row.name)] == 1:
                linked[row.id] = hit.community_id
            else:
                ambiguous.append(row.id)
        elif communities.count(row.name, row.street_id) > 1:
            ambiguous.append(row.id)
    more, unclear = streetless.link(session, [row for row in rows if row.street_id is None], source, taken)
    return linked | more, ambiguous + unclear


def _new_ids(session: Session, n: int) -> list[int]:
    sequence = func.pg_get_serial_sequence("community", "id")
    series = func.generate_series(1, n).table_valued("i")
    return list(session.scalars(select(func.nextval(sequence)).select_from(series))) if n else []


def _set_neighbourhoods(
    session: Session, frame: gpd.GeoDataFrame, targets: Targets, source: str
) -> tuple[set[int], int]:
    """Set the neighbourhoods that the register names; return communities changed, neighbourhoods added."""
    named = {n: name for n, name in enumerate(frame["neighbourhood"]) if isinstance(name, str)}
    if not named:
        return set(), 0
    ids = [targets.ids[n] for n in named]
    street_of = dict(
        session.execute(select(Community.id, Community.street_id).where(Community.id.in_(ids))).tuples().all()
    )
    pairs = [(street_of[targets.ids[n]], name) for n, name in named.items()]
    neighbourhoods, created = complaint_places.create_neighbourhoods(session, pairs)
    found = [neighbourhoods.find(name, street_id) if street_id else None for street_id, name in pairs]
    staged = stage(
        session,
        {
            "source_key": (TEXT, [frame["source_key"].iat[n] for n in named]),
            "neighbourhood_id": (WHOLE, found),
        },
    )
    return write_neighbourhoods(session, staged, source), created


def _count(targets: Targets, written: set[int], loaded: Loaded) -> None:
    for n, community_id in enumerate(targets.ids):
        if n in targets.created:
            loaded.new += 1
        elif n in targets.linked or community_id in written:
            loaded.changed += 1
        else:
            loaded.unchanged += 1
    loaded.found["linked_by_name_and_street"] = len(targets.linked)
    loaded.touch(Subject.COMMUNITIES, loaded.new + loaded.changed)


def _place_complaints(session: Session, written: set[int], cipher: Cipher) -> int:
    """Place complaints again that may belong to what was written: of their streets, and those without one."""
    streets = select(Community.street_id).where(Community.id.in_(written))
    concerned = select(Complaint.id).where(
        or_(
            Complaint.community_id.in_(written),
            Complaint.community_id.is_(None)
            & or_(Complaint.street_id.is_(None), Complaint.street_id.in_(streets)),
        )
    )
    return complaint_places.replace(session, concerned, cipher)
