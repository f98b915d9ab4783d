"""What an import would do, told before it is done: the file's columns, counts, examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from geo.datums.crs import parse_datum
from geo.errors import GeoError
from geo.texts import Phrase
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.kept_files import write_whole
from portal.actions.imports.registry import IMPORTS, Import
from portal.actions.imports.reject_file import masked_value
from portal.actions.imports.uploads import remembered, shape_of
from portal.actions.transactions.deed_rows import Example, count_written, list_added, list_changed
from portal.actions.transactions.import_run import Outcome, Severity
from portal.errors import SpokenError
from portal.models.base import pack
from portal.privacy import mask_attributes
from portal.readers.mapping import ReadMapping, check_mapping
from portal.readers.schema import load_subject
from portal.readers.survey import Survey, survey_table
from portal.store.imports.references import field_of, names
from portal.terms import Subject

EXAMPLES = 10
# A range of days as PostgreSQL writes it: the day after the last, nothing where it is open.
_TERM = re.compile(r"\[\d{4}-\d\d-\d\d,(?:\d{4}-\d\d-\d\d)?\)")
TABLES = [entry for entry in IMPORTS.values() if not entry.osm]
ROADS_END = (".osm.pbf", ".pbf")
_READING = ("columns", "layer", "header_row", "time_format")


def wanted_import(said: Mapping[str, Any], path: Path, name: str, user_id: int) -> FileImport:
    """Return the import that was said of a file.

    Parameters
    ----------
    said
        ``subject``, and as far as stated ``source``, ``datum``, ``accept_datum``, ``accept`` (codes of
        questions) and the parts of a mapping: ``columns`` (header to field), ``layer``, ``header_row``,
        ``time_format``.

    Raises
    ------
    FileRefused
        The mapping names what the subject does not have.
    """
    subject = Subject(said["subject"])
    entry = IMPORTS[subject]
    mapping = None if entry.osm else read_mapping(said, subject)
    datum = said.get("datum")
    return FileImport(
        subject=subject,
        path=path,
        name=name,
        source=str(said.get("source", "")),
        datum=parse_datum(datum) if datum else None,
        accept_datum=bool(said.get("accept_datum")),
        accept=",".join(map(str, said.get("accept", ()))),
        mapping=mapping,
        user_id=user_id,
    )


def read_mapping(said: Mapping[str, Any], subject: Subject) -> ReadMapping:
    """Return the mapping that was said."""
    stated = {key: said[key] for key in _READING if said.get(key)}
    return check_mapping(stated, load_subject(IMPORTS[subject].contract))


def preview(
    session: Session,
    path: Path,
    name: str,
    said: Mapping[str, Any],
    means: Means,
    user_id: int,
    *,
    step: Callable[[str], None] = lambda name: None,
    wait: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Look into a file and try the import without keeping anything; return all of it as JSON.

    The keys are ``said`` (completed: what it is taken for), ``survey`` (None of roads), ``outcome`` or
    ``error`` with ``remedy``.
    """
    said = dict(said)
    survey = None if name.lower().endswith(ROADS_END) else _survey(session, path, name, said, means)
    if survey is None:
        said["subject"] = Subject.ROADS
    document: dict[str, Any] = {"said": said, "survey": survey and _survey_json(survey)}
    told: dict[str, Any] = {}
    try:
        wanted = replace(wanted_import(said, path, name, user_id), dry_run=True, rejects=False)
        entry = IMPORTS[wanted.subject]

        def look(outcome: Outcome) -> None:
            told.update(
                added=_examples(session, entry, list_added(session, outcome.run_id, entry.model, EXAMPLES)),
                changed=_examples(
                    session, entry, list_changed(session, outcome.run_id, entry.model, EXAMPLES)
                ),
                written=count_written(session, outcome.run_id),
            )

        outcome, _ = import_file(session, wanted, means, step=step, wait=wait, look=look)
        document["outcome"] = _outcome_json(outcome) | told
    except (SpokenError, GeoError) as error:
        remedy = Phrase(error.remedy_msgid, **error.params) if error.remedy_msgid else ""
        document |= {"error": pack(Phrase(error.msgid, **error.params)), "remedy": pack(remedy)}
    return document


