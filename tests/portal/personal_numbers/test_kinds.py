from __future__ import annotations

import pytest

from portal.personal_numbers import kinds


@pytest.mark.parametrize(
    ("digits", "named"),
    [
        ("13800138000", True),
        ("008613800138000", True),
        ("12800138000", False),
        ("075583661236", True),
        ("0755836612", False),
        ("440305199001010012", True),
        ("440305199013010012", True),  # no day, but as long as a bank card
        ("44030519901301001X", False),
        ("990305199001010012", True),
        ("440305900101123", True),
        ("440305901301123", False),
        ("6222021234567890", True),
        ("914403001922038216", False),
        ("2025080112345678", False),
        ("83661236", False),
    ],
)
def test_digits_of_a_person(digits: str, named: bool) -> None:
    assert kinds.is_named(digits) is named


@pytest.mark.parametrize(
    ("digits", "landline"),
    [("83661236", True), ("8366123", True), ("20240102", False), ("20241302", True), ("12345678", False)],
)
def test_a_landline_is_no_day(digits: str, landline: bool) -> None:
    assert kinds.is_landline(digits) is landline


@pytest.mark.parametrize(
    ("digits", "sizes", "weak", "whole", "is_one"),
    [
        ("13800138000", (3, 4, 4), True, False, True),
        ("13800138000", (3, 8), True, True, False),
        ("13800138000", (1, 10), False, True, True),
        ("13800138000", (1, 10), False, False, False),
        ("13800138000", (1,) * 11, False, False, True),
        ("010220250304", (2, 2, 4, 2, 2), False, False, False),
        ("01083661236", (3, 8), False, False, True),
        ("6222021234567890", (4, 4, 4, 4), False, False, True),
        ("6222021234567890", (8, 8), False, True, False),
        ("440305900101123", (6, 6, 3), False, False, True),
        ("440305900101123", (3,) * 5, False, True, False),
    ],
)
def test_groups_of_digits(digits: str, sizes: tuple[int, ...], weak: bool, whole: bool, is_one: bool) -> None:
    assert kinds.is_number(digits, sizes, weak=weak, whole=whole) is is_one


def test_what_stands_beside_tells_a_landline() -> None:
    assert kinds.is_local("83661236", (8,), "请打", "", alone=False)
    assert kinds.is_local("83661236", (4, 4), "电话", "", alone=False)
    assert not kinds.is_local("83661236", (4, 4), "从", "", alone=False)
    assert not kinds.is_local("83661236", (8,), "共", "元", alone=False)
    assert not kinds.is_local("83661236", (8,), "编号：", "", alone=False)
    assert not kinds.is_local("83661236", (8,), "", "", alone=False)
    assert not kinds.is_local("83661236", (8,), "138****", "字", alone=False)


def test_what_is_dialled_before_a_mobile_is_not_its_own() -> None:
    assert kinds.own_digits("008613800138000") == kinds.own_digits("013800138000") == "13800138000"
    assert kinds.own_digits("075583661236") == "075583661236"
