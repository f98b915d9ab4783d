from __future__ import annotations

from portal.personal_numbers.plain import digits_of, make_plain, may_hold, runs_of


def test_a_plain_text_knows_where_its_signs_stood() -> None:
    plain = make_plain("Ａ\u200b１\u20632")
    assert plain.text == "A12"
    assert plain.span(1, 3) == (2, 5)
    assert plain.span(0, 1) == (0, 2)


def test_a_bullet_is_no_digit_before_words_are() -> None:
    assert make_plain("①1²").text == "①1²"
    assert digits_of("①1²八〇") == "11²80"


def test_separators_join_and_words_part() -> None:
    runs = list(runs_of("138-00 13、2栋 4.5 1.2.3"))
    assert [[group.digits for group in run.groups] for run in runs] == [
        ["138", "00", "13", "2"],
        ["4", "5", "1", "2", "3"],
    ]
    assert [run.weak for run in runs] == [[False, False, True], [True, False, False, False]]


def test_most_texts_need_no_closer_look() -> None:
    assert not may_hold("幸福花园12号")
    assert may_hold("12345") and may_hold("一二三四五") and may_hold("a＠b") and may_hold("①②③④⑤")
