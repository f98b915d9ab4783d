"""Contracts into the database: their firm and community found, periods of a community kept apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from geo.frames import CONTRACTS, check
from portal.actions.transactions.import_run import Loaded, Remark, Severity, remark
from portal.actions.transactions.staging import DAY, NUMBER, SMALL, TEXT, WHOLE, row_numbers, stage
from portal.actions.transactions.upserts import upsert
from portal.errors import N_
from portal.models import Contract
from portal.store.communities.near_names import NearNames
from portal.store.firms import Firms, contract_terms
from portal.store.places.known import Communities, Identities, Streets
from portal.terms import Subject

GRADES = range(1, 6)


@dataclass(frozen=True)
class Term:
    """One contract of a community: its name for people, first day, last day (None: open)."""

    key: tuple[str, str]
    starts_on: date
    ends_on: date | None

    def overlaps(self, other: Term) -> bool:
        """Whether the two have a day in common."""
        return (other.ends_on is None or self.starts_on <= other.ends_on) and (
            self.ends_on is None or other.starts_on <= self.ends_on
        )

    @property
    def said(self) -> str:
        """Key and period, for a message."""
        return f"{self.key[1]} ({self.starts_on} – {self.ends_on or '…'})"


def load(session: Session, frame: pd.DataFrame, *, source: str) -> Loaded:
    """Write contracts; one whose period overlaps another's of the same community is rejected.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.CONTRACTS`. A firm is named by credit code or name, a
        community by its source's key, name or alias; the last day belongs to the contract.
    source
        Names the register; with `source_key` it identifies a contract.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, CONTRACTS)
    loaded = Loaded()
    ends_on = frame["ends_on"].astype(object).where(frame["ends_on"].notna(), None)
    frame = _resolve(session, frame.assign(row=row_numbers(frame), ends_on=ends_on), source, loaded)
    frame = _keep_apart(session, frame, source, loaded)
    staged = stage(
        session,
        {
            "source_key": (TEXT, frame["source_key"]),
            "firm_id": (WHOLE, frame["firm_id"]),
            "community_id": (WHOLE, frame["community_id"]),
            "starts_on": (DAY, frame["starts_on"]),
            "ends_on": (DAY, frame["ends_on"]),
            "fee_yuan_m2_month": (NUMBER, frame["fee_yuan_m2_month"]),
            "posted_fee_yuan_m2_month": (NUMBER, frame["posted_fee_yuan_m2_month"]),
            "fee_high_yuan_m2_month": (NUMBER, frame["fee_high_yuan_m2_month"]),
            "posted_fee_high_yuan_m2_month": (NUMBER, frame["posted_fee_high_yuan_m2_month"]),
            "grade": (SMALL, frame["grade"]),
        },
    )
    period = func.daterange(staged.c.starts_on, staged.c.ends_on, "[]").label("period")
    given = select(literal(source).label("source"), *staged.c, period).subquery()
    # The border between two contracts may move: being deferrable, the constraint that keeps them apart is
    # checked when all known rows have changed, not at each of them.
    written = upsert(session, Contract, given, ("source", "source_key"))
    loaded.new, loaded.changed = written.new, written.changed
    loaded.unchanged = len(frame) - written.rows
    loaded.touch(Subject.CONTRACTS, written.rows)
    return loaded


def _resolve(session: Session, frame: pd.DataFrame, source: str, loaded: Loaded) -> pd.DataFrame:
    """Add ``firm_id`` and ``community_id``; leave out rows that say something impossible."""
    firms, streets = Firms.known(session), Streets.known(session)
    identities, communities = Identities.known(session, frame["community"]), Communities.known(session)
    names, near, found = NearNames.known(session), 0, []
    for record in frame.to_dict("records"):
        street = record["street"] if isinstance(record["street"], str) else None
        firm_id = firms.find(record["firm"])
        community_id = identities.find(record["community"], source)
        if community_id is None:
            hit = communities.find(record["community"], streets.find(street))
            community_id = hit.community_id if hit and (street is None or streets.find(street)) else None
        firms_like = firms.find_near(record["firm"]) if firm_id is None else []
        like = []
        if community_id is None:
            like = [one.said for one in names.find(record["community"], streets.find(street))]
        near += bool(firms_like or like)
        said = [
            *_unknown(record, "firm", firm_id, firms_like),
            *_unknown(record, "community", community_id, like),
            *_faults(record),
        ]
        loaded.remarks += said
        found.append((None, None) if said else (firm_id, community_id))
    if near:
        loaded.found["near_names"] = near
    ids = pd.DataFrame(found, columns=["firm_id", "community_id"], index=frame.index, dtype="Int64")
    resolved = pd.concat([frame, ids], axis="columns")
    return resolved[resolved["firm_id"].notna()].reset_index(drop=True)


