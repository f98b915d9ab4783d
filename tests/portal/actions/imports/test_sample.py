"""The sample city through the real loads: complete, scored, planted truth found again, once only."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import Engine, Text, cast, delete, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from geo.datums.crs import Datum
from geo.policy.city import City
from geo.sample import SampleCity, SampleSize, make_sample
from portal.actions import policy
from portal.actions.imports import sample
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.scores import evidence_import as evidence
from portal.actions.scores import scoring
from portal.actions.scores.evidence_kinds import KINDS
from portal.config import ROOT
from portal.db import make_engine
from portal.documents.templates import header_of
from portal.errors import Conflict
from portal.models import (
    Community,
    CommunityIdentity,
    Complaint,
    Contract,
    Finding,
    Inspection,
    OwnersCommittee,
    OwnersCommitteeMember,
    Rectification,
    ServiceScore,
    Street,
)
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.readers.schema import Field, load_subject
from portal.terms import PlaceLevel, Subject
from tests.conftest import MakeDatabase

SIZE = SampleSize(districts=2, streets=8, communities=160, firms=40, complaints=3_000)
CIPHER = Cipher.from_secret("s" * 48)


@pytest.fixture(scope="module")
def made(city: City) -> SampleCity:
    return make_sample(city, size=SIZE)


@pytest.fixture(scope="module")
def loaded(
    make_database: MakeDatabase, made: SampleCity, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database of its own, since loading commits."""
    engine = make_engine(make_database().portal_url, pooled=False)
    with sessionmaker(engine)() as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        steps: list[sample.Step] = []
        sample.load(session, city, CIPHER, tmp_path_factory.mktemp("sample"), tell=steps.append, made=made)
    assert [step.subject for step in steps][:3] == ["roads", "streets", "neighbourhoods"]
    yield engine
    engine.dispose()


@pytest.fixture
def read(loaded: Engine) -> Iterator[Session]:
    with sessionmaker(loaded)() as session:
        yield session


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def test_everything_made_is_in_the_database(read: Session, made: SampleCity) -> None:
    assert count(read, Street) == SIZE.streets
    assert count(read, Community) == SIZE.communities
    assert count(read, Contract) == len(made.contracts)
    assert count(read, Complaint) == len(made.complaints)
    assert count(read, Inspection) == len(made.inspections)
    assert count(read, Finding) == len(made.findings)
    assert count(read, Rectification) == len(made.rectifications)
    assert count(read, OwnersCommitteeMember) == len(made.owners_committee_members)


def test_every_located_community_lies_in_its_registered_street(read: Session) -> None:
    strays = read.execute(
        select(Community.name, Street.name)
        .join(Street, Street.id == Community.street_id)
        .where(Community.location.is_not(None), Community.registered_street.is_not(None))
        .where(func.replace(Community.registered_street, "街道", "") != Street.name)
    ).all()
    assert strays == []


def test_complaints_are_placed_where_the_truth_says(read: Session, made: SampleCity) -> None:
    truth = made.truth.complaint_places.set_index("source_key")
    stored = read.execute(
        select(Complaint.source_key, Complaint.place_level, Complaint.property_related)
    ).all()
    agreeing = sum(truth.loc[key, "level"] == level for key, level, _ in stored)
    assert agreeing / len(stored) > 0.97
    assert all(bool(truth.loc[key, "property_related"]) == related for key, _, related in stored)


def test_point_complaints_belong_to_the_true_community(read: Session, made: SampleCity) -> None:
    truth = made.truth.complaint_places.set_index("source_key")["community"]
    rows = read.execute(
        select(Complaint.source_key, CommunityIdentity.source_key)
        .join(CommunityIdentity, CommunityIdentity.community_id == Complaint.community_id)
        .where(Complaint.place_level == PlaceLevel.POINT, Complaint.property_related)
    ).all()
    right = sum(truth[key] == community for key, community in rows)
    assert len(rows) > 100
    assert right / len(rows) > 0.95


def test_silent_communities_have_no_score_and_the_others_do(read: Session, made: SampleCity) -> None:
    scored = set(
        read.scalars(
            select(CommunityIdentity.source_key).join(
                ServiceScore, ServiceScore.community_id == CommunityIdentity.community_id
            )
        )
    )
    assert scored & set(made.truth.silent) == set()
    assert len(scored) > 0.7 * SIZE.communities


def test_names_of_committee_members_are_not_stored_in_clear(read: Session, made: SampleCity) -> None:
    stored = read.scalars(select(OwnersCommitteeMember.name_encrypted)).all()
    names = set(made.owners_committee_members["name"])
    assert {CIPHER.decrypt(bytes(token)) for token in stored} == names
    assert not any(name.encode() in bytes(token) for token in stored[:50] for name in list(names)[:50])


