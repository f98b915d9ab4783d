"""Vector tiles read by GDAL: somebody else's reader says whether ours can be read."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import geopandas as gpd
import pyogrio


def read_tile(tile: bytes) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a tile by name; ``mvt_id`` is the feature's id, coordinates the tile's own."""
    if not tile:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tile.mvt"
        path.write_bytes(tile)
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        return {name: pyogrio.read_dataframe(path, layer=name, CLIP="NO") for name in names}


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    """Return zoom, column and row of the tile that holds a place."""
    side = 2**z
    x = int((lon + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return z, x, y
