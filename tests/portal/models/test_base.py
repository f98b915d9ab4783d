"""Phrases as JSON."""

from __future__ import annotations

import pytest

from geo.texts import Phrase
from portal.models.base import pack, unpack


@pytest.mark.parametrize(
    "phrase",
    [
        Phrase("没有"),
        Phrase("第 {number} 个要素中有 {text}", number=1, text="NaN"),
        Phrase("{whole} · {part}", whole=Phrase("{text}", text="甲"), part=[Phrase("乙"), "丙", 1.5]),
        Phrase("{params}", params="丁"),
    ],
)
def test_what_is_packed_comes_back(phrase: Phrase) -> None:
    assert unpack(pack(phrase)) == phrase
    assert unpack([{"said": pack(phrase)}]) == [{"said": phrase}]
