from __future__ import annotations

import pytest

from geo.frames import EVIDENCE_BY_SUBJECT
from portal.actions.scores.evidence_kinds import KINDS, Kind

each = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def test_every_frame_of_evidence_has_its_kind_and_no_other() -> None:
    assert {str(kind.subject): kind.contract for kind in KINDS.values()} == EVIDENCE_BY_SUBJECT


@each
def test_a_kind_fits_its_table(kind: Kind) -> None:
    columns = set(kind.model.__table__.columns.keys())
    assert {owner.column for owner in kind.owners} <= columns
    assert {name for group in kind.apart for name in group} <= columns
    assert ({"source", "source_key"} <= columns) is kind.keyed
    assert set(kind.plain) <= columns
    assert {owner.field for owner in kind.owners} <= {one.name for one in kind.contract.columns}


@each
def test_what_the_tables_hold_apart_is_refused_before_they_do(kind: Kind) -> None:
    table = kind.model.__table__
    held = {
        tuple(column.name for column in one.columns)
        for one in table.constraints  # type: ignore[attr-defined]
        if getattr(one, "deferrable", None)
    }
    if kind.keyed:
        assert held == set(kind.apart)
    else:
        assert len(kind.apart) == 1


@each
def test_what_it_needs_is_what_its_rows_name(kind: Kind) -> None:
    assert kind.needs
    for owner, need in zip(kind.owners, kind.needs, strict=True):
        assert owner.subject is need
        assert kind.contract.column(owner.field).required is (len(kind.owners) == 1)
