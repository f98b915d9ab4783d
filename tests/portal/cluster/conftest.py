import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.cluster import Place, stop


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that the account running PostgreSQL may enter, as pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="atlas-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def place(open_folder: Path) -> Iterator[Place]:
    """A cluster of its own, stopped afterwards."""
    place = Place(open_folder / "instance", "cluster")
    yield place
    stop(place)
