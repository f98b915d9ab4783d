"""Names: plain text, plausible, unique where they must be; credit codes with valid check characters."""

from __future__ import annotations

import re

import numpy as np
import pytest

from geo.sample import SampleCity
from geo.sample.names import (
    check_character,
    make_credit_code,
    name_community,
    name_people,
    vary_name,
)

PLAIN = re.compile(r"[\u4e00-\u9fff0-9]+")


def test_check_character_of_the_standard_example() -> None:
    """The example of GB 32100-2015."""
    assert check_character("91350100M000100Y4") == "3"


def test_check_character_notices_any_one_wrong_sign() -> None:
    right = "91350100M000100Y4"
    wrong = [right[:k] + ("7" if right[k] != "7" else "8") + right[k + 1 :] for k in range(17)]
    assert all(check_character(code) != "3" for code in wrong)


def test_credit_codes_are_valid_and_of_no_real_region() -> None:
    code = make_credit_code(12_345_678)
    assert len(code) == 18
    assert code.startswith("91990100")
    assert check_character(code[:17]) == code[17]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    remainder = -sum(int(sign) * weight for sign, weight in zip(code[8:16], weights, strict=True)) % 11
    assert "0123456789X"[remainder] == code[16]


def test_every_name_is_plain_text(sample: SampleCity) -> None:
    aliases = sample.communities["aliases"].dropna().str.split("|").explode()
    for names in (
        sample.streets["name"],
        sample.neighbourhoods["name"],
        sample.communities["name"],
        aliases,
        sample.firms["name"],
        sample.ways["name"].dropna(),
        sample.owners_committee_members["name"],
    ):
        assert names.map(lambda name: bool(PLAIN.fullmatch(name))).all()


def test_names_say_what_they_name(sample: SampleCity) -> None:
    assert sample.streets["name"].str.fullmatch("..街道").all()
    assert sample.streets["name"].is_unique
    assert sample.neighbourhoods["name"].str.endswith("社区").all()
    assert sample.firms["name"].str.startswith("云岭").all()
    assert sample.firms["name"].is_unique


@pytest.mark.parametrize(
    ("kind", "ending"), [("reform", ("宿舍", "家属院", "生活区")), ("old", ("号院", "新村", "里小区"))]
)
def test_names_fit_their_kind(kind: str, ending: tuple[str, ...]) -> None:
    rng = np.random.default_rng(0)
    assert all(name_community(rng, kind, "松溪路", 12).endswith(ending) for _ in range(50))


@pytest.mark.parametrize(
    ("name", "other"),
    [("锦湖花园二期", "锦湖花园2期"), ("松溪路12号院", "松溪路12号大院"), ("茶厂宿舍", "原茶厂宿舍")],
)
def test_aliases_are_variants(name: str, other: str) -> None:
    assert vary_name(np.random.default_rng(0), name) == other


def test_people_have_two_or_three_characters() -> None:
    assert {len(name) for name in name_people(np.random.default_rng(0), 200)} == {2, 3}