_UNKNOWN = {
    "firm": (N_("没有唯一的企业叫这个名称或代码"), N_("请先导入企业，或写统一社会信用代码")),
    "community": (N_("没有唯一的小区叫这个名称或编号"), N_("请先导入小区，或写明街道")),
}
_NEARLY = {
    "firm": (
        N_("没有唯一的企业叫“{name}”，名称相同或相近的有{known}"),
        N_("是其中一家的，请写它的统一社会信用代码或名称；不是的，请先导入"),
    ),
    "community": (
        N_("没有唯一的小区叫“{name}”，名称相同或相近的有{known}"),
        N_("是其中一个的，请写它的名称和街道；不是的，请先导入"),
    ),
}


def _unknown(record: dict[Any, Any], field: str, found: int | None, near: Sequence[str]) -> Iterator[Remark]:
    """Say that a firm or a community is not known; where others are called nearly so, which."""
    if found is not None:
        return
    text_, remedy = (_NEARLY if near else _UNKNOWN)[field]
    said: dict[str, object] = {"name": record[field], "known": list(near)} if near else {}
    yield remark(Severity.REJECTED, record["row"], field, record[field], text_, remedy, **said)


def _faults(record: dict[Any, Any]) -> Iterator[Remark]:
    row = record["row"]
    if record["ends_on"] is not None and record["ends_on"] < record["starts_on"]:
        text_, remedy = N_("合同在开始之前就结束了"), N_("请更正日期")
        yield remark(Severity.REJECTED, row, "ends_on", record["ends_on"], text_, remedy)
    if not pd.isna(record["grade"]) and record["grade"] not in GRADES:
        text_, remedy = N_("服务等级不在 1 至 5 之间"), N_("请更正，没有就留空")
        yield remark(Severity.REJECTED, row, "grade", record["grade"], text_, remedy)


def _keep_apart(session: Session, frame: pd.DataFrame, source: str, loaded: Loaded) -> pd.DataFrame:
    """Leave out contracts whose period overlaps that of a contract already there, or of an earlier row."""
    stored: dict[int, list[Term]] = defaultdict(list)
    for community_id, owner, key, starts_on, ends_on in contract_terms(session, frame["community_id"]):
        stored[community_id].append(Term((owner, key), starts_on, ends_on))
    columns = ("community_id", "source_key", "starts_on", "ends_on")
    wanted = {
        index: (int(community_id), Term((source, key), starts_on, ends_on))
        for index, (community_id, key, starts_on, ends_on) in enumerate(
            frame[list(columns)].itertuples(index=False, name=None)
        )
    }
    rejected: dict[int, Term] = {}
    # A rejected row leaves its stored version where it was, which may be in the way of others.
    while clashes := dict(_clashes({i: wanted[i] for i in wanted.keys() - rejected.keys()}, stored)):
        rejected |= clashes
    for index, other in sorted(rejected.items()):
        _, term = wanted[index]
        said = {"term": term.said, "other": other.said}
        reason, remedy = N_("合同 {term} 与 {other} 期间重叠"), N_("请更正起止日期，前一合同到期后再续")
        row = frame.at[index, "row"]
        loaded.remarks.append(
            remark(Severity.REJECTED, row, "starts_on", term.starts_on, reason, remedy, **said)
        )
    return frame.drop(index=list(rejected)).reset_index(drop=True)


def _clashes(
    wanted: dict[int, tuple[int, Term]], stored: dict[int, list[Term]]
) -> Iterator[tuple[int, Term]]:
    """Yield the rows that overlap another contract of their community, and the contract they overlap."""
    replaced = {term.key for _, term in wanted.values()}
    taken = defaultdict(
        list, {place: [term for term in terms if term.key not in replaced] for place, terms in stored.items()}
    )
    for index, (community_id, term) in sorted(wanted.items()):
        other = next((known for known in taken[community_id] if term.overlaps(known)), None)
        if other is None:
            taken[community_id].append(term)
        else:
            yield index, other
