"""What the tests of `geo` share: a writer of small road files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import osmium
import pytest

PbfWriter = Callable[..., Path]


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
