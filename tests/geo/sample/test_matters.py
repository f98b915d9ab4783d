"""Words of complaints: the policy's categories, and nothing of theirs in other matters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import PolicyError
from geo.policy.city import City
from geo.sample.matters import (
    OTHER_MATTERS,
    draw_other_matters,
    draw_property_matters,
    phrase_categories,
    words_of,
)


def test_every_category_has_words_that_map_onto_it(city: City) -> None:
    phrases = phrase_categories(city)
    assert list(phrases) == [category.code for category in city.complaints.categories]
    for code, texts in phrases.items():
        for text in texts:
            for words in (text, words_of(text)):
                found = city.complaints.category_of(words)
                assert found is not None
                assert found.code == code


def test_a_category_behind_another_with_the_same_words_is_refused(city: City) -> None:
    double = replace(city.complaints.categories[0], code="double")
    with pytest.raises(PolicyError, match="double"):
        phrase_categories(
            replace(
                city, complaints=replace(city.complaints, categories=(*city.complaints.categories, double))
            )
        )


def test_no_other_matter_is_a_property_matter(city: City) -> None:
    assert all(city.complaints.category_of(" ".join(matter[:3])) is None for matter in OTHER_MATTERS)
    assert draw_other_matters(50, city, np.random.default_rng(0)).shape == (50, 4)


def test_categories_have_seasons_and_leaders(city: City) -> None:
    rng = np.random.default_rng(0)

    def share(code: str, month: int, leading: str | None = None) -> float:
        months = np.full(4_000, month)
        texts = draw_property_matters(months, np.full(4_000, leading, dtype=object), city, rng)
        own = set(phrase_categories(city)[code])
        return float(np.mean([text in own for text in texts]))

    assert share("repair", 5) > 1.3 * share("repair", 11)
    assert share("lift", 0, leading="lift") > 0.45
