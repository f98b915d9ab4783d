"""Evidence into the database: one loader for every kind, driven by `portal.actions.scores.evidence_kinds`.

A row that names something unknown, says something impossible or is the same record as another is left
out, with reason and remedy. A second load of the same frame writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Table, func, insert, literal, select
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.orm import Session

from geo.frames import check
from geo.policy.city import City
from portal.actions.scores.evidence_kinds import KINDS, Kind
from portal.actions.scores.evidence_rules import Bounds
from portal.actions.transactions import staging
from portal.actions.transactions.import_run import Loaded, Severity, remark
from portal.actions.transactions.upserts import Written, rows_of, update_differing, upsert
from portal.errors import N_
from portal.models import OwnersCommitteeMember
from portal.privacy import Cipher
from portal.store import policy
from portal.store.scores.owners import Owners
from portal.terms import Subject

_TYPES = {
    "text": staging.TEXT,
    "number": staging.NUMBER,
    "integer": staging.WHOLE,
    "flag": staging.FLAG,
    "date": staging.DAY,
    "time": staging.TIME,
}


def load(
    session: Session, frame: pd.DataFrame, *, subject: Subject, source: str, city: City, cipher: Cipher
) -> Loaded:
    """Write one kind of evidence.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps the contract of ``subject`` in `geo.frames.EVIDENCE_BY_SUBJECT`.
    subject
        One of `portal.actions.scores.evidence_kinds.KINDS`.
    source
        Names the origin: its own keys of communities, firms, inspections … come first.
    city
        Its policy says which indicators there are, and how many points each may have.
    cipher
        Encrypts the names of committee members.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    kind, loaded = KINDS[subject], Loaded()
    check(frame, kind.contract)
    rows = _tidy(frame, kind, city)
    rows = _with_owners(rows, kind, Owners(session, source), loaded)
    rows = _sensible(rows, kind, Bounds(city.scores, policy.today(session)), loaded)
    rows = _known(session, rows, kind, source)
    rows = _keep_apart(session, rows, kind, loaded)
    written = _write(session, _stage(session, rows, kind, cipher), kind, source)
    loaded.new, loaded.changed = written.new, written.changed
    loaded.unchanged = len(rows) - written.rows
    for one in (subject, kind.touches):
        loaded.touch(one, written.rows)
    return loaded


def _tidy(frame: pd.DataFrame, kind: Kind, city: City) -> pd.DataFrame:
    """Return the frame with its source's rows, None for what is empty, and times as the city's clocks."""
    columns: dict[str, Any] = {"row": staging.row_numbers(frame)}
    for column in kind.contract.columns:
        values = frame[column.name]
        if column.kind == "time":
            columns[column.name] = values.dt.tz_convert(city.zone)
        elif column.kind in ("text", "date"):
            columns[column.name] = values.astype(object).where(values.notna(), None)
        elif column.kind == "flag":  # what nobody says is so is not so
            columns[column.name] = values.isin([True])
    return frame.assign(**columns).reset_index(drop=True)


def _with_owners(rows: pd.DataFrame, kind: Kind, owners: Owners, loaded: Loaded) -> pd.DataFrame:
    """Add the id of what each row belongs to; leave out rows that belong to nothing known, or to several."""
    found = {owner.column: pd.array(owner.find(owners, rows), dtype="Int64") for owner in kind.owners}
    rows = rows.assign(**found)
    named = [(owner, rows[owner.field].notna(), rows[owner.column].isna()) for owner in kind.owners]
    refused = pd.Series(data=False, index=rows.index)
    for owner, is_named, is_lost in named:
        lost = is_named & is_lost
        refused |= lost
        loaded.remarks += [
            remark(Severity.REJECTED, row, owner.field, value, owner.reason, owner.remedy)
            for row, value in zip(rows.loc[lost, "row"], rows.loc[lost, owner.field], strict=True)
        ]
    if len(named) > 1:
        how_many = pd.concat([is_named for _, is_named, _ in named], axis="columns").sum(axis="columns")
        several, none = how_many > 1, how_many == 0
        refused |= several | none
        field = kind.owners[0].field
        for which, reason, remedy in (
            (several, N_("小区和企业都写了，一条记录只属于其中一个"), N_("请留空其中一个")),
            (none, N_("小区和企业都没有写"), N_("请写其中一个")),
        ):
            loaded.remarks += [
                remark(Severity.REJECTED, row, field, value, reason, remedy)
                for row, value in zip(rows.loc[which, "row"], rows.loc[which, field], strict=True)
            ]
    return rows[~refused].reset_index(drop=True)


