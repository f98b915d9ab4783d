"""The policy as fields of a form, and back: what cannot be read stays as typed, and its check names it.

A key is one field, called by its path. Numbers by names have a field each, and rows one a column
(``scores.bands.1.at_least``); what is emptied is left out, and blank ones at the end take more.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from geo.errors import PolicyError
from geo.policy.catalogue import KEYS, key_of, title_of, value_at
from geo.policy.keys import Flag, Items, Key, Number, Rows, Table, spell_number
from geo.policy.toml import write_rows
from portal.errors import N_
from portal.web import context
from portal.web.forms import Form

BLANKS = 2
_BETWEEN = re.compile(r"[,，、;；\s]+")
_YES, _NO = "true", "false"


@dataclass(frozen=True, kw_only=True)
class PolicyForm(Form):
    """The policy, or what came back of it; its fields are the paths of the document."""

    name: ClassVar[str] = "policy"
    labels: ClassVar[Mapping[str, str]] = {
        "effective_from": N_("生效日期"),
        "reason": N_("理由"),
        **{key.path: key.name for key in KEYS.values()},
    }

    def place_of(self, name: str) -> str:
        """Return the field nearest to a place of the document."""
        while name and name not in self.values and name not in self.labels:
            name = name.rpartition(".")[0]
        return name

    @property
    def leads_to(self) -> str:
        """Id of the field with the mistake, or of the key that holds it."""
        return self.mistake.field if self.mistake else ""

    @classmethod
    def _called(cls, name: str) -> str:
        return context.say(title_of(name)) if key_of(name) else super()._called(name)


def layout(key: Key) -> str:
    """Return how a key is edited: ``one`` field, a ``flag``, a ``table``, ``rows`` or as ``toml``."""
    if isinstance(key.kind, Rows):
        return "toml" if any(isinstance(column.kind, Items) for column in key.kind.columns) else "rows"
    return "table" if isinstance(key.kind, Table) else "flag" if isinstance(key.kind, Flag) else "one"


def spell(document: Mapping[str, Any]) -> dict[str, str]:
    """Return every field of a document, as it is shown."""
    found: dict[str, str] = {}
    for key in KEYS.values():
        value = value_at(document, key.path)
        how = layout(key)
        if how == "table":
            found |= {f"{key.path}.{name}": _spell(number) for name, number in value.items()}
        elif how == "toml":
            found[key.path] = value if isinstance(value, str) else write_rows(key.path, value)
        elif how == "rows":
            for number, row in enumerate(value, 1):
                found |= {f"{key.path}.{number}.{column}": _spell(cell) for column, cell in row.items()}
        else:
            found[key.path] = _spell(value)
    return found


def read(sent: Mapping[str, str], base: Mapping[str, Any]) -> tuple[dict[str, Any], PolicyError | None]:
    """Return the document that a form was sent with, and what could not be read at all.

    Parameters
    ----------
    base
        What the form was made of: where it lacks a key, this one stays.
    """
    document: dict[str, Any] = _copy(base)
    wrong: PolicyError | None = None
    for key in KEYS.values():
        try:
            value = _read(key, sent)
        except _Unread as unread:
            value, wrong = unread.typed, wrong or unread.error
        if value is not None:
            _put(document, key.path, value)
    return document, wrong


def merged(typed: Mapping[str, Any], begun: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest document with what a person has changed since an earlier one, key by key."""
    document: dict[str, Any] = _copy(now)
    for path in KEYS:
        value = value_at(typed, path)
        if value != value_at(begun, path):
            _put(document, path, value)
    return document


class _Unread(Exception):
    """What was typed into a key, and why it is none."""

    def __init__(self, typed: Any, error: PolicyError) -> None:
        super().__init__(error)
        self.typed, self.error = typed, error


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    table = value_at(document, ".".join(parents)) if parents else document
    table[last] = value


