"""No code stands on a card: each has its words, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from portal.models import Community
from portal.terms import HistoryKind, PlaceHow, RectificationState, Role, Severity
from portal.views.communities import card_words
from tests.conftest import LogIn
from tests.portal.small_city import SmallCity
from tests.portal.views.pages import read


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (card_words.HOWS, PlaceHow),
        (card_words.EVENTS, HistoryKind),
        (card_words.DATUMS, Datum),
        (card_words.SEVERITIES, Severity),
        (card_words.STATES, RectificationState),
    ],
)
def test_every_code_has_its_words(words: dict[Any, str], codes: Any) -> None:
    assert set(words) == set(codes)


@pytest.mark.parametrize("how", list(PlaceHow))
def test_the_card_says_in_words_how_the_street_was_found(
    log_in: LogIn, seeded: Session, town: SmallCity, how: PlaceHow
) -> None:
    community = seeded.get_one(Community, town.communities["安华苑"])
    community.street_how = how
    seeded.commit()
    leader = log_in(Role.LEADER)
    said = fact(leader, community.id, "所属街道")
    assert said.startswith(card_words.HOWS[how])
    leader.post("/language", data={"language": "en"})
    said = fact(leader, community.id, "Street assigned")
    assert said != how.value
    assert "_" not in said


def fact(browser: FlaskClient, community_id: int, label: str) -> str:
    page = read(browser, f"/communities/{community_id}")
    term = next(term for term in page.select("dl.facts dt") if term.get_text(strip=True) == label)
    told = term.find_next_sibling("dd")
    assert told is not None
    return told.get_text(" ", strip=True)
