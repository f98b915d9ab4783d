"""What an import reports: counts, and remarks on rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.texts import Phrase
from portal.readers.problems import EXCERPT_CHARACTERS, Reject
from portal.terms import Subject


class Severity(StrEnum):
    """What became of the row that a remark is about."""

    REJECTED = "rejected"
    REPAIRED = "repaired"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one row that a person should know.

    Parameters
    ----------
    row
        Row of the source as its reader counts; None for the whole file.
    field
        Column of the contract; "" for the whole row.
    value
        What stood there, cut to an excerpt. It goes to the reject file only, never to the database.
    severity
        Whether the row was left out, changed or only noted.
    reason, remedy
        In words.
    """

    row: int | None
    field: str
    value: str
    severity: Severity
    reason: Phrase
    remedy: Phrase


def remark(
    severity: Severity,
    row: Any,
    field: str,
    value: object,
    reason: str,
    remedy: str = "",
    /,
    **params: object,
) -> Remark:
    """Return a `Remark`; ``reason`` and ``remedy`` are phrases, or marked texts filled from ``params``."""
    text = "" if value is None else str(value)
    if len(text) > EXCERPT_CHARACTERS:
        text = text[: EXCERPT_CHARACTERS - 1] + "…"
    number = None if row is None else int(row)
    return Remark(number, field, text, severity, _phrase(reason, params), _phrase(remedy, params))


def _phrase(text: str, params: Mapping[str, object]) -> Phrase:
    return text if isinstance(text, Phrase) else Phrase(text, **params)


def from_rejects(rejects: Iterable[Reject]) -> list[Remark]:
    """Return the reader's rejects as remarks: a blocking one left its row out."""
    return [
        Remark(
            item.row,
            item.field,
            item.value,
            Severity.REJECTED if item.blocking else Severity.NOTED,
            Phrase(item.reason),
            Phrase(item.remedy),
        )
        for item in rejects
    ]


@dataclass
class Loaded:
    """What a load did to the tables.

    Parameters
    ----------
    new, changed, unchanged, removed
        Rows of the subject itself.
    found
        Further counts, by name: ``matched_to_a_street``, ``repeats`` …
    remarks
        On rows, in the order of the source.
    touched
        Subjects of which some row was written; empty after an import that changed nothing.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    touched: set[Subject] = field(default_factory=set)

    def touch(self, subject: Subject, rows_written: int) -> None:
        """Note that ``rows_written`` rows of ``subject`` were written, if any."""
        if rows_written:
            self.touched.add(subject)

    def after(self, remarks: Iterable[Remark], found: Mapping[str, int] | None = None) -> Loaded:
        """Put what reading and checking had to say, and counted, before what the load did; return self."""
        self.remarks = [*remarks, *self.remarks]
        self.found = {**(found or {}), **self.found}
        return self

    def counts(self) -> dict[str, Any]:
        """Return every count by name, rejected rows included."""
        refused = {item.row for item in self.remarks if item.severity is Severity.REJECTED}
        own = {"new": self.new, "changed": self.changed, "unchanged": self.unchanged}
        removed = {"removed": self.removed} if self.removed else {}
        return own | removed | {"rejected": len(refused)} | self.found


def row_numbers(frame: pd.DataFrame) -> pd.Series[int]:
    """Return the source's row of each row, counted from 1 where the frame does not say."""
    if "row" in frame:
        return frame["row"]
    return pd.Series(range(1, len(frame) + 1), index=frame.index)


def raw_geometry(frame: gpd.GeoDataFrame) -> Iterable[bytes | None]:
    """Return the geometry as the source gave it, as WKB: as it is where the frame does not say."""
    if "raw_geometry" in frame:
        return frame["raw_geometry"]
    return shapely.to_wkb(frame.geometry.to_numpy())
