"""Complaints and their work orders into the database: none is dropped, each gets the place it can have."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Select, Table, case, func, literal, select, union, update
from sqlalchemy.orm import Session, aliased

from geo.datums.crs import Datum
from geo.frames import COMPLAINTS, check
from geo.policy.city import City
from portal.actions.complaints.import_report import report
from portal.actions.places import complaint_places
from portal.actions.places.named_places import NAMES
from portal.actions.places.shared_coordinates import Earlier
from portal.actions.places.standing import what_was_ruled, where_they_stay
from portal.actions.transactions.import_run import Loaded
from portal.actions.transactions.staging import (
    BYTES,
    FLAG,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    materialise,
    row_numbers,
    spell_times,
    stage,
)
from portal.actions.transactions.upserts import differing, insert_missing, rows_of, update_differing
from portal.models import Complaint, WorkOrder
from portal.privacy import Cipher
from portal.terms import Doubt, PlaceHow, PlaceLevel, Subject

_TYPES = ("event_type", "main_type", "sub_type")
_WORK_ORDER = ("unit", "in_time", "responded_in_time", "called_back", "resolved", "satisfied", "closed_at")
_ENCRYPTED = ("address", "attributes")
_SEPARATOR = "\x1f"


def load(
    session: Session,
    frame: gpd.GeoDataFrame,
    *,
    source: str,
    city: City,
    cipher: Cipher,
    datum: Datum = Datum.WGS84,
) -> Loaded:
    """Write complaints, find their places, flag repeats.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.COMPLAINTS`, WGS 84; ``raw_lon``, ``raw_lat`` and ``attributes``
        where it was a file.
    source
        Names the file's origin; with `source_key` it identifies a complaint.
    city
        Its categories decide which complaints are about property service.
    cipher
        Encrypts addresses and attributes.
    datum
        Of ``raw_lon`` and ``raw_lat``.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, COMPLAINTS)
    table = _prepare(frame, city, datum)
    table["stays"] = where_they_stay(session, source, table, NAMES)
    table["ruling"] = what_was_ruled(session, source, table, NAMES)
    earlier = Earlier(source, cipher)
    placed, created = complaint_places.place(session, table, city=city, earlier=earlier)
    staged = _stage(session, table, _known_hashes(session, source, table), cipher)
    given = materialise(session, _given(staged, placed, source))
    _recognise_foreign_file(session, given)
    # A clerk may place a complaint while the import runs: that row is left to the next import.
    by_hand_meanwhile = (Complaint.place_how == PlaceHow.MANUAL) & (given.c.place_how != PlaceHow.MANUAL)
    changed = rows_of(
        session, differing(Complaint, given, ("source", "source_key")).where(~by_hand_meanwhile)
    )
    new = insert_missing(session, Complaint, given, ("source", "source_key"), given.c.n)
    loaded = Loaded(new=new, changed=changed, unchanged=len(frame) - new - changed)
    orders = _write_work_orders(session, staged, source, only_new=new == len(frame))
    repeats = _flag_repeats(session, staged)
    sharing = complaint_places.replace(session, _sharing(given), cipher)
    loaded.touch(Subject.COMPLAINTS, new + changed + orders + repeats + sharing)
    loaded.touch(Subject.NEIGHBOURHOODS, created)
    report(session, given, table, loaded, city)
    return loaded


def _prepare(frame: gpd.GeoDataFrame, city: City, datum: Datum) -> pd.DataFrame:
    """Add row, coordinates, and category by the words of the record's types."""
    located = (~(frame.geometry.isna() | frame.geometry.is_empty)).to_numpy()
    lon, lat = frame.geometry.x.where(located), frame.geometry.y.where(located)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    said = table[list(_TYPES)].fillna("")
    types = pd.Series([" ".join(words) for words in said.to_numpy()], index=table.index, dtype=object)
    codes = {words: _code_and_cause(city, words) for words in types.unique()}
    return table.assign(
        n=np.arange(len(frame)),
        row=row_numbers(frame),
        lon=lon,
        lat=lat,
        raw_lon=frame.get("raw_lon", lon),
        raw_lat=frame.get("raw_lat", lat),
        source_datum=pd.Series(datum.value, index=table.index, dtype=object).where(located, None),
        attributes=_as_json(frame),
        category=types.map({words: code for words, (code, _) in codes.items()}),
        cause=types.map({words: cause for words, (_, cause) in codes.items()}),
    )


def _as_json(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return the columns of the source that are no field, as JSON; None where there are none."""
    said = frame.get("attributes", pd.Series({}, index=frame.index, dtype=object))
    texts = [
        orjson.dumps(item, option=orjson.OPT_SORT_KEYS).decode() if isinstance(item, dict) and item else None
        for item in said
    ]
    return pd.Series(texts, index=frame.index, dtype=object)


def _code_and_cause(city: City, words: str) -> tuple[str | None, str | None]:
    category = city.complaints.category_of(words)
    return (None, None) if category is None else (category.code, category.cause)


def _digest(frame: pd.DataFrame, cipher: Cipher) -> list[bytes]:
    """Return a keyed digest of every column but the key: equal for records that say the same."""
    columns = [column.name for column in COMPLAINTS.columns if column.name != COMPLAINTS.key]
    texts = [_as_texts(frame[name]) for name in (*columns, "raw_lon", "raw_lat", "attributes")]
    return [cipher.digest(_SEPARATOR.join(row)) for row in zip(*texts, strict=True)]


def _as_texts(values: pd.Series[Any]) -> list[str]:
    texts = map(str, spell_times(values))
    return ["" if gone else text for text, gone in zip(texts, values.isna().tolist(), strict=True)]


def _known_hashes(session: Session, source: str, frame: pd.DataFrame) -> dict[str, bytes]:
    if not session.scalar(select(select(Complaint.id).where(Complaint.source == source).exists())):
        return {}
    keys = stage(session, {"source_key": (TEXT, frame["source_key"])})
    rows = session.execute(
        select(Complaint.source_key, Complaint.content_hash)
        .join(keys, keys.c.source_key == Complaint.source_key)
        .where(Complaint.source == source)
    )
    return {key: bytes(digest) for key, digest in rows.tuples()}


def _stage(session: Session, frame: pd.DataFrame, before: dict[str, bytes], cipher: Cipher) -> Table:
    hashes = _digest(frame, cipher)
    # Encryption gives another result each time, so only what is new or changed is encrypted.
    fresh = [before.get(key) != digest for key, digest in zip(frame["source_key"], hashes, strict=True)]
    columns: dict[str, tuple[Any, Any]] = {
        "n": (WHOLE, frame["n"]),
        "source_key": (TEXT, frame["source_key"]),
        "received_at": (TIME, frame["received_at"]),
        "source_datum": (TEXT, frame["source_datum"]),
        "raw_lon": (NUMBER, frame["raw_lon"]),
        "raw_lat": (NUMBER, frame["raw_lat"]),
        "content_hash": (BYTES, hashes),
        "fresh": (FLAG, fresh),
    }
    columns |= {
        f"{name}_encrypted": (
            BYTES,
            [
                cipher.encrypt(text) if text and new else None
                for text, new in zip(frame[name], fresh, strict=True)
            ],
        )
        for name in _ENCRYPTED
    }
    columns |= {
        name: (TEXT, frame[name])
        for name in ("channel", "request_kind", *_TYPES, "category", "cause", "unit")
    }
    columns |= {f"reported_{name}": (TEXT, frame[name]) for name in NAMES}
    columns |= {name: (FLAG, frame[name]) for name in _WORK_ORDER[1:-1]}
    columns["closed_at"] = (TIME, frame["closed_at"])
    return stage(session, columns)


def _given(staged: Table, placed: Table, source: str) -> Any:
    """Return the rows as they should stand: a clerk's place and an unchanged address are kept."""
    known = aliased(Complaint)
    plain = [
        staged.c[column.name]
        for column in Complaint.__table__.columns
        if column.name in staged.c and not column.name.endswith("_encrypted")
    ]
    by_hand = known.place_how == PlaceHow.MANUAL
    place = [
        case((by_hand, getattr(known, name)), else_=placed.c[name]).label(name)
        for name in complaint_places.PLACE_COLUMNS
    ]
    encrypted = [
        case((staged.c.fresh, staged.c[name]), else_=getattr(known, name)).label(name)
        for name in map("{}_encrypted".format, _ENCRYPTED)
    ]
    return (
        select(
            staged.c.n,
            literal(source).label("source"),
            *plain,
            *place,
            staged.c.category.is_not(None).label("property_related"),
            *encrypted,
        )
        .select_from(staged)
        .join(placed, placed.c.n == staged.c.n)
        .outerjoin(known, (known.source == source) & (known.source_key == staged.c.source_key))
    )


def _recognise_foreign_file(session: Session, given: Table) -> None:
    """Where coordinates lie outside and nothing in the file has a place, rows without any are outside too."""
    outside, placed = given.c.place_how == PlaceHow.OUTSIDE, given.c.place_level != PlaceLevel.NONE
    session.execute(
        update(given)
        .values(place_how=PlaceHow.OUTSIDE)
        .where(
            select(given.c.n).where(outside).exists(),
            ~select(given.c.n).where(placed).exists(),
            given.c.place_how == PlaceHow.NOT_FOUND,
            given.c.raw_lon.is_(None),
        )
    )


def _sharing(given: Table) -> Select[Any]:
    """Return the complaints of other files at a coordinate that is known to be shared since this one."""
    return select(Complaint.id).join(
        given,
        (given.c.doubt == Doubt.SHARED)
        & (given.c.raw_lon == Complaint.raw_lon)
        & (given.c.raw_lat == Complaint.raw_lat)
        & (given.c.source_datum == Complaint.source_datum)
        & Complaint.doubt.is_(None),
    )


def _write_work_orders(session: Session, staged: Table, source: str, *, only_new: bool) -> int:
    """Write what became of the complaints that were dispatched; return how many rows differ.

    Complaints that are ``only_new`` have no work order yet that could differ.
    """
    values = [staged.c[name] for name in _WORK_ORDER]
    given = (
        select(Complaint.id.label("complaint_id"), *values)
        .join(staged, (Complaint.source == source) & (Complaint.source_key == staged.c.source_key))
        .subquery()
    )
    filled = select(given).where(func.num_nonnulls(*(given.c[name] for name in _WORK_ORDER)) > 0).subquery()
    changed = 0 if only_new else update_differing(session, WorkOrder, given, ("complaint_id",))
    return changed + insert_missing(session, WorkOrder, filled, ("complaint_id",), filled.c.complaint_id)


def _flag_repeats(session: Session, staged: Table) -> int:
    """Point each complaint that says what an earlier one says to the earliest; return how many differ."""
    pointed, twin = aliased(Complaint), aliased(Complaint)
    # Also what pointed to a complaint whose content has changed since.
    strays = (
        select(Complaint.content_hash)
        .join(pointed, pointed.id == Complaint.repeat_of_id)
        .where(pointed.content_hash != Complaint.content_hash)
    )
    concerned = materialise(session, union(select(staged.c.content_hash), strays))
    first = (
        select(twin.content_hash, func.min(twin.id).label("id"))
        .where(twin.content_hash.in_(select(concerned.c.content_hash)))
        .group_by(twin.content_hash)
        .subquery()
    )
    repeat_of_id = func.nullif(first.c.id, Complaint.id)
    return rows_of(
        session,
        update(Complaint)
        .values(repeat_of_id=repeat_of_id)
        .where(
            Complaint.content_hash == first.c.content_hash,
            Complaint.repeat_of_id.is_distinct_from(repeat_of_id),
        ),
    )