def _read(key: Key, sent: Mapping[str, str]) -> Any:
    """Return what was sent of a key, None where nothing was."""
    how = layout(key)
    if how == "table":
        return _read_table(key, sent)
    if how == "rows":
        return _read_rows(key, sent)
    typed = sent.get(key.path)
    if typed is None:
        return None
    if how == "toml":
        return _read_toml(key, typed)
    if how == "flag":
        return {_YES: True, _NO: False}.get(typed, typed)
    if isinstance(key.kind, Items):
        return [_read_one(key.kind.each, part) for part in _BETWEEN.split(typed.strip()) if part]
    return _read_one(key.kind, typed)


def _read_table(key: Key, sent: Mapping[str, str]) -> dict[str, Any] | None:
    assert isinstance(key.kind, Table)
    begin = f"{key.path}."
    below = {name.removeprefix(begin): typed for name, typed in sent.items() if name.startswith(begin)}
    if not below:
        return None
    kept = {name: typed for name, typed in below.items() if not name.startswith("+") and typed.strip()}
    twice = ""
    for number in range(1, BLANKS + 1):
        name, typed = (below.get(f"+{number}.{part}", "").strip() for part in ("name", "value"))
        twice = twice or (name if name in kept else "")
        if name or typed:
            kept[name] = typed
    found = {name: _read_one(key.kind.each, typed) for name, typed in kept.items()}
    if twice:
        error = PolicyError(
            N_("{field}：代码 {value} 出现了两次"),
            remedy=N_("请改用另一个代码"),
            field=f"{key.path}.{twice}",
            value=twice,
        )
        raise _Unread(found, error)
    return found


def _read_rows(key: Key, sent: Mapping[str, str]) -> list[dict[str, Any]] | None:
    assert isinstance(key.kind, Rows)
    found = (re.fullmatch(rf"{re.escape(key.path)}\.(\d{{1,3}})\.\w+", name) for name in sent)
    numbers = sorted({int(match[1]) for match in found if match})
    if not numbers:
        return None
    rows = [
        {column: sent.get(f"{key.path}.{number}.{column.code}", "") for column in key.kind.columns}
        for number in numbers
    ]
    read_rows = [
        {column.code: _read_one(column.kind, typed) for column, typed in row.items()}
        for row in rows
        if any(typed.strip() for typed in row.values())
    ]
    return sorted(read_rows, key=_order) if all(map(_has_order, read_rows)) else read_rows


def _has_order(row: Mapping[str, Any]) -> bool:
    return "start" in row or isinstance(row.get("at_least"), (int, float))


def _order(row: Mapping[str, Any]) -> Any:
    """Sort bands best first, and shifts by the clock: a row may be added at the end."""
    return row["start"] if "start" in row else -row["at_least"]


def _read_toml(key: Key, typed: str) -> Any:
    try:
        found = tomllib.loads(typed)
    except tomllib.TOMLDecodeError as error:
        unread = PolicyError(
            N_("{field}：不是有效的 TOML：{error}"),
            remedy=N_("请照其余各段的写法更正：每段以 [[{key}]] 开头，文字加引号"),
            field=key.path,
            key=key.path,
            error=str(error),
        )
        raise _Unread(typed, unread) from error
    if set(found) - {key.path}:
        strange = PolicyError(
            N_("{field}：这里只能写 [[{key}]]"),
            remedy=N_("其余各项请在各自的位置填写"),
            field=key.path,
            key=key.path,
        )
        raise _Unread(typed, strange)
    return found.get(key.path, [])


def _read_one(kind: Any, typed: str) -> Any:
    """Return what was typed as the kind wants it, or as typed where it is none."""
    plain = " ".join(typed.split())
    if not isinstance(kind, Number):
        return plain
    digits = unicodedata.normalize("NFKC", plain).replace(",", "")
    try:
        value = float(digits)
    except ValueError:
        return plain
    return int(value) if value.is_integer() and kind.whole else value


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, list):
        return ", ".join(map(_spell, value))
    return spell_number(value) if isinstance(value, (int, float)) else str(value)


def _copy(value: Any) -> Any:
    return {name: _copy(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value
