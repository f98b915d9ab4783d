"""The sample as a whole: contracts kept, and the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import FrameError
from geo.frames import CONTRACTS_BY_SUBJECT, EVIDENCE_BY_SUBJECT, FIRMS, check
from geo.policy.city import City
from geo.sample import SampleCity, SampleSize, make_sample

ROOT = Path(__file__).parents[3]
SMALL = SampleSize(districts=3, streets=12, communities=240, firms=40, complaints=3_000)
IN_A_CHILD = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from geo.policy.city import parse_city_toml
from test_assembly import SMALL, digest, make_sample
city = parse_city_toml(Path({root!r}, "data", "city.toml").read_text("utf-8"))
print(digest(make_sample(city, seed=5, size=SMALL), Path({folder!r})))
"""


def digest(sample: SampleCity, folder: Path) -> str:
    """Return a hash of every frame, of the truth and of the road file."""
    total = hashlib.sha256()
    frames = [value for value in vars(sample).values() if isinstance(value, pd.DataFrame)]
    truth = [value for value in vars(sample.truth).values() if isinstance(value, pd.DataFrame)]
    for frame in frames + truth:
        plain = frame.to_wkb() if hasattr(frame, "to_wkb") else frame
        total.update(plain.to_csv().encode())
    path = folder / "roads.osm.pbf"
    sample.write_roads(path)
    total.update(path.read_bytes())
    return total.hexdigest()


def test_same_seed_gives_the_same_bytes_in_another_process(city: City, tmp_path: Path) -> None:
    """A child with another hash seed makes the same city, so no order depends on hashing."""
    code = IN_A_CHILD.format(root=str(ROOT), tests=str(Path(__file__).parent), folder=str(tmp_path))
    child = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.strip() == digest(make_sample(city, seed=5, size=SMALL), tmp_path)


def test_another_seed_gives_another_city(city: City, sample: SampleCity) -> None:
    other = make_sample(city, seed=6, size=SMALL)
    assert not other.streets.geometry.iloc[0].equals(sample.streets.geometry.iloc[0])
    assert len(other.communities) == 240
    assert len(other.streets) == 12
    assert len(other.complaints) == 3_000


def test_every_frame_keeps_its_contract(sample: SampleCity) -> None:
    for subject, contract in {**CONTRACTS_BY_SUBJECT, **EVIDENCE_BY_SUBJECT}.items():
        if subject != "roads":
            check(getattr(sample, subject), contract)
    with pytest.raises(FrameError):
        check(sample.firms.drop(columns="name"), FIRMS)


def test_the_last_day_can_be_chosen(city: City) -> None:
    sample = make_sample(city, as_of=date(2026, 2, 14), size=SMALL)
    received = sample.complaints["received_at"]
    assert received.max().date() <= date(2026, 2, 14)
    assert received.min().date() >= date(2024, 2, 15)
    assert sorted(sample.surveys["period"].unique())[-1] == "2026-Q1"
    assert sample.meetings["held_on"].max() <= date(2026, 2, 14)


def test_keys_refer_to_rows_that_exist(sample: SampleCity) -> None:
    communities = set(sample.communities["source_key"])
    for name in ("gates", "meetings", "surveys", "street_evaluations", "inspections", "owners_committees"):
        assert set(getattr(sample, name)["community"]) <= communities
    assert set(sample.contracts["community"]) <= communities
    assert set(sample.truth.hotspots["community"]) <= communities
    streets = set(sample.streets["name"])
    assert set(sample.complaints["street"].dropna()) <= streets
    assert set(sample.neighbourhoods["street"]) == streets
