from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from portal.actions.places.named_places import NAMES, find_names
from portal.store.places.known import Communities, Neighbourhoods, Streets

STREETS = Streets([(1, "西街", "南山区"), (2, "北街", "福田区")])
NEIGHBOURHOODS = Neighbourhoods([(5, 2, "南布")])
COMMUNITIES = Communities([(7, 1, "阳光花园", False), (8, 2, "阳光花园", False), (8, 2, "老阳光", True)])


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"street": "西街街道", "community": "阳光花园"}, (1, None, None, 7, "name")),
        ({"street": "北街", "community": "老阳光", "neighbourhood": "南布"}, (2, 5, None, 8, "alias")),
        ({"street": "西街", "address": "西街1号阳光花园3栋"}, (1, None, None, 7, "address")),
        ({"community": "阳光花园"}, (None, None, None, None, None)),
        ({"community": "阳光花园", "stays": 8}, (None, None, None, 8, "name")),
        ({"district": "南山区", "street": "北街"}, (None, None, 2, None, None)),
        ({"district": "南山区", "street": "北街", "ruling": "named"}, (2, None, 2, None, None)),
        ({"district": "南山区", "street": "北街", "ruling": "coordinate"}, (None, None, 2, None, None)),
        ({"district": "南山区", "street": "东街"}, (None, None, None, None, None)),
    ],
)
def test_names_tell_a_place(said: dict[str, Any], found: tuple[Any, ...]) -> None:
    row = dict.fromkeys((*NAMES, "address", "stays", "ruling")) | said
    records = pd.DataFrame([row, row], dtype=object)
    names = find_names(records, STREETS, NEIGHBOURHOODS, COMMUNITIES)
    columns = ["street_id", "neighbourhood_id", "elsewhere_id", "community_id", "how"]
    assert [tuple(values) for values in names[columns].to_numpy()] == [found, found]
