from __future__ import annotations

import dataclasses

import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.raw import Layout
from portal.readers.limits import ReadLimits
from portal.readers.sheets.delimited import guess_delimiter, read_delimited


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("a,b;c,d", ","),
        ("a;b;c,d", ";"),
        ("a\tb\tc", "\t"),
        ('"a;b;c;d",e', ","),
        ("one", ";"),
    ],
)
def test_delimiter_is_the_most_frequent_outside_quotes(line: str, delimiter: str) -> None:
    assert guess_delimiter(["title", "", line, "x,y,z;;;;"], Layout()) == delimiter


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_every_dialect_gives_the_same_table(
    delimiter: str, newline: str, codec: str, limits: ReadLimits
) -> None:
    rows = [["小区", "地址"], ["碧波花园", "深南路"], ["安业花园", "黄贝路"]]
    text = newline.join(delimiter.join(row) for row in rows) + newline
    table = read_delimited(text.encode(codec), Layout(), limits)
    assert [table.headers, *table.rows] == rows
    assert table.numbers == [2, 3]


def test_newlines_in_quotes_belong_to_the_cell(limits: ReadLimits) -> None:
    table = read_delimited(b'a,b\n"x\ny ""z""",1\n\nw,2\n', Layout(), limits)
    assert table.rows == [['x\ny "z"', "1"], ["w", "2"]]
    assert table.numbers == [2, 4]


@pytest.mark.parametrize("text", [b'a,b\n1,"2', b'a,b\n"1"x,2\n', b'a,b\n1,2\n"3,4\n5,6\n'])
def test_quotes_must_match(text: bytes, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_delimited(text, Layout(), limits)
    assert refused.value.msgid == problems.BAD_QUOTES.reason


@pytest.mark.parametrize("text", ["a\n" + "x" * 2000, "x" * 2000, 'a\n"' + "y\n" * 2000 + '"'])
def test_long_lines_and_cells_are_refused(text: str, limits: ReadLimits) -> None:
    short = dataclasses.replace(limits, max_line_characters=1000)
    with pytest.raises(FileRefused) as refused:
        read_delimited(text.encode(), Layout(), short)
    assert refused.value.msgid == problems.LONG_LINE.reason
