"""Texts that can be said in another language."""

from __future__ import annotations

import pickle

from geo.texts import N_, Phrase, fill

ENGLISH = {
    N_("缺少列 {columns}"): "columns missing: {columns}",
    N_("{file}：{reason}"): "{file}: {reason}",
    N_("、"): ", ",
}


def translate(text: str) -> str:
    return ENGLISH[text]


def test_a_list_is_enumerated_as_the_language_does() -> None:
    params = {"columns": ["a", "b"]}
    assert fill("缺少列 {columns}", params) == "缺少列 a、b"
    assert fill("缺少列 {columns}", params, translate) == "columns missing: a, b"


def test_a_text_without_parameters_keeps_its_braces_and_the_empty_one_is_not_translated() -> None:
    assert fill("{x}", {}) == "{x}"
    assert fill("", {}, translate) == ""


def test_a_phrase_is_chinese_and_can_be_said_in_english_with_what_is_in_it() -> None:
    inner = Phrase("缺少列 {columns}", columns=("a", "b"))
    phrase = Phrase("{file}：{reason}", file="x.csv", reason=inner)
    assert phrase == "x.csv：缺少列 a、b"
    assert phrase.said(translate) == "x.csv: columns missing: a, b"


def test_a_phrase_in_a_list_is_translated_too() -> None:
    listed = [Phrase("缺少列 {columns}", columns=["a"]), "b"]
    assert (
        fill("缺少列 {columns}", {"columns": listed}, translate) == "columns missing: columns missing: a, b"
    )


def test_a_phrase_survives_a_pickle() -> None:
    phrase = pickle.loads(pickle.dumps(Phrase("缺少列 {columns}", columns=["a"])))
    assert (phrase, phrase.msgid, phrase.params) == ("缺少列 a", "缺少列 {columns}", {"columns": ["a"]})


def test_a_translator_is_told_how_many_a_text_counts_and_only_that() -> None:
    told: list[tuple[str, int | None]] = []

    def note(text: str) -> str:
        told.append((text, getattr(text, "n", None)))
        return text

    parts = Phrase(N_("{n} 天"), n=1)
    assert fill("近 {days}共 {n:,} 件", {"days": parts, "n": 1200}, note) == "近 1 天共 1,200 件"
    fill("{n}", {"n": "1"}, note)
    assert told == [("近 {days}共 {n:,} 件", 1200), ("{n} 天", 1), ("{n}", None)]
