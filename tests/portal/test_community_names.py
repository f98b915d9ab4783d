"""Communities without a name have one way to be called, searched for and counted."""

from __future__ import annotations

import pytest

from geo.texts import Phrase
from portal.community_names import UNNAMED, call, key_sought, tell_apart

ENGLISH = {
    UNNAMED: "Unnamed community {key}",
    "其中{parts}": "{parts}",
    "{unnamed}、{unlocated}（两者可能重复）": "{unnamed}, {unlocated} (may be the same)",
    "图上未命名 {n:,}": "{n:,} unnamed",
    "名册未定位 {n:,}": "{n:,} not located",
    "、": ", ",
}


def test_a_name_stands_for_itself_and_its_lack_is_told_by_the_key() -> None:
    assert call("安华苑", None) == "安华苑"
    called = call(None, "8466")
    assert called == "未命名小区 8466"
    assert isinstance(called, Phrase)
    assert called.said(ENGLISH.__getitem__) == "Unnamed community 8466"
    assert call(None, "8466", lambda text, **params: ENGLISH[text].format(**params)) == called.said(
        ENGLISH.__getitem__
    )


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("8466", "8466"),
        (" 8466 ", "8466"),
        ("未命名小区 8466", "8466"),
        ("未命名8466", "8466"),
        ("UNNAMED community 84", "84"),
        ("unnamed 84", "84"),
        ("未命", ""),
        ("未命名小区", ""),
        ("Unname", ""),
        ("未", "未"),
        ("QH-3", "qh-3"),
        ("安华苑", "安华苑"),
    ],
)
def test_what_of_a_key_a_search_asks_for(text: str, sought: str) -> None:
    assert key_sought(text) == sought


def test_a_number_of_communities_says_what_it_holds_and_nothing_where_all_is_plain() -> None:
    assert tell_apart(0, 0, 0) == ""
    assert tell_apart(3, 0) == "其中图上未命名 3"
    assert tell_apart(0, 3, 2) == "其中未定位 3、未归属街道 2"
    assert tell_apart(1548, 3577, 2) == (
        "其中图上未命名 1,548、名册未定位 3,577（两者可能重复）、未归属街道 2"
    )
    both = tell_apart(1548, 3577)
    assert isinstance(both, Phrase)
    assert both.said(ENGLISH.__getitem__) == "1,548 unnamed, 3,577 not located (may be the same)"
