"""`survey_table`: what a file holds, before anybody says what it is: layout, columns, likely subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.frames import Contract
from portal.errors import FileRefused
from portal.readers.formats.raw import RawTable
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.parse import read_raw
from portal.readers.rows.headers import assign
from portal.readers.schema import KEY, LAT, LON, Subject, load_subject
from portal.readers.source import read_source

SHOWN_VALUES, SHOWN_CHARACTERS = 3, 60
# What names of some subjects end with, unlike those of others.
ENDINGS = {
    "streets": ("街道", "街道办", "街道办事处", "镇", "乡"),
    "neighbourhoods": ("社区", "居委会", "村委会"),
}


@dataclass(frozen=True)
class SurveyedColumn:
    """A column as the file has it.

    Parameters
    ----------
    header
        Its name.
    values
        The first different values that it holds, cut.
    fields
        Subject to the field that it would be read as; subjects to which it says nothing are left out.
    """

    header: str
    values: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Survey:
    """What a file holds.

    Parameters
    ----------
    kind, encoding, delimiter
        ``csv``, ``xlsx``, ``geojson`` …; of a text file its encoding and what stands between the cells.
    layer, other_layers
        Sheet or layer that was read, and others that hold something.
    header_rows
        Rows of the header as people count them; empty where the format names its columns.
    rows
        How many rows stand under the header.
    shapes
        Types of its geometries.
    columns
        In the order of the file.
    likely
        Subjects by how much of them the file has, the best first; those of which it lacks
        what every row needs come last, unless its headers and its name tell that it is one of them.
    """

    kind: str
    encoding: str
    delimiter: str
    layer: str
    other_layers: tuple[str, ...]
    header_rows: tuple[int, ...]
    rows: int
    shapes: tuple[str, ...]
    columns: tuple[SurveyedColumn, ...]
    likely: tuple[str, ...]


@dataclass(frozen=True)
class _Clue:
    """What speaks for one subject: whether its places suit, how many columns lack, the file's name."""

    subject: str
    placed: bool
    lacking: int
    hinted: bool
    rank: tuple[bool, bool, bool, float, str]


def survey_table(
    path: Path,
    contracts: Sequence[Contract],
    limits: ReadLimits,
    mapping: ReadMapping | None = None,
    name: str = "",
) -> Survey:
    """Look into a user's file in the limited child, without taking any of it.

    Parameters
    ----------
    path
        As of `portal.readers.table.read_table`.
    contracts
        What it may be: each has a schema in ``data/schema``.
    limits
        What the file may cost.
    mapping
        Sheet and header row, where somebody has said so; columns that it gives stand for every subject.
    name
        What its owner calls the file: of subjects whose columns it has, one that is named so comes first.

    Raises
    ------
    FileRefused
        It is no table that can be read.
    """
    subjects = [load_subject(contract) for contract in contracts]
    answer = read_source(survey_file, path, limits, subjects, mapping or ReadMapping(), limits, name)
    return Survey(
        kind=answer["kind"],
        encoding=answer["encoding"],
        delimiter=answer["delimiter"],
        layer=answer["layer"],
        other_layers=tuple(answer["other_layers"]),
        header_rows=tuple(answer["header_rows"]),
        rows=answer["rows"],
        shapes=tuple(answer["shapes"]),
        columns=tuple(
            SurveyedColumn(header, tuple(values), fields) for header, values, fields in answer["columns"]
        ),
        likely=tuple(answer["likely"]),
    )


def survey_file(
    handle: int,
    size: int,
    subjects: Sequence[Subject],
    mapping: ReadMapping,
    limits: ReadLimits,
    name: str = "",
) -> dict[str, Any]:
    """Return the parts of a `Survey`; this is what the child runs."""
    kind, raw = read_raw(handle, size, subjects, mapping, limits)
    found: dict[str, dict[str, str]] = {}
    clues: list[_Clue] = []
    shapes = () if raw.shapes is None else raw.shapes
    types = sorted({shape.geom_type for shape in shapes if shape is not None})
    for subject in subjects:
        try:
            known = assign(
                raw.headers, subject, mapping, has_shapes=bool(types), cut=raw.cut_headers, must_suffice=False
            )
        except FileRefused:  # the mapping speaks of another subject
            continue
        columns = {header: field for field, header in known.columns.items()}
        if known.key_candidates:
            columns.setdefault(known.key_candidates[0], KEY)
        found[subject.name] = columns
        given = {*known.columns, *mapping.constants}
        needed = [one for one in subject.fields if one.required and one.name != KEY]
        lacking = sum(given.isdisjoint((one.name, one.high_of)) for one in needed)
        placed = True
        if subject.geometry_types and types:
            placed = bool(subject.geometry_types & set(types))
        elif subject.geometry_required:
            placed = subject.has_points and {LON, LAT} <= given
        # A file of what has names tells them: streets stand in a file of communities too.
        unnamed = "name" not in known.columns and any(one.name == "name" for one in subject.fields)
        strange = not _end_alike(raw, known.columns.get("name"), ENDINGS.get(subject.name, ()))
        share = len(columns) / max(len(raw.headers), 1)
        hinted = any(word in name.casefold() for word in subject.file_names)
        rank = (not hinted, unnamed, strange, -share, subject.name)
        clues.append(_Clue(subject.name, placed, lacking, hinted, rank))
    return {
        "kind": str(kind),
        "encoding": raw.encoding,
        "delimiter": raw.delimiter,
        "layer": raw.layer,
        "other_layers": list(raw.other_layers),
        "header_rows": list(raw.header_rows),
        "rows": len(raw.rows),
        "shapes": types,
        "columns": [
            [
                header,
                _examples(raw.rows, at),
                {name: of[header] for name, of in found.items() if header in of},
            ]
            for at, header in enumerate(raw.headers)
        ],
        "likely": _order(clues, found),
    }


def _order(clues: Sequence[_Clue], found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the subjects, the likeliest first.

    A register of communities needs hardly any column, so it would win over whatever lacks a single
    one. Headers that no other subject knows, and the file's name, make up for what lacks: two of
    them for each column, and more than there are of any subject that lacks nothing.
    """
    known = Counter(header for columns in found.values() for header in columns)
    own = {name: sum(known[header] == 1 for header in columns) for name, columns in found.items()}
    complete = [own[clue.subject] for clue in clues if clue.placed and not clue.lacking]
    most = max(complete, default=-1)

    def is_doubtful(clue: _Clue) -> bool:
        told = own[clue.subject] + clue.hinted
        return not clue.placed or bool(clue.lacking and (told < 2 * clue.lacking or told <= most))

    return [clue.subject for clue in sorted(clues, key=lambda clue: (is_doubtful(clue), *clue.rank))]


def _end_alike(raw: RawTable, header: str | None, endings: tuple[str, ...]) -> bool:
    """Whether most names in a column end as those of a subject do."""
    if header is None or not endings:
        return False
    names = [str(cell).strip() for cell in raw.column(header) if cell is not None]
    return 2 * sum(name.endswith(endings) for name in names) > len(names)


def _examples(rows: Sequence[Sequence[Any]], at: int) -> list[str]:
    shown: list[str] = []
    for row in rows:
        text = "" if row[at] is None else str(row[at]).strip()
        if len(text) > SHOWN_CHARACTERS:
            text = text[: SHOWN_CHARACTERS - 1] + "…"
        if text and text not in shown:
            shown.append(text)
            if len(shown) == SHOWN_VALUES:
                break
    return shown
