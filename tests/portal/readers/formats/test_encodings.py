from __future__ import annotations

import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.encodings import detect_encoding, to_utf8

CHINESE = "小区名称,街道\n碧波花园,黄贝街道\n安业馨园,黄贝街道\n" * 20


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("gb2312", "gb18030"),
    ],
)
def test_chinese_text_is_understood(codec: str, found: str) -> None:
    data = CHINESE.encode(codec)
    assert detect_encoding(data) == found
    assert to_utf8(data).decode() == CHINESE


def test_plain_ascii_is_utf8() -> None:
    assert detect_encoding(b"name,street\n") == "utf-8"


def test_one_late_character_decides() -> None:
    data = b"a,b\n" * 600_000 + "碧".encode("gb18030") * 4 + b",c\n"
    assert detect_encoding(data) == "gb18030"


def test_characters_across_chunks_are_whole() -> None:
    assert detect_encoding(b"a" * ((1 << 20) - 1) + "碧波".encode()) == "utf-8"


@pytest.mark.parametrize("codec", ["big5", "shift_jis", "latin-1"])
def test_other_encodings_are_refused(codec: str) -> None:
    text = {"big5": "編號,社區名稱,街道\n碧波花園,黃貝街道\n", "shift_jis": "団地,通り\nこれはテスト\n"}
    data = (text.get(codec, "Straße,Größe,naïve\nÀ é,ü\n") * 20).encode(codec)
    with pytest.raises(FileRefused) as refused:
        detect_encoding(data)
    assert refused.value.msgid == problems.BAD_ENCODING.reason


def test_refusal_names_the_line() -> None:
    with pytest.raises(FileRefused) as refused:
        detect_encoding(b"a\nb\n\xff\xff\n")
    assert refused.value.params == {"line": 3}
    chinese = "碧波花园\n".encode()
    with pytest.raises(FileRefused) as refused:
        detect_encoding(chinese * 6 + chinese[:4] + b"\n" + chinese)
    assert refused.value.params == {"line": 7}


@pytest.mark.parametrize(
    "data",
    [b"a,b\n1,\0\n", "小区\n".encode("utf-16-le"), "a\0b".encode("utf-8-sig"), "a\0b".encode("utf-16")],
)
def test_nul_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        detect_encoding(data)
    assert refused.value.msgid == problems.HAS_NUL.reason


def test_cut_utf16_is_refused() -> None:
    with pytest.raises(FileRefused):
        detect_encoding("小区\n".encode("utf-16")[:-1])
