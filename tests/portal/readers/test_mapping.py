from __future__ import annotations

from pathlib import Path

import pytest

from portal.config import ROOT
from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.limits import ReadLimits
from portal.readers.mapping import MISSING, ReadMapping, load_mapping, parse_mapping
from portal.readers.schema import Subject

WHOLE = """
datum = "GCJ-02"
key = ["区", "楼盘"]
missing = ["-", "—", "无", "NULL"]
layer = "台账"
header_row = 3
time_format = "%d/%m/%Y"

[columns]
"楼盘" = "name"
"备注" = ""

[constants]
district = "福田区"
households = 100

[values.kind]
"安置房" = "mixed"
"""


def test_everything_can_be_said(communities: Subject) -> None:
    assert parse_mapping(WHOLE, communities) == ReadMapping(
        columns={"楼盘": "name", "备注": ""},
        constants={"district": "福田区", "households": "100"},
        values={"kind": {"安置房": "mixed"}},
        missing=("-", "—", "无", "NULL"),
        key=("区", "楼盘"),
        datum="GCJ-02",
        layer="台账",
        header_row=3,
        time_format=("%d/%m/%Y",),
    )


def test_the_example_in_the_manual_is_right(communities: Subject) -> None:
    manual = (ROOT / "data" / "README.md").read_text("utf-8")
    example = manual.split("```toml\n")[1].split("```")[0]
    mapping = parse_mapping(example, communities)
    assert mapping.columns == {"楼盘": "name", "备注": ""}
    assert all(f"`{text}`" in manual for text in MISSING)


def test_nothing_need_be_said(communities: Subject) -> None:
    assert parse_mapping("", communities) == ReadMapping()
    assert ReadMapping().missing == MISSING
    assert parse_mapping('key = "编号"', communities).key == ("编号",)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "colums = {}",
        '[columns]\n"楼盘" = "nome"',
        '[constants]\nnome = "a"',
        '[values.nome]\na = "b"',
        "columns = 3",
        "[columns]\na = [1]",
        "values = 3",
        "key = 3",
        "missing = [1]",
        "datum = 3",
        "header_row = 0",
        "header_row = true",
        'header_row = "3"',
    ],
)
def test_mistakes_are_named(text: str, communities: Subject) -> None:
    with pytest.raises(FileRefused) as refused:
        parse_mapping(text, communities)
    assert refused.value.msgid == problems.BAD_MAPPING.reason
    assert refused.value.params["detail"]


def test_files_are_opened_safely(tmp_path: Path, communities: Subject, limits: ReadLimits) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(WHOLE, "utf-8-sig")
    assert load_mapping(path, communities, limits).datum == "GCJ-02"
    for content in ("a = '碧'".encode("gb18030"), b"#" * 1_000_001):
        path.write_bytes(content)
        with pytest.raises(FileRefused):
            load_mapping(path, communities, limits)
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(FileRefused, match="映射文件有误：mapping.toml：这是符号链接"):
        load_mapping(path, communities, limits)
