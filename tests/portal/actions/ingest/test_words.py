from __future__ import annotations

from portal.actions.ingest.common import Severity
from portal.actions.ingest.words import COUNTS, HOWS, LEVELS, SEVERITIES, count_words
from portal.terms import PlaceHow, PlaceLevel


def test_every_term_has_its_word() -> None:
    assert set(LEVELS) == set(PlaceLevel)
    assert set(HOWS) == set(PlaceHow)
    assert set(SEVERITIES) == set(Severity)


def test_a_count_of_places_is_two_words() -> None:
    assert count_words("community_by_alias") == ("小区", "按小区别名")
    assert count_words("linked_by_name_and_street") == (COUNTS["linked_by_name_and_street"],)
    assert count_words("something_else") == ()