def _sensible(rows: pd.DataFrame, kind: Kind, bounds: Bounds, loaded: Loaded) -> pd.DataFrame:
    """Leave out rows that say something impossible."""
    refused = []
    for index, record in zip(rows.index, rows.to_dict("records"), strict=True):
        said = [
            remark(
                Severity.REJECTED,
                record["row"],
                fault.field,
                record[fault.field],
                fault.reason,
                fault.remedy,
                **fault.params,
            )
            for fault in kind.judge(record, bounds)
        ]
        loaded.remarks += said
        if said:
            refused.append(index)
    return rows.drop(index=refused).reset_index(drop=True)


def _known(session: Session, rows: pd.DataFrame, kind: Kind, source: str) -> pd.DataFrame:
    """Add the id of the stored row that each row speaks of, where the table keeps sources."""
    if not kind.keyed:
        return rows
    table = _table(kind)
    stored = select(table.c.source_key, table.c.id).where(
        table.c.source == source, table.c.source_key.in_(set(rows["source_key"]))
    )
    ids = dict(session.execute(stored).tuples().all())
    return rows.assign(id=pd.array([ids.get(key) for key in rows["source_key"]], dtype="Int64"))


def _keep_apart(session: Session, rows: pd.DataFrame, kind: Kind, loaded: Loaded) -> pd.DataFrame:
    """Leave out rows that are the same record as an earlier row, or as one that another key holds."""
    for columns in kind.apart:
        stored = _stored(session, rows, kind, columns) if kind.keyed else {}
        own = list(zip(*(rows[name] for name in columns), strict=True))
        ids = [None if pd.isna(one) else int(one) for one in rows["id"]] if kind.keyed else [None] * len(own)
        records = dict(enumerate(map(_Place, own, ids, rows["row"])))
        refused: dict[int, tuple[str, str, dict[str, object]]] = {}
        # A row that is left out stays in the tables as it was, and may be in the way of others.
        while clashes := dict(_clashes({at: records[at] for at in records.keys() - refused.keys()}, stored)):
            refused |= clashes
        for at, place in records.items():
            there = stored.get(place.key)
            # What came before sources were kept is from now on this source's.
            if at not in refused and place.row_id is None and there is not None and there.source is None:
                rows.loc[at, "id"] = there.row_id
        field = columns[-1].removesuffix("_id")
        loaded.remarks += [
            remark(Severity.REJECTED, rows.at[at, "row"], field, rows.at[at, field], reason, remedy, **told)
            for at, (reason, remedy, told) in sorted(refused.items())
        ]
        rows = rows.drop(index=list(refused)).reset_index(drop=True)
    return rows


@dataclass(frozen=True)
class _Place:
    """Where a row of the file belongs among those that must not be alike, and the stored row it speaks of."""

    key: tuple[Any, ...]
    row_id: int | None
    row: int


@dataclass(frozen=True)
class _Holder:
    """The stored row that has a place."""

    row_id: int
    source: str | None
    source_key: str | None


def _stored(
    session: Session, rows: pd.DataFrame, kind: Kind, columns: tuple[str, ...]
) -> dict[tuple[Any, ...], _Holder]:
    """Return the places that are taken, by ``columns``, among what the given rows belong to."""
    table = _table(kind)
    ids = {int(owner) for owner in rows[columns[0]].dropna()}
    found = session.execute(
        select(table.c.id, table.c.source, table.c.source_key, *(table.c[name] for name in columns)).where(
            table.c[columns[0]].in_(ids)
        )
    )
    return {tuple(own): _Holder(row_id, source, key) for row_id, source, key, *own in found}


