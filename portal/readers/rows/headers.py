"""Which column of a table is which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal.readers.mapping import ReadMapping
from portal.readers.problems import BAD_MAPPING, MISSING_COLUMNS, refuse
from portal.readers.rows.units import Told, Unit, parse_unit
from portal.readers.schema import KEY, LAT, LON, Field, Subject, normalise_header

SHOWN_HEADERS, SHOWN_CHARACTERS, SHOWN_SPELLINGS = 30, 40, 4

_IN_BRACKETS = re.compile(r"[(\[【〔]([^)\]】〕]*(?:\([^)]*\))?[^)\]】〕]*)[)\]】〕]")


@dataclass(frozen=True)
class Assignment:
    """Fields found in a table.

    Parameters
    ----------
    columns
        Field to header.
    key_candidates
        Headers that may be the key, best first.
    unmapped
        Headers that are no field.
    """

    columns: dict[str, str]
    key_candidates: tuple[str, ...]
    unmapped: tuple[str, ...]

    def without(self, name: str) -> Assignment:
        """Return it without the column of one field, which is then no field."""
        header = self.columns[name]
        columns = {field: known for field, known in self.columns.items() if field != name}
        return Assignment(columns, self.key_candidates, (*self.unmapped, header))


def is_known_header(text: str, subject: Subject, mapping: ReadMapping) -> bool:
    """Whether ``text`` is a header that the subject or the mapping knows."""
    name = normalise_header(text)
    mapped = map(normalise_header, (*mapping.columns, *mapping.key))
    return name in mapped or any(name in one.headers or unit_behind(text, one) for one in subject.fields)


def unit_of(header: str, field: Field) -> Unit | Told:
    """Return the unit that a header states for its numbers: in brackets, or behind a name of the field."""
    plain = unicodedata.normalize("NFKC", header)
    for text in _IN_BRACKETS.findall(plain):
        if (unit := parse_unit(text, field.unit)) is not Told.NOTHING:
            return unit
    return unit_behind(header, field) or Told.NOTHING


def unit_behind(header: str, field: Field) -> Unit | Told | None:
    """Return the unit that stands, without brackets, behind a name of the field; None where there is none.

    A name and an unit make a header that is not known otherwise: 建筑面积万平方米, 物业费：元/㎡·月.
    """
    if not field.unit:
        return None
    plain = unicodedata.normalize("NFKC", header).casefold()
    for known in field.headers:
        name, _, rest = plain.partition(known)
        if not name and rest:
            unit = parse_unit(rest, field.unit)
            return None if unit is Told.NOTHING else unit
    return None


def assign(
    headers: Sequence[str],
    subject: Subject,
    mapping: ReadMapping,
    *,
    has_shapes: bool,
    cut: Collection[str] = (),
    must_suffice: bool = True,
) -> Assignment:
    """Find the field of each column.

    What the mapping says comes first; then each field takes the best of its
    known headers, or else one of ``cut``, of which only the beginning was
    kept, if it can be no other field's. Coordinates are not looked for where
    there is geometry. What is found need not suffice where somebody is only to be
    shown it.

    Raises
    ------
    FileRefused
        The mapping names a header that is not there, or a required field has
        neither column nor constant.
    """
    mapped = {_find(header, headers): name for header, name in mapping.columns.items()}
    columns = {name: header for header, name in mapped.items() if name}
    free = [header for header in headers if header not in mapped]
    wanted = [
        one
        for one in subject.fields
        if one.name != KEY
        and one.name not in columns
        and one.name not in mapping.constants
        and not (has_shapes and one.name in (LON, LAT))
    ]
    beginnings = _complete(cut, subject)
    for one in wanted:
        header = _best(one.headers, free) or _beginning(one.name, beginnings, free)
        if header is not None:
            columns[one.name] = header
            free.remove(header)
    for one in wanted:
        behind = [header for header in free if one.name not in columns and unit_behind(header, one)]
        if behind:
            columns[one.name] = behind[0]
            free.remove(behind[0])
    candidates = _key_candidates(headers, free, columns, subject, mapping)
    if not candidates and (key := _beginning(KEY, beginnings, free)):
        candidates = (key,)
    if must_suffice:
        _check_required(headers, columns, subject, mapping)
    used = {*columns.values(), *mapping.key}
    return Assignment(columns, candidates, tuple(header for header in headers if header not in used))


def _find(header: str, headers: Sequence[str]) -> str:
    for known in headers:
        if known == header:
            return known
    for known in headers:
        if normalise_header(known) == normalise_header(header):
            return known
    raise refuse(BAD_MAPPING, detail=f"{header} ∉ {_shown(headers)}")


def _best(wanted: Sequence[str], free: Sequence[str]) -> str | None:
    normal = {normalise_header(header): header for header in reversed(free)}
    return next((normal[name] for name in wanted if name in normal), None)


def _complete(cut: Collection[str], subject: Subject) -> dict[str, str]:
    """Return the field of each header of ``cut`` that is the beginning of headers of one field only."""
    found = {}
    for header in cut:
        name = normalise_header(header)
        fields = [one.name for one in subject.fields if any(known.startswith(name) for known in one.headers)]
        if name and len(fields) == 1:
            found[header] = fields[0]
    return found


def _beginning(field: str, beginnings: dict[str, str], free: Sequence[str]) -> str | None:
    return next((header for header in free if beginnings.get(header) == field), None)


def _key_candidates(
    headers: Sequence[str],
    free: Sequence[str],
    columns: dict[str, str],
    subject: Subject,
    mapping: ReadMapping,
) -> tuple[str, ...]:
    if mapping.key:
        return tuple(_find(header, headers) for header in mapping.key)
    if KEY in columns:
        return (columns.pop(KEY),)
    normal = {normalise_header(header): header for header in reversed(free)}
    return tuple(normal[name] for name in subject.field(KEY).headers if name in normal)


def _check_required(
    headers: Sequence[str], columns: dict[str, str], subject: Subject, mapping: ReadMapping
) -> None:
    known = {KEY, *columns, *mapping.constants}
    lacking = [one for one in subject.fields if one.required and known.isdisjoint((one.name, one.high_of))]
    if lacking:
        fields = [f"{'/'.join(_spellings(one))} ({one.name})" for one in lacking]
        raise refuse(MISSING_COLUMNS, fields=fields, headers=_shown(headers), code=lacking[0].name)


def _spellings(field: Field) -> Sequence[str]:
    """Return some headers by which a field is known, Chinese where there are any."""
    chinese = [header for header in field.headers if not header.isascii()]
    return (chinese or field.headers)[:SHOWN_SPELLINGS]


def _shown(headers: Sequence[str]) -> list[str]:
    more = ["…"] if len(headers) > SHOWN_HEADERS else []
    return [header[:SHOWN_CHARACTERS] for header in headers[:SHOWN_HEADERS]] + more
