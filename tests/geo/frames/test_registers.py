"""Contracts of registers: each subject once, with its own key."""

from __future__ import annotations

from geo.frames import CONTRACTS_BY_SUBJECT

KINDS = {"text", "number", "integer", "date", "time", "flag"}


def test_subjects_are_named_after_themselves() -> None:
    assert set(CONTRACTS_BY_SUBJECT) == {
        *("streets", "neighbourhoods", "communities", "firms", "contracts", "complaints", "roads")
    }
    assert all(contract.name == subject for subject, contract in CONTRACTS_BY_SUBJECT.items())


def test_keys_are_required_columns_and_kinds_are_known() -> None:
    for contract in CONTRACTS_BY_SUBJECT.values():
        assert contract.column(contract.key).required
        assert {column.kind for column in contract.columns} <= KINDS
        assert len({column.name for column in contract.columns}) == len(contract.columns)


def test_numbers_with_a_unit_say_so_in_their_name() -> None:
    for contract in CONTRACTS_BY_SUBJECT.values():
        for column in contract.columns:
            if column.unit:
                assert column.name.endswith(("_m2", "_month", "_kmh")), column.name
