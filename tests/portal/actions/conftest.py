"""What tests of actions share: means of an import, and a town of two streets, small enough to reckon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import STREETS, Contract
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.imports.files import Means
from portal.actions.places import street_import as streets
from portal.models import Street, UserAccount
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.terms import Role

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
def town(session: Session, city: City, cipher: Cipher) -> dict[str, int]:
    """Two streets side by side, 西街 from 114.00 and 东街 from 114.02, 0.02 degrees each; their ids."""
    rows = [
        {"source_key": "w", "name": "西街街道", "district": "南山区", "geometry": box(114.00, 22.50, 0.02)},
        {"source_key": "e", "name": "东街街道", "district": "南山区", "geometry": box(114.02, 22.50, 0.02)},
    ]
    streets.load(session, frame_of(STREETS, rows), city=city, cipher=cipher)
    return dict(session.execute(select(Street.name, Street.id)).tuples().all())


@pytest.fixture
def clerk(session: Session) -> Viewer:
    """A clerk with an account."""
    account = UserAccount(
        username="clerk-of-the-town",
        display_name="业务员",
        role=Role.CLERK,
        password_hash="-",
        session_key="-",
    )
    session.add(account)
    session.commit()  # a change that fails takes nothing of it back
    return Viewer(account.id, account.username, Role.CLERK)
