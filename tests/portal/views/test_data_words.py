"""What the data pages call things: complete, and the same as in the files' schemas."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import ROOT
from portal.terms import ImportState, PlaceHow, PlaceLevel
from portal.views import data_words

SCHEMAS = sorted((ROOT / "data" / "schema").glob("*.schema.json"))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_every_field_of_a_file_has_a_name(app: Flask, seeded: Session, schema: object) -> None:
    fields = json.loads(schema.read_text("utf-8"))["properties"]  # type: ignore[attr-defined]
    assert set(fields) <= set(data_words.FIELDS)
    for field, told in fields.items():
        if field not in ("source_key", "name"):  # these differ from file to file
            assert data_words.FIELDS[field] == told["title"]


def test_vocabularies_are_complete() -> None:
    assert set(data_words.LEVELS) == set(PlaceLevel)
    assert set(data_words.HOWS) == set(PlaceHow)
    assert set(data_words.STATES) == set(ImportState)


def test_counts_name_level_and_how_and_unknown_ones_stay_as_they_are(app: Flask, seeded: Session) -> None:
    with app.test_request_context("/"):
        assert data_words.name_count("neighbourhood_by_alias") == "社区 · 按小区别名"
        assert data_words.name_count("new") == "新增"
        assert data_words.name_count("linked_by_name_and_street") == "按名称和街道并入已有小区"
        assert data_words.name_count("moon_by_night") == "moon_by_night"
        assert data_words.name_subject("roads") == "道路"
        assert data_words.name_field("REC_ID") == "REC_ID"
