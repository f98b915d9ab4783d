"""Mapping files: what a clerk writes once for a source whose headers are not known."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.texts import Phrase
from portal.errors import N_, FileRefused
from portal.readers.limits import MEGABYTE, ReadLimits
from portal.readers.problems import BAD_MAPPING, IS_TOO_LARGE, refuse
from portal.readers.schema import Subject
from portal.readers.source import open_source

MISSING = (
    *("-", "--", "---", "－", "–", "—", "——", "/", "／", "//", "\\"),
    *("无", "暂无", "无信息", "暂无信息", "无数据", "暂无数据", "暂缺", "不详", "未知", "待定", "待补充"),
    *("未填", "未填写", "NULL", "null", "Null", "(null)", "<null>", "<Null>", "None", "N/A", "n/a", "\\N"),
)


@dataclass(frozen=True)
class ReadMapping:
    """How the columns of one source become fields.

    Parameters
    ----------
    columns
        Header to field; "" keeps a column as an attribute only.
    constants
        Field to a value that every row has.
    values
        Field to what is written and what it means.
    missing
        Texts that mean nothing.
    key
        Headers that identify a row, alone or together; empty to find out.
    datum
        What the source says of its coordinates; "" when it says nothing.
    layer, header_row
        Where the table is; see `portal.readers.formats.raw.Layout`.
    time_format
        Formats of `datetime.strptime` to try before the usual ones.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = MISSING
    key: tuple[str, ...] = ()
    datum: str = ""
    layer: str = ""
    header_row: int | None = None
    time_format: tuple[str, ...] = ()


def load_mapping(path: Path, subject: Subject, limits: ReadLimits) -> ReadMapping:
    """Read a mapping file; raises as `parse_mapping`, also where it is none that can be opened."""
    try:
        with open_source(path, limits) as source:
            if source.size > MEGABYTE:
                raise refuse(IS_TOO_LARGE, size_mb=source.size // MEGABYTE, limit_mb=1)
            with open(source.handle, "rb", closefd=False) as stream:
                data = stream.read(MEGABYTE)
    except FileRefused as error:
        # There are two files: say which of them it is.
        why = Phrase(error.msgid, **error.params)
        raise refuse(BAD_MAPPING, detail=Phrase(N_("{file}：{why}"), file=path.name, why=why)) from error
    try:
        return parse_mapping(data.decode("utf-8-sig"), subject)
    except UnicodeDecodeError as error:
        raise refuse(BAD_MAPPING, detail="UTF-8") from error


def parse_mapping(text: str, subject: Subject) -> ReadMapping:
    """Read a mapping from TOML.

    Raises
    ------
    FileRefused
        It is no TOML, names a field that the subject does not have, or has an
        entry that is unknown or of the wrong kind.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refuse(BAD_MAPPING, detail=str(error)) from error
    return check_mapping(document, subject)


def check_mapping(document: Mapping[str, Any], subject: Subject) -> ReadMapping:
    """Return the mapping that a document of TOML or JSON states; raises as `parse_mapping`."""
    unknown = document.keys() - ReadMapping.__dataclass_fields__.keys()
    if unknown:
        raise refuse(BAD_MAPPING, detail=sorted(unknown))
    fields = {one.name for one in subject.fields}
    columns = _texts(document, "columns")
    constants = _texts(document, "constants")
    values = {name: _texts(document["values"], name) for name in _table(document, "values")}
    for name in (*filter(None, columns.values()), *constants, *values):
        if name not in fields:
            raise refuse(BAD_MAPPING, detail=f"{name} ∉ {', '.join(sorted(fields))}")
    return ReadMapping(
        columns=columns,
        constants=constants,
        values=values,
        missing=_listed(document, "missing", MISSING),
        key=_listed(document, "key", ()),
        datum=_text(document, "datum"),
        layer=_text(document, "layer"),
        header_row=_row(document),
        time_format=_listed(document, "time_format", ()),
    )


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise refuse(BAD_MAPPING, detail=f"[{name}]")
    return table


def _texts(document: Mapping[str, Any], name: str) -> dict[str, str]:
    table = _table(document, name)
    if not all(isinstance(value, str | int | float) for value in table.values()):
        raise refuse(BAD_MAPPING, detail=f"[{name}]")
    return {key: str(value) for key, value in table.items()}


def _listed(document: Mapping[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = document.get(name, default)
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise refuse(BAD_MAPPING, detail=name)
    return tuple(value)


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str):
        raise refuse(BAD_MAPPING, detail=name)
    return value


def _row(document: Mapping[str, Any]) -> int | None:
    value = document.get("header_row")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise refuse(BAD_MAPPING, detail="header_row")
    return value
