"""What the data pages call things: complete."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from portal.terms import ImportState, PlaceHow, PlaceLevel
from portal.views.imports import words


def test_vocabularies_are_complete() -> None:
    assert set(words.LEVELS) == set(PlaceLevel)
    assert set(words.HOWS) == set(PlaceHow)
    assert set(words.STATES) == set(ImportState)


def test_counts_name_level_and_how_and_unknown_ones_stay_as_they_are(app: Flask, seeded: Session) -> None:
    with app.test_request_context("/"):
        assert words.name_count("neighbourhood_by_alias") == "位置到社区 · 按小区别名"
        assert words.name_count("new") == "新增"
        assert words.name_count("linked_by_name_and_street") == "按名称和街道并入已有小区"
        assert words.name_count("moon_by_night") == "moon_by_night"
        assert words.name_subject("roads") == "道路"
        assert words.name_field("received_at") == "受理时间"
        assert words.name_field("REC_ID") == "REC_ID"
