"""Contracts of registers: each subject once, with its own key."""

from __future__ import annotations

import json

import pytest

from geo.frames import CONTRACTS_BY_SUBJECT
from portal.config import ROOT

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


KINDS_IN_JSON = {
    "string": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "flag",
    "date": "date",
    "date-time": "time",
}


@pytest.mark.parametrize("subject", sorted({*CONTRACTS_BY_SUBJECT} - {"roads"}))
def test_a_register_is_what_its_published_schema_says(subject: str) -> None:
    schema = json.loads((ROOT / "data" / "schema" / f"{subject}.schema.json").read_text("utf-8"))
    told = {}
    placed = {"lon", "lat"}  # of points: the frame's geometry
    for name, field in schema["properties"].items():
        kinds = [field["type"]] if isinstance(field["type"], str) else field["type"]
        told[name] = (KINDS_IN_JSON[field.get("format", kinds[0])], name in schema["required"])
    contract = CONTRACTS_BY_SUBJECT[subject]
    assert {column.name: (column.kind, column.required) for column in contract.columns} == {
        name: said for name, said in told.items() if name not in placed
    }


def test_roads_are_what_the_reader_of_openstreetmap_promises() -> None:
    told = {column.name: (column.kind, column.required) for column in CONTRACTS_BY_SUBJECT["roads"].columns}
    assert told == {
        "source_key": ("text", True),
        "way_id": ("integer", True),
        "from_node": ("integer", True),
        "to_node": ("integer", True),
        "name": ("text", False),
        "highway": ("text", True),
        "oneway": ("text", True),
        "speed_kmh": ("number", True),
        "access": ("text", True),
        "may_stop": ("flag", True),
        "from_barred": ("flag", True),
        "to_barred": ("flag", True),
        "turns": ("text", False),
    }


def test_numbers_with_a_unit_say_so_in_their_name() -> None:
    for contract in CONTRACTS_BY_SUBJECT.values():
        for column in contract.columns:
            if column.unit:
                assert column.name.endswith(("_m2", "_month", "_kmh")), column.name
