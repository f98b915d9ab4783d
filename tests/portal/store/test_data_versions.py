"""Versions of the data, and what they make outdated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import DataVersion
from portal.store import data_versions
from portal.terms import Subject


def test_tag_changes_with_its_own_subjects_only(session: Session) -> None:
    watched = [Subject.STREETS, Subject.SCORES]
    before = data_versions.version_tag(session, watched)
    touch(session, [Subject.COMPLAINTS])
    assert data_versions.version_tag(session, watched) == before
    touch(session, [Subject.SCORES])
    assert data_versions.version_tag(session, watched) != before


def test_tag_of_a_restored_database_differs_although_it_counts_alike(session: Session) -> None:
    touch(session, [Subject.SCORES])
    before = data_versions.version_tag(session, [Subject.SCORES])
    session.execute(update(DataVersion).values(changed_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert data_versions.current(session) == {"scores": 1}
    assert data_versions.version_tag(session, [Subject.SCORES]) != before


@pytest.mark.parametrize("subject", Subject)
def test_scores_are_outdated_by_what_they_are_made_of(session: Session, subject: Subject) -> None:
    assert data_versions.scores_outdated(session) == ""
    touch(session, [Subject.SCORES])
    session.execute(update(DataVersion).values(changed_at=datetime(2025, 3, 1, 12, tzinfo=UTC)))
    touch(session, [subject])
    made_of = {Subject.COMMUNITIES, Subject.COMPLAINTS, Subject.EVIDENCE, Subject.POLICY}
    assert data_versions.scores_outdated(session) == ("2025-03-01" if subject in made_of else "")
