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


def test_a_column_is_called_as_it_was_read(app: Flask, seeded: Session) -> None:
    with app.test_request_context("/"):
        assert words.name_reading("surveys", "field", "mean_share") == "满意度"
        assert words.name_reading("surveys", "attribute", "") == "没有采用"
        assert words.name_reading("communities", "attribute", "") == "附加属性"
    assert words.is_left_out("surveys", "attribute") and not words.is_left_out("surveys", "field")
    assert not words.is_left_out("complaints", "attribute")


def test_values_of_examples_are_said_in_words(app: Flask, seeded: Session) -> None:
    with app.test_request_context("/"):
        assert words.say_value("findings", "severity", "critical") == "紧急"
        assert words.say_value("owners_committee_members", "concurrent_post", value=True) == "是"
        assert (
            words.say_value("inspections", "inspected_at", "2025-03-05T01:30:00+00:00") == "2025-03-05 09:30"
        )
        assert words.say_value("surveys", "mean_share", 0.855) == "0.855"
        assert words.say_value("communities", "built_year", 2009) == "2009"
        assert words.say_value("surveys", "period", None) == "—"
        assert words.name_changed("owners_committees", "period") == "起止日期"
        assert words.name_changed("surveys", "period") == "季度"
