from __future__ import annotations

import pytest

from portal.readers import problems
from portal.readers.rows.credit_codes import clean_code, doubt


def test_the_check_character() -> None:
    assert doubt("91350100M000100Y43") is None
    wrong = [doubt("91350100M000100Y4" + letter) for letter in "0124567ABCDEFGHJKLMNPQRTUWXY"]
    assert set(wrong) == {problems.CODE_CHECK}


def test_one_wrong_character_is_always_found() -> None:
    code = "91350100M000100Y43"
    for place in range(2, 8):
        for digit in "0123456789":
            if digit != code[place]:
                assert doubt(code[:place] + digit + code[place + 1 :]) is problems.CODE_CHECK


@pytest.mark.parametrize(
    "code",
    ["", "1家", "91350100M000100Y4", "91350100M000100Y433", "91350100MS00100Y43", "9135O100M000100Y43"],
)
def test_what_is_no_code(code: str) -> None:
    assert doubt(code) is problems.CODE_FORM


def test_codes_are_kept_plain() -> None:
    assert clean_code(" ９１350100-m000100y43") == "91350100M000100Y43"
