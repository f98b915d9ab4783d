"""Policy in force and data versions."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.actions.transaction import touch
from portal.errors import Unavailable
from portal.store import system
from portal.terms import Subject


def test_without_policy_the_portal_is_not_ready(session: Session) -> None:
    with pytest.raises(Unavailable, match="城市政策"):
        system.current_policy(session)


def test_tag_changes_with_its_own_subjects_only(session: Session) -> None:
    watched = [Subject.STREETS, Subject.SCORES]
    before = system.version_tag(session, watched)
    touch(session, [Subject.COMPLAINTS])
    assert system.version_tag(session, watched) == before
    touch(session, [Subject.SCORES])
    assert system.version_tag(session, watched) != before


def test_database_answers(session: Session) -> None:
    assert system.is_reachable(session)
