import pytest

from portal.readers.child.packing import pack_words, unpack_words


def test_repeated_texts_become_words_and_codes() -> None:
    values = ["投诉", "咨询", None, "投诉", "投诉", None]
    assert pack_words(values) == {"words": ["投诉", "咨询", None], "codes": [0, 1, 2, 0, 0, 2]}


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["a", "b", "c"],
        ["a", "a", "a", None],
        [1.5, None, 1.5, 1.5],
        [True, 1, True, 1, True, 1],
        ["1", 1, "1", 1],
    ],
)
def test_round_trip(values: list[object]) -> None:
    back = unpack_words(pack_words(values))
    assert back == values
    assert [type(value) for value in back] == [type(value) for value in values]


def test_equal_texts_share_one_object() -> None:
    first, second = unpack_words(pack_words(["龙田街道" + str(0) for _ in range(2)] * 2))[:2]
    assert first is second
