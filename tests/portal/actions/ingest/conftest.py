"""What the tests of imports share: the means, and a town of two streets small enough to reckon by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.city import City
from geo.frames import Contract
from portal.actions.ingest.files import Means
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits

LIMITS = ReadLimits(max_upload_mb=200, reader_memory_mb=2048, reader_cpu_seconds=120)


def frame_of(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return a frame that keeps ``contract``; ``geometry`` may be left out, like every other column."""
    columns = {column.name: [row.get(column.name) for row in rows] for column in contract.columns}
    frame = pd.DataFrame(columns, dtype=object)
    for column in contract.columns:
        if column.kind in ("number", "integer"):
            frame[column.name] = frame[column.name].astype(float)
        if column.kind == "time":
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True)
    if not contract.geometry_types:
        return frame
    return gpd.GeoDataFrame(frame, geometry=[row.get("geometry") for row in rows], crs=4326)


def box(west: float, south: float, size: float = 0.01) -> shapely.Polygon:
    """Return a square; sizes in degrees."""
    return shapely.box(west, south, west + size, south + size)


@pytest.fixture(scope="session")
def cipher() -> Cipher:
    return Cipher.from_secret("x" * 48)


@pytest.fixture(scope="session")
def means(city: City, cipher: Cipher, tmp_path_factory: pytest.TempPathFactory) -> Means:
    return Means(city, cipher, LIMITS, tmp_path_factory.mktemp("imports"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
