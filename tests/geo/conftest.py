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
    """Return a writer of small road files.

    Nodes are id → (lon, lat), or with tags; ways (id, node ids, tags); restrictions (id, members,
    tags) with members (type, id, role).
    """

    def write(
        nodes: Mapping[int, tuple[float, float] | tuple[float, float, Mapping[str, str]]],
        ways: Sequence[tuple[int, Sequence[int], Mapping[str, Any]]],
        name: str = "roads.osm.pbf",
        restrictions: Sequence[tuple[int, Sequence[tuple[str, int, str]], Mapping[str, str]]] = (),
    ) -> Path:
        path = tmp_path / name
        with osmium.SimpleWriter(str(path)) as writer:
            for node_id, (lon, lat, *tags) in nodes.items():
                node_tags = dict(tags[0]) if tags else {}
                writer.add_node(osmium.osm.mutable.Node(id=node_id, location=(lon, lat), tags=node_tags))
            for way_id, refs, way_tags in ways:
                writer.add_way(osmium.osm.mutable.Way(id=way_id, nodes=list(refs), tags=dict(way_tags)))
            for number, members, rule in restrictions:
                made = osmium.osm.mutable.Relation(id=number, members=list(members), tags=dict(rule))
                writer.add_relation(made)
        return path

    return write