def test_evidence_again_writes_nothing(read: Session, made: SampleCity, city: City) -> None:
    again = [
        evidence.load(
            read, getattr(made, subject), subject=subject, source=sample.SOURCE, city=city, cipher=CIPHER
        )
        for subject in KINDS
    ]

    told = [(one.new, one.changed, one.touched, one.remarks) for one in again]
    assert told == [(0, 0, set(), [])] * len(KINDS)


def test_it_is_loaded_once_only(read: Session, made: SampleCity, city: City, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="空库"):
        sample.load(read, city, CIPHER, tmp_path, made=made)


def test_failing_half_way_leaves_the_database_empty(
    make_database: MakeDatabase, made: SampleCity, city: City, tmp_path: Path
) -> None:
    engine = make_engine(make_database().portal_url, pooled=False)

    def break_off(step: sample.Step) -> None:
        if step.subject == "contracts":
            raise KeyboardInterrupt

    with sessionmaker(engine)() as session:
        with pytest.raises(KeyboardInterrupt):
            sample.load(session, city, CIPHER, tmp_path, tell=break_off, made=made)
        assert sample.is_empty(session)
        assert session.scalar(text("SELECT count(*) FROM road")) == 0
        assert session.scalar(text("SELECT count(*) FROM data_version")) == 0
    engine.dispose()


PARENTS = {"inspection_id": Inspection, "finding_id": Finding, "owners_committee_id": OwnersCommittee}
WORDS = {
    "severity": {"minor": "一般", "serious": "严重", "critical": "紧急"},
    "office": {"chair": "主任", "member": "委员"},
    "kind": {"penalty": "处罚", "veto": "一票否决", "commendation": "表彰"},
    "indicator": {"management": "综合管理", "order": "秩序", "greening": "绿化", "equipment": "设施设备"},
}


def cell(field: Field, value: Any) -> Any:
    """Return a value as people write it."""
    if pd.isna(value):
        return None
    if field.name in WORDS:
        return WORDS[field.name].get(value, value)
    if field.format == "quarter":
        return f"{value[:4]}年第{'一二三四'[int(value[-1]) - 1]}季度"
    if field.unit == "share":
        return f"{value * 100:.10g}%"
    if field.kind == "flag":
        return "是" if value else "否"
    if field.kind == "time":
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value) if field.kind == "date" else value


def write(frame: pd.DataFrame, subject: Subject, folder: Path) -> Path:
    """Write a frame under the headers of its template: workbooks and CSV in turn."""
    fields = load_subject(KINDS[subject].contract).fields
    if "geometry" in frame:
        frame = frame.assign(lon=frame.geometry.x, lat=frame.geometry.y)
    rows = [[cell(field, record[field.name]) for field in fields] for record in frame.to_dict("records")]
    headers = [header_of(field) for field in fields]
    path = folder / f"{subject}.{'csv' if list(KINDS).index(subject) % 2 else 'xlsx'}"
    if path.suffix == ".csv":
        with path.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows([headers, *rows])
        return path
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (headers, *rows):
        sheet.append(row)
    book.save(path)
    return path


def everything(session: Session) -> dict[str, list[Any]]:
    """Return what evidence and scores say, without the numbers that the database gives rows."""
    found: dict[str, list[Any]] = {}
    for model in (*(kind.model for kind in KINDS.values()), ServiceScore):
        table = model.__table__
        columns = []
        for column in table.columns:
            if column.name in PARENTS:
                parent = PARENTS[column.name]
                columns.append(select(parent.source_key).where(parent.id == column).scalar_subquery())
            elif column.name not in ("id", "source", "name_encrypted"):
                columns.append(func.ST_AsText(column) if column.name == "point" else cast(column, Text))
        found[table.name] = sorted(session.execute(select(*columns)).all(), key=repr)
    return found


def test_evidence_written_as_files_comes_back_the_same_with_the_same_scores(
    loaded: Engine, made: SampleCity, city: City, tmp_path: Path
) -> None:
    limits = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)
    means = Means(city, CIPHER, limits, tmp_path / "rejects")
    with loaded.connect() as connection, connection.begin() as whole:
        session = Session(connection, join_transaction_mode="create_savepoint")
        before = everything(session)
        for model in (ServiceScore, *(kind.model for kind in reversed(KINDS.values()))):
            session.execute(delete(model))
        session.commit()
        for subject in KINDS:
            path = write(getattr(made, subject), subject, tmp_path)
            datum = Datum.WGS84 if subject is Subject.GATES else None
            wanted = FileImport(subject=subject, path=path, datum=datum)
            outcome, _ = import_file(session, wanted, means)
            assert outcome.counts["new"] == len(getattr(made, subject)), (subject, outcome.remarks[:3])
        scoring.write(session, scoring.compute(session, city.zone))
        session.flush()
        after = everything(session)
        assert {name: len(rows) for name, rows in after.items()} == {
            name: len(rows) for name, rows in before.items()
        }
        for name, rows in before.items():
            assert after[name] == rows, name
        session.close()
        whole.rollback()