def _survey(session: Session, path: Path, name: str, said: dict[str, Any], means: Means) -> Survey:
    """Look into a table and complete what was said: what it is taken for, and as the last of its shape."""
    layout = ReadMapping(layer=said.get("layer", ""), header_row=said.get("header_row"))
    contracts = [entry.contract for entry in TABLES]
    survey = survey_table(path, contracts, means.limits, layout, name)
    if not said.get("subject"):
        before = remembered(session, shape_of([column.header for column in survey.columns]))
        if before is None:
            said["subject"] = survey.likely[0]
        else:
            said.update({"subject": before[0], "remembered": True} | before[1])
    return survey


def _survey_json(survey: Survey) -> dict[str, Any]:
    return {
        "kind": survey.kind,
        "encoding": survey.encoding,
        "delimiter": survey.delimiter,
        "layer": survey.layer,
        "other_layers": survey.other_layers,
        "header_rows": survey.header_rows,
        "rows": survey.rows,
        "shapes": survey.shapes,
        "likely": survey.likely,
        "columns": [
            {
                "header": column.header,
                "values": tuple(
                    mask_attributes({column.header: value})[column.header] for value in column.values
                ),
                "fields": dict(column.fields),
            }
            for column in survey.columns
        ],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    remarks = {
        severity.value: [
            {
                "row": item.row,
                "field": item.field,
                "value": masked_value(item),
                "reason": pack(item.reason),
                "remedy": pack(item.remedy),
            }
            for item in sorted(outcome.remarks, key=lambda item: item.row or 0)
            if item.severity is severity
        ]
        for severity in Severity
    }
    origin = outcome.origin
    return {
        "counts": outcome.counts,
        "nothing_fit": outcome.nothing_fit,
        "questions": [
            {"code": one.code, "text": pack(one.text), "n": one.n, "examples": list(one.examples)}
            for one in outcome.questions
        ],
        "source": origin.source,
        "datum": origin.datum,
        "datum_confidence": origin.datum_confidence,
        "datum_message": origin.datum_message and pack(origin.datum_message),
        "remarks": {severity: items[:EXAMPLES] for severity, items in remarks.items()},
        "tally": {severity: len(items) for severity, items in remarks.items()},
    }


def _examples(session: Session, entry: Import, examples: Sequence[Example]) -> list[dict[str, Any]]:
    """Return examples as people read them: numbers of other rows as their names, terms as two days.

    One of evidence, which has no name of its own, is called by what it belongs to, and tells its fields.
    """
    columns = [column.name for column in list(entry.model.__table__.columns)]
    named = {column: names(session, column, _numbers(column, examples)) for column in columns}
    fields = {column.name for column in entry.contract.columns} - {entry.contract.key}

    def say(column: str, value: Any) -> Any:
        if _is_term(value):
            first, after = value[1:-1].split(",")
            return f"{first} – {date.fromisoformat(after) - timedelta(days=1) if after else '…'}"
        return named[column].get(value, value) if isinstance(value, int) else value

    said = []
    for example in examples:
        changes = [
            [field_of(one.column), say(one.column, one.was), say(one.column, one.becomes)]
            for one in example.changes
        ]
        name, told = example.name, []
        if entry.part_of is not None:
            owners = [say(column, value) for column, value in example.values.items() if named[column]]
            name = str(next(iter(owners), name))
            told = [
                [column, say(column, value)]
                for column, value in example.values.items()
                if column in fields or _is_term(value)
            ]
        said.append({"name": name, "told": told, "values": dict(example.values), "changes": changes})
    return said


def _is_term(value: Any) -> bool:
    return isinstance(value, str) and _TERM.fullmatch(value) is not None


def _numbers(column: str, examples: Sequence[Example]) -> set[int]:
    """Return the whole numbers that a column has in examples, before and after."""
    found = [one.values.get(column) for one in examples]
    found += [
        value
        for one in examples
        for change in one.changes
        if change.column == column
        for value in (change.was, change.becomes)
    ]
    return {value for value in found if isinstance(value, int)}


def write_preview(path: Path, document: Mapping[str, Any]) -> None:
    """Keep a preview where only the portal reads it."""
    with write_whole(path) as stream:
        stream.write(orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS))


def load_preview(path: Path) -> dict[str, Any] | None:
    """Return a preview that was kept; None where there is none, or none that can be read."""
    try:
        return dict(orjson.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None
