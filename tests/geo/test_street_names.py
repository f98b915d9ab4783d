"""Streets found by name, in the spellings of real files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.street_names import (
    StreetNames,
    index_streets,
    match_street,
    normalise_district_name,
    normalise_street_name,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("坪山街道", "坪山"),
        ("坪山街道办", "坪山"),
        ("坪山街道办事处", "坪山"),
        ("坪山办事处", "坪山"),
        ("坪 山\u3000街道", "坪山"),
        ("华强北", "华强北"),
        ("南大街街道", "南大街"),
        ("街道口街道", "街道口"),
        ("城关镇", "城关镇"),
        ("新街道", "新街道"),  # stripping would leave one character
        ("-", ""),
        ("", ""),
        (None, ""),
        (np.nan, ""),
        (pd.NA, ""),
    ],
)
def test_street_names(text: object, name: str) -> None:
    assert normalise_street_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("福田区", "福田"),
        ("光明新区", "光明"),
        ("光明区", "光明"),
        ("光明", "光明"),
        ("大鹏新区", "大鹏"),
        ("深汕特别合作区", "深汕"),
        ("昆山市", "昆山"),
        ("郊区", "郊区"),
        (None, ""),
    ],
)
def test_district_names(text: object, name: str) -> None:
    assert normalise_district_name(text) == name


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_street_name(text)
    assert normalise_street_name(once) in (once, normalise_street_name(once))
    assert not any(character.isspace() for character in once)


@pytest.fixture(scope="module")
def index() -> StreetNames:
    """新安 exists in two districts; the district of 塘头 is not known."""
    return index_streets(
        pd.DataFrame(
            {
                "source_key": [1, 2, 3, 4],
                "name": ["新安街道", "新安", "福永", "塘头"],
                "district": ["宝安区", "龙岗", "宝安区", None],
            }
        )
    )


@pytest.mark.parametrize(
    ("name", "district", "key"),
    [
        ("新安", "宝安", "1"),
        ("新安街道办事处", "龙岗区", "2"),
        ("新安", None, None),  # which of the two?
        ("新安", "-", None),
        ("新安", "福田", None),
        ("福永街道", None, "3"),
        ("福永", "宝安新区", "3"),
        ("福永", "龙岗", None),
        ("塘头", "南山", "4"),
        ("前海", "前海", None),
        ("-", "宝安", None),
        (None, None, None),
    ],
)
def test_matching(index: StreetNames, name: object, district: object, key: str | None) -> None:
    assert match_street(name, district, index) == key


@pytest.fixture(scope="module")
def shenzhen(real_data: Path) -> StreetNames:
    streets = gpd.read_file(real_data / "shenzhen/streets_gcj02.geojson")
    return index_streets(streets.rename(columns={"ID": "source_key", "NAME": "name", "DISTRICT": "district"}))


@pytest.mark.realdata
def test_the_official_list_matches_but_for_one_row(real_data: Path, shenzhen: StreetNames) -> None:
    rows = pd.read_csv(real_data / "shenzhen/communities_official_2021.csv", dtype=str)
    found = [match_street(*row, shenzhen) for row in zip(rows["street"], rows["district"], strict=True)]
    lost = rows[[key is None for key in found]]
    assert len(rows) == 3595 and len(lost) == 1
    assert lost.iloc[0]["street"] == "前海"


@pytest.mark.realdata
def test_the_hotline_matches_but_for_ten_rows(real_data: Path, shenzhen: StreetNames) -> None:
    rows = pd.read_csv(real_data / "shenzhen/hotline_pingshan_2018.csv", encoding="utf-8-sig", dtype=str)
    pairs = zip(rows["STREET_NAME"], rows["DISTRICT_NAME"], strict=True)
    found = [match_street(*pair, shenzhen) for pair in pairs]
    assert len(found) - found.count(None) == 9990
