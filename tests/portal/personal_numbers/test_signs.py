from __future__ import annotations

import pytest

from portal.personal_numbers.plain import make_plain
from portal.personal_numbers.signs import find_signs, mask_digits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("邮箱ab@c.cn 粤B12345", [(2, 4, "a***"), (12, 17, "*****")]),
        ("QQ群12345", [(3, 8, "1****")]),
        ("微信 z_12345", [(3, 10, "z****")]),
        ("微信 12345", []),
        ("E12345678", [(0, 9, "E******78")]),
        ("1.3800138E10", [(0, 12, "138****8000")]),
        ("1.38E10", []),
        ("8.3661236E7", [(0, 11, "8***1236")]),
        ("粤B座12345", []),
    ],
)
def test_signs_tell_numbers(text: str, found: list[tuple[int, int, str]]) -> None:
    assert list(find_signs(make_plain(text))) == found


@pytest.mark.parametrize(("digits", "masked"), [("13800138000", "138****8000"), ("83661236", "8***1236")])
def test_the_middle_is_masked(digits: str, masked: str) -> None:
    assert mask_digits(digits) == masked
