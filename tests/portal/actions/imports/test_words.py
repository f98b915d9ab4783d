from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.actions.imports.words import COUNTS, FIELDS, SEVERITIES, count_order, count_words
from portal.actions.transactions.import_run import Severity
from portal.config import ROOT
from portal.labels import HOWS, LEVELS
from portal.terms import PlaceHow, PlaceLevel

SCHEMAS = sorted((ROOT / "data" / "schema").glob("*.schema.json"))


def test_every_term_has_its_word() -> None:
    assert set(LEVELS) == set(PlaceLevel)
    assert set(HOWS) == set(PlaceHow)
    assert set(SEVERITIES) == set(Severity)


def test_a_count_of_places_is_two_words() -> None:
    assert count_words("community_by_alias") == ("位置到小区", "按小区别名")
    assert count_words("linked_by_name_and_street") == (COUNTS["linked_by_name_and_street"],)
    assert count_words("something_else") == ()


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_every_field_of_a_file_has_a_name(schema: Path) -> None:
    fields = json.loads(schema.read_text("utf-8"))["properties"]
    assert set(fields) <= set(FIELDS)
    for field, told in fields.items():
        if field not in ("source_key", "name"):  # these differ from file to file
            assert FIELDS[field] == told["title"]


def test_every_place_level_can_be_counted() -> None:
    said = {count_words(f"{level}_by_{PlaceHow.NAME}") for level in PlaceLevel}
    assert len(said) == len(PlaceLevel) and all(how == "按小区名称" for _, how in said)


def test_counts_go_from_exact_to_vague_and_then_as_they_are_listed() -> None:
    counted = {"moon", "repeats", "outside", "none_by_not_found", "community_by_alias", "point_by_coordinate"}
    assert sorted(counted, key=count_order) == [
        "point_by_coordinate",
        "community_by_alias",
        "none_by_not_found",
        "outside",
        "repeats",
        "moon",
    ]
