"""The sample city through the real loads: complete, scored, planted truth found again, once only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from geo.policy.city import City
from geo.sample import SampleCity, SampleSize, make_sample
from portal.actions import policy
from portal.actions.imports import sample
from portal.actions.scores import evidence_import as evidence
from portal.actions.scores.evidence_kinds import KINDS
from portal.config import ROOT
from portal.db import make_engine
from portal.errors import Conflict
from portal.models import (
    Community,
    CommunityIdentity,
    Complaint,
    Contract,
    Finding,
    Inspection,
    OwnersCommitteeMember,
    Rectification,
    ServiceScore,
    Street,
)
from portal.privacy import Cipher
from portal.terms import PlaceLevel
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
