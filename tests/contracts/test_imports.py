"""What every kind of import promises: a new one is held to this without a test of its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import Column, Contract
from geo.policy.city import City
from geo.texts import Phrase
from portal import models
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.registry import IMPORTS, Import
from portal.actions.imports.undo import undo_import
from portal.actions.imports.words import FIELDS
from portal.actions.transactions.import_run import Outcome
from portal.cli import imports as commands
from portal.documents.templates import example_of, header_of, write_template
from portal.models import Base, Community, Firm
from portal.privacy import Cipher
from portal.readers import schema
from portal.readers.limits import ReadLimits
from portal.readers.schema import KEY, Field, load_subject
from portal.terms import ImportState, Role, Subject
from tests.conftest import LogIn, make_street
from tests.portal.actions.imports.test_files import road_file
from tests.portal.views.pages import read

LIMITS = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)
# What a row is called is what rows of later kinds name it by; other examples are those of the templates.
NAMES = {Subject.STREETS: "西街", Subject.COMMUNITIES: "阳光花园", Subject.FIRMS: "安居物业"}
NAMED = {"street": "西街", "community": "阳光花园", "firm": "安居物业"}
SQUARE = {"type": "Polygon", "coordinates": [[[114, 22.5], [114.02, 22.5], [114.02, 22.52], [114, 22.5]]]}

TABLES = [entry for entry in IMPORTS.values() if not entry.osm]
each = pytest.mark.parametrize("entry", IMPORTS.values(), ids=list(IMPORTS))
each_table = pytest.mark.parametrize("entry", TABLES, ids=[entry.subject for entry in TABLES])


@pytest.fixture
def means(city: City, tmp_path: Path) -> Means:
    return Means(city, Cipher.from_secret("x" * 48), LIMITS, tmp_path / "rejects")


def value(entry: Import, field: Field) -> str:
    if field.name == "name" and entry.subject in NAMES:
        return NAMES[entry.subject]
    if entry.part_of is None and field.name in NAMED:
        return NAMED[field.name]
    # Of two that a row may belong to, the template has an example of one.
    return "" if field.name == "firm" and not field.required else example_of(field)


def fields(entry: Import) -> list[Field]:
    """Return what a file must have: the required fields, and a name where there is one; of evidence all."""
    every = load_subject(entry.contract).fields
    return [one for one in every if one.required or one.name == "name" or entry.part_of is not None]


def write(entry: Import, folder: Path, row: Mapping[str, str]) -> Path:
    """Write a file of one row, of the simplest kind that may hold it."""
    if entry.osm:
        return road_file(folder)
    path = folder / f"{entry.subject}.txt"
    if not entry.has_template:
        feature = {"type": "Feature", "properties": row, "geometry": SQUARE}
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
        return path
    lines = io.StringIO()
    writer = csv.DictWriter(lines, list(row))
    writer.writeheader()
    writer.writerow(row)
    path.write_text(lines.getvalue(), "utf-8")
    return path


def smallest(entry: Import, folder: Path) -> Path:
    """Write a file of one row: where there is a template, what it says, filled in under its headers."""
    if entry.osm:
        return road_file(folder)
    row = {one.name: value(entry, one) for one in fields(entry)}
    if not entry.has_template:
        return write(entry, folder, row)
    book = openpyxl.load_workbook(io.BytesIO(write_template(entry.contract, Phrase)))
    at = {cell.value: cell.column for cell in book["填写"][1]}
    for one in fields(entry):
        book["填写"].cell(row=2, column=at[header_of(one)]).value = row[one.name] or None
    path = folder / f"{entry.subject}.xlsx"
    book.save(path)
    return path


def refused(entry: Import, folder: Path) -> Path:
    """Write a file whose only row has a key and nothing else."""
    return write(entry, folder, {one.name: "1" if one.name == KEY else "" for one in fields(entry)})


def wanted(entry: Import, path: Path, *, dry_run: bool = False) -> FileImport:
    states = any(option.name == "datum" for option in entry.options)
    datum = Datum.WGS84 if states else None
    return FileImport(subject=entry.subject, path=path, datum=datum, source="city", dry_run=dry_run)


def needs(entry: Import) -> set[Subject]:
    return set(entry.needs).union(*(needs(IMPORTS[need]) for need in entry.needs))


def prepare(session: Session, entry: Import, folder: Path, means: Means) -> None:
    """Import what ``entry`` needs, and what that needs, in order; a town for evidence is put there."""
    if entry.part_of is not None:
        street = make_street(session, NAMED["street"])
        session.add(Community(name=NAMED["community"], street_id=street.id, street_how="name"))
        session.add(Firm(source="city", source_key="1", name=NAMED["firm"]))
        session.commit()
    for need in IMPORTS.values():
        if need.subject in needs(entry) and (entry.part_of is None or need.part_of is not None):
            import_file(session, wanted(need, smallest(need, folder)), means)


def run(session: Session, entry: Import, path: Path, means: Means, *, dry_run: bool = False) -> Outcome:
    return import_file(session, wanted(entry, path, dry_run=dry_run), means)[0]


def held(session: Session, entry: Import) -> int:
    return session.scalar(select(func.count()).select_from(entry.model)) or 0


@each_table
def test_the_schema_is_valid_fits_the_frame_and_names_each_field(entry: Import) -> None:
    assert entry.schema is not None
    document = json.loads(entry.schema.read_text("utf-8"))
    Draft202012Validator.check_schema(document)
    subject = load_subject(entry.contract)
    assert set(document["properties"]) == {field.name for field in subject.fields}
    assert set(document["required"]) == {field.name for field in subject.fields if field.required}
    assert {field.name for field in subject.fields} <= FIELDS.keys()


def content(session: Session) -> dict[str, list[str]]:
    """Return every row of every table but those that tell what was done."""
    beside = {"audit", "data_version", "import_run", "import_reject", "deed", "undo_step"}
    return {
        table.name: sorted(session.scalars(text(f"SELECT t::text FROM {table.name} t")))
        for table in Base.metadata.sorted_tables
        if table.name not in beside
    }


@each
def test_the_smallest_file_is_imported_once_and_can_be_taken_back(
    session: Session, entry: Import, means: Means, tmp_path: Path
) -> None:
    prepare(session, entry, tmp_path, means)
    before = content(session)
    path = smallest(entry, tmp_path)
    tried = run(session, entry, path, means, dry_run=True)
    assert (tried.counts["new"], held(session, entry)) == (1, 0)
    assert content(session) == before
    first = run(session, entry, path, means)
    assert (first.state, first.counts["new"], held(session, entry)) == (ImportState.DONE, 1, 1)
    assert first.counts == tried.counts
    again = run(session, entry, path, means)
    assert (again.state, again.counts["unchanged"], again.nothing_fit) == (ImportState.UNCHANGED, 1, False)
    assert (again.counts["new"], again.counts["changed"], held(session, entry)) == (0, 0, 1)
    stored = session.get_one(models.ImportRun, first.run_id).columns
    assert stored == [[one.header, one.use, one.field] for one in first.columns]
    assert bool(stored) is not entry.osm
    undo_import(session, first.run_id, None)
    assert content(session) == before


@each_table
def test_a_file_whose_rows_are_all_refused_says_so_and_why(
    session: Session, entry: Import, means: Means, tmp_path: Path
) -> None:
    outcome, rejects = import_file(session, wanted(entry, refused(entry, tmp_path)), means)
    assert outcome.nothing_fit
    assert (outcome.counts["rejected"], held(session, entry)) == (1, 0)
    said = [item for item in outcome.remarks if item.severity == "rejected"]
    assert said
    for item in said:
        assert item.row in (1, 2)  # the first feature, or the line below the header
        assert item.field in FIELDS.keys() - {""}
        assert item.reason and item.remedy
    assert rejects is not None and rejects.exists()


def test_another_kind_is_an_entry_and_its_loader(
    log_in: LogIn, seeded: Session, means: Means, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said of it in the registry is enough for the command, the import and the data page."""
    contract = Contract("evidence", "source_key", (Column("source_key", required=True), Column("name")))
    fields: dict[str, Any] = {"source_key": {}, "name": {}}
    document = {"properties": fields, "required": ["source_key"], "x-keys": []}
    (tmp_path / "evidence.schema.json").write_text(json.dumps(document), "utf-8")
    monkeypatch.setattr(schema, "FOLDER", tmp_path)
    entry = replace(
        IMPORTS[Subject.FIRMS],
        subject=Subject.EVIDENCE,
        name="树木",
        sentence="导入树木清单。",
        contract=contract,
        load=lambda session, frame, at: IMPORTS[Subject.FIRMS].load(
            session, frame.assign(credit_code=None, registered_on=None), at
        ),
        model=models.Firm,
    )
    monkeypatch.setitem(IMPORTS, entry.subject, entry)
    assert "导入树木清单。" in str(commands.command_of(entry).help)
    outcome = run(seeded, entry, smallest(entry, tmp_path), means)
    assert (outcome.subject, outcome.counts["new"]) == ("evidence", 1)
    page = read(log_in(Role.CLERK), "/data")
    rows = page.select("table")[0].select("tbody tr")
    assert rows[-1].get_text(" ", strip=True).startswith("树木 1")
