"""The policy as fields and back: nothing is lost, nothing is changed on the way."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import PolicyError
from geo.policy.catalogue import KEYS, check_document, value_at
from portal.views.policy.fields import layout, merged, read, spell
from tests.geo.policy.documents import TEXT, changed
from tests.geo.policy.others import DOCUMENTS

SHIPPED = tomllib.loads(TEXT)


def sent(**changes: str) -> dict[str, str]:
    return {**spell(SHIPPED), **{name.replace("__", "."): typed for name, typed in changes.items()}}


def value(path: str, typed: dict[str, str]) -> Any:
    document, wrong = read(typed, SHIPPED)
    assert wrong is None
    return value_at(document, path)


@pytest.mark.parametrize("path", KEYS)
def test_every_key_can_be_changed_by_its_fields(path: str) -> None:
    document, wrong = read(spell(DOCUMENTS[path]), SHIPPED)
    assert wrong is None
    assert document == DOCUMENTS[path]
    assert check_document(document)


def test_what_is_not_sent_stays() -> None:
    assert read({}, SHIPPED) == (SHIPPED, None)


def test_each_way_of_editing_is_used() -> None:
    assert {layout(key) for key in KEYS.values()} == {"one", "flag", "table", "rows", "toml"}


@pytest.mark.parametrize(
    ("typed", "number"), [(" 45 ", 45), ("４５", 45), ("1,234.5", 1234.5), ("", ""), ("fast", "fast")]
)
def test_numbers_are_read_as_people_write_them_and_kept_where_they_are_none(typed: str, number: Any) -> None:
    assert value("routes.snap_limit_m", sent(routes__snap_limit_m=typed)) == number


@pytest.mark.parametrize("typed", ["0.5, 1, 2", "0.5、1、2", "0.5 1；2"])
def test_lists_are_parted_by_any_sign(typed: str) -> None:
    assert value("scores.finding_deductions", sent(scores__finding_deductions=typed)) == [0.5, 1, 2]


def test_a_number_of_a_table_is_removed_by_emptying_it_and_added_at_the_end() -> None:
    base = "routes.class_speed_kmh"
    typed = sent() | {f"{base}.motorway": " ", f"{base}.+1.name": "track", f"{base}.+1.value": "8"}
    found = value(base, typed)
    assert found == {
        **{k: v for k, v in SHIPPED["routes"]["class_speed_kmh"].items() if k != "motorway"},
        "track": 8,
    }


@pytest.mark.parametrize(("name", "typed"), [("track", ""), ("", "8"), ("Not a code", "8")])
def test_half_a_new_number_is_refused_at_its_place(name: str, typed: str) -> None:
    base = "routes.class_speed_kmh"
    document, _ = read(sent() | {f"{base}.+1.name": name, f"{base}.+1.value": typed}, SHIPPED)
    with pytest.raises(PolicyError) as refused:
        check_document(document)
    assert refused.value.params["field"] in (base, f"{base}.{name}")


def test_a_name_that_is_there_already_is_said_and_what_was_typed_stays() -> None:
    base = "scores.street_indicators"
    document, wrong = read(sent() | {f"{base}.+2.name": "meetings", f"{base}.+2.value": "9"}, SHIPPED)
    assert wrong is not None and wrong.params["field"] == f"{base}.meetings"
    assert document["scores"]["street_indicators"]["meetings"] == 9


def test_rows_are_removed_by_emptying_them_and_sorted_where_their_order_is_said_by_them() -> None:
    base = "scores.bands"
    typed = sent() | {
        f"{base}.2.{column}": "" for column in ("code", "name", "name_en", "at_least", "colour")
    }
    new = {"code": "fair", "name": "中", "name_en": "Fair", "at_least": "70", "colour": "#abcdef"}
    typed |= {f"{base}.6.{column}": cell for column, cell in new.items()}
    assert [row["code"] for row in value(base, typed)] == ["excellent", "fair", "pass", "fail"]
    shift = sent() | {"routes.shift.3.start": "08:00", "routes.shift.3.end": "08:30"}
    assert [row["start"] for row in value("routes.shift", shift)] == ["08:00", "09:00", "14:00"]


@pytest.mark.parametrize("typed", ["[[complaint_category]\n", "x = 1", "[[complaint_cause]]\ncode='a'"])
def test_toml_that_is_none_is_said_and_stays_as_typed(typed: str) -> None:
    document, wrong = read(sent(complaint_category=typed), SHIPPED)
    assert wrong is not None and wrong.params["field"] == "complaint_category" and wrong.remedy
    assert spell(document)["complaint_category"] == typed


def test_what_others_changed_meanwhile_stays_unless_it_is_the_same_key() -> None:
    begun = SHIPPED
    now = changed("city.name", "他市")
    now["fees"]["allowed_float"] = 0.3
    typed = changed("fees.allowed_float", 0.2)
    typed["routes"]["visit_minutes"] = 45
    found = merged(typed, begun, now)
    assert found["city"]["name"] == "他市"
    assert (found["fees"]["allowed_float"], found["routes"]["visit_minutes"]) == (0.2, 45)


@given(st.dictionaries(st.sampled_from(sorted(spell(SHIPPED))), st.text(max_size=12), max_size=6))
def test_whatever_is_typed_is_read_or_refused_with_its_place(changes: dict[str, str]) -> None:
    document, wrong = read(spell(SHIPPED) | changes, SHIPPED)
    shown = spell(document)
    try:
        if wrong:
            raise wrong
        check_document(document)
    except PolicyError as error:
        assert error.params["field"] and error.message
    else:
        assert read(shown, SHIPPED) == (document, None)
