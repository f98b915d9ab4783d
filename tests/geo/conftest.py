"""What the tests of `geo` share: version 1 of the policy, real data where it exists, small road files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import osmium
import pytest

from geo.city import City, parse_city_toml

ROOT = Path(__file__).parents[2]

PbfWriter = Callable[..., Path]


@pytest.fixture(scope="session")
def city() -> City:
    """Version 1 of the city's policy."""
    return parse_city_toml((ROOT / "data" / "city.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real city data beside the checkout; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real city data is not here")
    return folder


@pytest.fixture
def write_pbf(tmp_path: Path) -> PbfWriter:
    """Return a writer of small road files: nodes as id → (lon, lat), ways as (id, node ids, tags)."""

    def write(
        nodes: Mapping[int, tuple[float, float]],
        ways: Sequence[tuple[int, Sequence[int], Mapping[str, Any]]],
        name: str = "roads.osm.pbf",
    ) -> Path:
        path = tmp_path / name
        with osmium.SimpleWriter(str(path)) as writer:
            for node_id, lonlat in nodes.items():
                writer.add_node(osmium.osm.mutable.Node(id=node_id, location=lonlat))
            for way_id, refs, tags in ways:
                writer.add_way(osmium.osm.mutable.Way(id=way_id, nodes=list(refs), tags=dict(tags)))
        return path

    return write
