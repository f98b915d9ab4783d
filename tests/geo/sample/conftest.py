"""One sample city, and its plan on the ground, for all tests of the sample."""

from __future__ import annotations

import numpy as np
import pytest

from geo.policy.city import City
from geo.sample import SampleCity, make_sample
from geo.sample.ground import Ground, lay_ground


@pytest.fixture(scope="session")
def sample(city: City) -> SampleCity:
    """The sample city as shipped."""
    return make_sample(city)


@pytest.fixture(scope="session")
def ground() -> Ground:
    """A smaller city on another ground, in local metres."""
    return lay_ground(600, 30, 4, np.random.default_rng(11))
