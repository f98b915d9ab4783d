from __future__ import annotations

import pytest

from portal.readers.rows.units import UNIT_NAMES, Told, Unit, parse_unit


@pytest.mark.parametrize(
    ("text", "wanted", "factor"),
    [
        ("万平方米", "m2", 1e4),
        ("㎡", "m2", 1),
        ("m²", "m2", 1),
        ("万㎡", "m2", 1e4),
        ("单位：万平方米", "m2", 1e4),
        ("平方公里", "m2", 1e6),
        ("公顷", "m2", 1e4),
        ("亩", "m2", 2000 / 3),
        ("万", "m2", 1e4),
        ("万户", "households", 1e4),
        ("套", "households", 1),
        ("部", "lifts", 1),
        ("年", "years", 1),
        ("元/㎡", "yuan_m2", 1),
        ("万元/平方米", "yuan_m2", 1e4),
        ("元/平", "yuan_m2", 1),
        ("元", "yuan_m2", 1),
        ("元/㎡·月", "yuan_m2_month", 1),
        ("元/平方米/月", "yuan_m2_month", 1),
        ("元/月·㎡", "yuan_m2_month", 1),
        ("元每平方米每月", "yuan_m2_month", 1),
        ("元/(㎡·月)", "yuan_m2_month", 1),
        ("元/㎡", "yuan_m2_month", 1),
        ("元", "yuan_m2_month", 1),
        ("分/㎡·月", "yuan_m2_month", 0.01),
        ("元/㎡·年", "yuan_m2_month", 1 / 12),
        ("元/㎡·季度", "yuan_m2_month", 1 / 3),
        ("元/亩·月", "yuan_m2_month", 0.0015),
    ],
)
def test_units(text: str, wanted: str, factor: float) -> None:
    unit = parse_unit(text, wanted)
    assert isinstance(unit, Unit)
    assert unit.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("元/户·月", "yuan_m2_month"),
        ("元/户/月，含水电", "yuan_m2_month"),
        ("元/月", "yuan_m2_month"),
        ("元/车位·月", "yuan_m2_month"),
        ("美元/㎡", "yuan_m2_month"),
        ("元/㎡·天", "yuan_m2_month"),
        ("万元", "yuan_m2"),
        ("元/套", "yuan_m2"),
        ("元/㎡·月", "yuan_m2"),
        ("户", "m2"),
        ("元", "m2"),
        ("㎡", "households"),
        ("%", "households"),
    ],
)
def test_units_of_something_else(text: str, wanted: str) -> None:
    assert parse_unit(text, wanted) is Told.ANOTHER


@pytest.mark.parametrize("text", ["含地下", "必填", "2024年", "截至2024年12月", "万科", "套内", "含人防", ""])
def test_what_is_no_unit(text: str) -> None:
    assert parse_unit(text, "m2") is Told.NOTHING


def test_every_unit_has_a_name() -> None:
    for wanted in UNIT_NAMES:
        assert parse_unit("", wanted) is Told.NOTHING
