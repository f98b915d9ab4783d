"""Subjects as files hold them: the fields of a contract with the headers and values people write.

`data/schema` is the source: one JSON Schema a subject, whose ``x-headers``,
``x-values``, ``x-true``, ``x-false``, ``x-keys`` and ``x-file-names`` a city may extend.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.frames import Contract

FOLDER = Path(__file__).resolve().parents[2] / "data" / "schema"
KEY = "source_key"
LON, LAT = "lon", "lat"
CREDIT_CODE = "credit_code"
QUARTER = "quarter"

_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[.*?\]|【.*?】|〔.*?〕")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Field:
    """One field of a subject.

    Parameters
    ----------
    name, kind, required
        As in the contract.
    headers
        Names that a column may have, best first, normalised.
    minimum, maximum
        Bounds of a number, None for none.
    values
        What is written, to what it means: the choices of a text, "true" and
        "false" of a flag.
    choices
        The only values that a text may have; empty for any.
    format
        `CREDIT_CODE` or `QUARTER` for a text that is one.
    adds_up
        Whether the numbers of rows may be added: then one number cannot be that of several rows.
    unit
        What its numbers are in, as `portal.readers.rows.units` calls it; "" for none.
    high_of, has_high
        The field whose upper end it keeps, where one cell holds a range; whether another keeps its.
    last_day
        Whether it is the last day of something, so that a month or year means its end.
    example
        A value as people write it, for those who fill in a template; "" for none of its own.
    """

    name: str
    kind: str
    required: bool
    headers: tuple[str, ...]
    minimum: float | None = None
    maximum: float | None = None
    values: dict[str, str] = field(default_factory=dict)
    choices: frozenset[str] = frozenset()
    format: str = ""
    adds_up: bool = False
    unit: str = ""
    high_of: str = ""
    has_high: bool = False
    last_day: bool = False
    example: str = ""

    def words_of(self, choices: Iterable[str]) -> list[str]:
        """Return how people write ``choices``, one word each: the first Chinese one, or the choice itself."""
        chinese = [(word, meant) for word, meant in self.values.items() if not word.isascii()]
        first = {meant: word for word, meant in reversed(chinese)}
        return [first.get(choice, choice) for choice in choices]


@dataclass(frozen=True)
class Subject:
    """What a table of one subject may hold.

    Parameters
    ----------
    name
        As the contract's.
    fields
        In the contract's order, then longitude and latitude for subjects of places.
    keys
        Groups of fields that identify a row where no key column does.
    geometry_types, geometry_required
        As in the contract.
    file_names
        Parts of what people call files of it.
    """

    name: str
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    geometry_types: frozenset[str]
    geometry_required: bool
    file_names: tuple[str, ...] = ()

    @property
    def has_points(self) -> bool:
        """Whether a row may be placed by a longitude and a latitude."""
        return "Point" in self.geometry_types

    def field(self, name: str) -> Field:
        """Return the field called ``name``; KeyError if there is none."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)


def normalise_header(text: str) -> str:
    """Return a header without case, units in brackets, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORD.sub("", _BRACKETS.sub("", plain)) or _NOT_WORD.sub("", plain)


def load_subject(contract: Contract) -> Subject:
    """Return the subject of a contract, with the headers that its schema file knows."""
    document = _load(contract.name)
    described: dict[str, Any] = document["properties"]
    columns = [(column.name, column.kind, column.required) for column in contract.columns]
    if "Point" in contract.geometry_types:
        columns += [(LON, "number", False), (LAT, "number", False)]
    ends = {one["x-high-of"] for one in described.values() if "x-high-of" in one}
    return Subject(
        name=contract.name,
        fields=tuple(_field(name, kind, required, described[name], ends) for name, kind, required in columns),
        keys=tuple(map(tuple, document["x-keys"])),
        geometry_types=contract.geometry_types,
        geometry_required=contract.geometry_required,
        file_names=tuple(document.get("x-file-names", ())),
    )


@cache
def _load(subject: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{subject}.schema.json").read_text("utf-8"))
    return document


def _field(name: str, kind: str, required: bool, described: dict[str, Any], ends: set[str]) -> Field:
    values = dict(described.get("x-values", {}))
    values |= dict.fromkeys(described.get("x-true", ()), "true")
    values |= dict.fromkeys(described.get("x-false", ()), "false")
    headers = (name, *described.get("x-headers", ()))
    return Field(
        name=name,
        kind=kind,
        required=required,
        headers=tuple(dict.fromkeys(map(normalise_header, headers))),
        minimum=described.get("minimum"),
        maximum=described.get("maximum"),
        values=values,
        choices=frozenset(choice for choice in described.get("enum", ()) if choice is not None),
        format=described.get("x-format", ""),
        adds_up=described.get("x-adds-up", False),
        unit=described.get("x-unit", ""),
        high_of=described.get("x-high-of", ""),
        has_high=name in ends,
        last_day=described.get("x-last-day", False),
        example=next(iter(described.get("examples", ())), ""),
    )