def _clashes(
    wanted: Mapping[int, _Place], stored: Mapping[tuple[Any, ...], _Holder]
) -> Iterator[tuple[int, tuple[str, str, dict[str, object]]]]:
    """Yield the rows whose place is taken by an earlier row, or by a stored one that does not move; why."""
    moving = {place.row_id for place in wanted.values()} - {None}
    taken: dict[tuple[Any, ...], int] = {}
    for at, place in sorted(wanted.items()):
        if pd.isna(place.key[0]):  # of a firm, where communities are kept apart
            continue
        there = stored.get(place.key)
        if place.key in taken:
            told: dict[str, object] = {"other": taken[place.key]}
            yield at, (N_("与第 {other} 行是同一条记录"), N_("请合并为一行，或更正"), told)
        elif there is None or there.row_id in moving or (there.source is None and place.row_id is None):
            taken[place.key] = int(place.row)
        else:
            told = {"source": there.source or "—", "key": there.source_key or "—"}
            reason = N_("已经有这条记录：来源“{source}”的 {key}")
            remedy = N_("同一份资料再次导入时，请在“来源”里写同一个名称；不是同一条的，请更正")
            yield at, (reason, remedy, told)


def _stage(session: Session, rows: pd.DataFrame, kind: Kind, cipher: Cipher) -> Table:
    columns: dict[str, Any] = {
        column.name: (_TYPES[column.kind], rows[column.name]) for column in kind.contract.columns
    }
    columns |= {owner.column: (staging.WHOLE, rows[owner.column]) for owner in kind.owners}
    if kind.keyed:
        columns["id"] = (staging.WHOLE, rows["id"])
    if kind.contract.geometry_types:
        columns["point"] = (staging.SHAPE, rows["geometry"])
    if kind.model is OwnersCommitteeMember:
        columns["name_encrypted"] = (staging.BYTES, [cipher.encrypt(name) for name in rows["name"]])
        columns["name_digest"] = (staging.BYTES, [cipher.digest(name) for name in rows["name"]])
    return staging.stage(session, columns)


def _write(session: Session, staged: Table, kind: Kind, source: str) -> Written:
    table = _table(kind)
    given: dict[str, ColumnElement[Any]] = {one.name: one for one in staged.c if one.name in table.c}
    if "period" in table.c and "period" not in staged.c:
        given["period"] = func.daterange(staged.c.starts_on, staged.c.ends_on, "[]", type_=DATERANGE)
    if kind.model is OwnersCommitteeMember:
        given["name_encrypted"] = _kept_name(staged)
    if not kind.keyed:
        rows = select(*(column.label(name) for name, column in given.items())).subquery()
        return upsert(session, kind.model, rows, kind.apart[0], rows.c[kind.apart[0][0]])
    given["source"] = literal(source)
    rows = select(*(column.label(name) for name, column in given.items())).subquery()
    changed = update_differing(session, kind.model, rows, ("id",))
    columns = [name for name in given if name != "id"]
    fresh = select(*(rows.c[name] for name in columns)).where(rows.c.id.is_(None))
    new = rows_of(session, insert(table).from_select(columns, fresh.order_by(rows.c.source_key)))
    return Written(new, changed)


def _kept_name(staged: Table) -> ColumnElement[Any]:
    """Return the name as it is stored while the digest agrees: encrypted anew it would be other bytes."""
    member = OwnersCommitteeMember
    stored = select(member.name_encrypted).where(
        member.owners_committee_id == staged.c.owners_committee_id,
        member.seat == staged.c.seat,
        member.name_digest == staged.c.name_digest,
    )
    return func.coalesce(stored.scalar_subquery(), staged.c.name_encrypted)


def _table(kind: Kind) -> Table:
    table = kind.model.__table__
    assert isinstance(table, Table)
    return table
