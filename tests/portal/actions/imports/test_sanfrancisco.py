"""Real 311 requests into an empty second city: no streets, no roads, a datum that has to be stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.transactions.import_run import Outcome
from portal.db import driver_url
from portal.errors import FileRefused
from portal.models import Complaint
from portal.terms import Subject
from tests.conftest import MakeDatabase

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def wanted(real_data: Path) -> FileImport:
    path = real_data / "sanfrancisco" / "sf_311_10000.csv"
    return FileImport(subject=Subject.COMPLAINTS, path=path, datum=Datum.WGS84)


@pytest.fixture(scope="module")
def city_session(make_database: MakeDatabase) -> Iterator[Session]:
    engine = create_engine(driver_url(make_database().portal_url))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def outcome(city_session: Session, wanted: FileImport, means: Means) -> Outcome:
    return import_file(city_session, wanted, means)[0]


def test_points_stay_and_null_island_stays_empty(city_session: Session, outcome: Outcome) -> None:
    assert (outcome.counts["new"], outcome.counts["rejected"]) == (10_000, 0)
    levels = select(Complaint.place_level, func.count()).group_by(Complaint.place_level)
    # Of 5,736 with a coordinate, those of whole blocks of addresses at one coordinate wait for a ruling.
    shared = outcome.counts["doubt_shared"]
    assert 100 < shared < 500
    assert dict(city_session.execute(levels).tuples().all()) == {
        "point": 5_736 - shared,
        "none": 4_264 + shared,
    }
    at_zero = select(func.count()).where(
        func.ST_DWithin(Complaint.point, func.ST_SetSRID(func.ST_MakePoint(0, 0), 4326), 1)
    )
    assert city_session.scalar(at_zero) == 0
    near = select(func.ST_Extent(Complaint.point))
    assert "BOX(-122." in str(city_session.scalar(near))


def test_newlines_inside_fields_survive(city_session: Session, outcome: Outcome, means: Means) -> None:
    tokens = city_session.scalars(select(Complaint.attributes_encrypted)).all()
    notes = [orjson.loads(means.cipher.decrypt(token or b"")).get("status_notes", "") for token in tokens]
    assert len(notes) == 10_000
    several = [note for note in notes if "\n" in note]
    assert len(several) == 139
    assert "DPH Environmental Health\n Consumer Protection Food Safety Program\n 415-252-3804" in several


def test_a_second_import_changes_nothing(
    city_session: Session, outcome: Outcome, wanted: FileImport, means: Means
) -> None:
    again, _ = import_file(city_session, wanted, means)
    assert (again.state, again.counts["unchanged"]) == ("unchanged", 10_000)


def test_without_roads_the_datum_must_be_stated(
    city_session: Session, wanted: FileImport, means: Means
) -> None:
    with pytest.raises(FileRefused, match="无法判断坐标基准"):
        import_file(city_session, replace(wanted, datum=None), means)
