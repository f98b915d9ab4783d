from __future__ import annotations

import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.rows.keys import check_keys, choose_key, join_key, tell_apart


def test_a_column_that_always_says_the_same_is_no_key() -> None:
    candidates = {"REPORT_NUM": ["1", "1", "1"], "REC_ID": ["7", "8", "9"]}
    assert choose_key(candidates, []) == (("REC_ID",), ["7", "8", "9"])


def test_the_better_column_wins_and_the_first_of_equals() -> None:
    assert choose_key({"a": ["1", "2", "2"], "b": ["1", "2", "3"]}, [])[0] == ("b",)
    assert choose_key({"a": ["1", "2"], "b": ["3", "4"]}, [])[0] == ("a",)


def test_fields_together_are_a_key_where_no_column_is() -> None:
    groups = [{"district": ["罗湖", "罗湖"], "name": ["甲", "乙"]}, {"name": ["甲", "乙"]}]
    assert choose_key({"id": ["1", "1"]}, groups) == (("district", "name"), ["罗湖/甲", "罗湖/乙"])


def test_the_group_that_tells_more_rows_apart_wins() -> None:
    groups = [{"code": ["1", None, None]}, {"name": ["甲", "乙", "丙"]}]
    assert choose_key({}, groups)[0] == ("name",)


def test_without_any_key_the_file_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        choose_key({"id": ["1", "1", "1"]}, [{"name": [None, None, None]}])
    assert refused.value.msgid == problems.NO_KEY.reason


def test_joined_keys_need_their_last_part() -> None:
    assert join_key([["a", None, "c"], ["1", "2", None]]) == ["a/1", "/2", None]


def test_missing_and_repeated_keys_block_their_rows() -> None:
    rejects = check_keys(["a", None, "b", "a"], [2, 3, 4, 5])
    assert [(item.row, item.value, item.reason, item.blocking) for item in rejects] == [
        (3, "", problems.KEY_MISSING.reason, True),
        (5, "a", problems.KEY_REPEATS.reason, True),
    ]


def test_damaged_keys_block_their_rows_and_are_never_one() -> None:
    damaged = [True, True, False]
    keys = tell_apart(["3.4E+16", "3.4E+16", "7"], damaged)
    assert len(set(keys)) == 3
    rejects = check_keys(keys, [2, 3, 4], damaged)
    assert [(item.row, item.value, item.reason) for item in rejects] == [
        (2, "3.4E+16", problems.KEY_DAMAGED.reason),
        (3, "3.4E+16", problems.KEY_DAMAGED.reason),
    ]


def test_rows_that_are_left_out_need_no_key() -> None:
    groups = [{"name": ["甲", None, None]}]
    with pytest.raises(FileRefused):
        choose_key({}, groups)
    assert choose_key({}, groups, left_out={1, 2})[0] == ("name",)


def test_the_last_resort_is_a_key_where_nothing_else_is() -> None:
    last = [{"id": ["1", "2"]}]
    assert choose_key({}, [{"name": ["甲", "甲"]}], (), last) == (("id",), ["1", "2"])
    assert choose_key({}, [{"name": ["甲", "乙"]}], (), last)[0] == ("name",)
