"""Firms into the database: known by their source's key, else by their credit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Subquery,
    Table,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from geo.frames import FIRMS, check
from portal.actions.transactions.import_run import Loaded, Severity, remark
from portal.actions.transactions.staging import DAY, TEXT, materialise, row_numbers, stage
from portal.actions.transactions.upserts import insert_missing, update_differing
from portal.errors import N_
from portal.models import Firm
from portal.place_names import pinyin_initials
from portal.store.firms import Firms
from portal.terms import Subject


def load(session: Session, frame: pd.DataFrame, *, source: str) -> Loaded:
    """Write firms.

    A firm that another source named, with the same credit code, stays as that
    source has it; only what is missing is filled in.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.FIRMS`.
    source
        Names the register; with `source_key` it identifies a firm.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, FIRMS)
    loaded = Loaded()
    frame = _without_repeated_codes(frame.assign(row=row_numbers(frame)), loaded)
    staged = stage(
        session,
        {
            "source_key": (TEXT, frame["source_key"]),
            "name": (TEXT, frame["name"]),
            "pinyin_initials": (TEXT, frame["name"].map(pinyin_initials)),
            "credit_code": (TEXT, frame["credit_code"]),
            "registered_on": (DAY, frame["registered_on"]),
        },
    )
    by_key = (Firm.source == source) & (Firm.source_key == staged.c.source_key)
    another = aliased(Firm)
    taken = by_key & exists().where(another.credit_code == staged.c.credit_code, another.id != Firm.id)
    _tell_taken_codes(session.scalars(select(staged.c.source_key).join(Firm, taken)), frame, loaded)
    known = _known(staged, by_key, taken)
    given = materialise(session, known.add_columns(staged.c.source_key))
    loaded.changed = update_differing(session, Firm, select(*_own(given)).subquery(), ("id",))
    fresh = (
        select(literal(source).label("source"), *staged.c)
        .where(staged.c.source_key.not_in(select(given.c.source_key)))
        .subquery()
    )
    loaded.new = insert_missing(session, Firm, fresh, ("source", "source_key"), fresh.c.source_key)
    if loaded.new:
        _tell_near_names(session, fresh, frame, loaded)
    loaded.unchanged = len(frame) - loaded.new - loaded.changed
    loaded.touch(Subject.FIRMS, loaded.new + loaded.changed)
    return loaded


def _known(staged: Table, by_key: ColumnElement[bool], taken: ColumnElement[bool]) -> Select[Any]:
    """Return the firms that rows belong to as they shall be: another source's only filled in."""
    theirs = Firm.credit_code == staged.c.credit_code
    return (
        select(
            Firm.id,
            case((by_key, staged.c.name), else_=Firm.name).label("name"),
            case((by_key, staged.c.pinyin_initials), else_=Firm.pinyin_initials).label("pinyin_initials"),
            case(
                (taken, Firm.credit_code), else_=func.coalesce(staged.c.credit_code, Firm.credit_code)
            ).label("credit_code"),
            case(
                (by_key, func.coalesce(staged.c.registered_on, Firm.registered_on)),
                else_=func.coalesce(Firm.registered_on, staged.c.registered_on),
            ).label("registered_on"),
        )
        .join(staged, or_(by_key, theirs))
        # The source's own record comes before another's with the same code.
        .distinct(staged.c.source_key)
        .order_by(staged.c.source_key, by_key.desc())
    )


def _own(given: Table) -> list[Column[Any]]:
    return [column for column in given.c if column.name != "source_key"]


def _without_repeated_codes(frame: pd.DataFrame, loaded: Loaded) -> pd.DataFrame:
    repeated = frame["credit_code"].notna() & frame["credit_code"].duplicated()
    text, remedy = N_("统一社会信用代码在文件中重复"), N_("请合并为一行，或更正代码")
    loaded.remarks += [
        remark(Severity.REJECTED, row, "credit_code", code, text, remedy)
        for row, code in zip(frame.loc[repeated, "row"], frame.loc[repeated, "credit_code"], strict=True)
    ]
    return frame[~repeated].reset_index(drop=True)


def _tell_near_names(session: Session, fresh: Subquery, frame: pd.DataFrame, loaded: Loaded) -> None:
    """Note new firms called nearly as one that was there before, or that an earlier row named."""
    firms, row_of = Firms.known(session), dict(zip(frame["source_key"], frame["row"], strict=True))
    added = (Firm.source == fresh.c.source) & (Firm.source_key == fresh.c.source_key)
    rows = session.execute(
        select(Firm.id, Firm.name, Firm.credit_code, Firm.source_key).join(fresh, added).order_by(Firm.id)
    )
    text, remedy = (
        N_("“{name}”与{known}名称相同或相近，作为另一家企业新增"),
        N_("是同一家的，请在两边填写相同的统一社会信用代码"),
    )
    told = [
        remark(Severity.NOTED, row_of[key], "name", name, text, remedy, name=name, known=near)
        for firm_id, name, code, key in rows
        if (near := firms.find_near(name, code, before=firm_id))
    ]
    if told:
        loaded.remarks += told
        loaded.found["near_names"] = len(told)


def _tell_taken_codes(keys: Iterable[str], frame: pd.DataFrame, loaded: Loaded) -> None:
    text, remedy = (
        N_("统一社会信用代码已属于另一家企业，没有采用"),
        N_("请核对这两家是否同一企业，并更正名册"),
    )
    rows = frame[frame["source_key"].isin(list(keys))]
    loaded.remarks += [
        remark(Severity.NOTED, row, "credit_code", code, text, remedy)
        for row, code in zip(rows["row"], rows["credit_code"], strict=True)
    ]
