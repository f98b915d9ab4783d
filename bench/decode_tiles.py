"""The tiles of the sample city for `bench/decode_tiles.mjs`, which says the rest.

python -m bench.decode_tiles [--rounds 60]
"""

from __future__ import annotations

import argparse
import subprocess
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.map_page import loaded_city
from portal.config import ROOT
from portal.db import make_engine
from portal.models import Community
from portal.scope import Scope, quarter_of
from portal.store.maps import basemap, tiles
from portal.store.scores import periods

ZOOMS = (7, 8, 9, 10, 11, 12, 13)


def main() -> None:
    """Make the tiles and call node."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        with loaded_city(place) as url, Session(make_engine(url)) as session:
            write_tiles(session, place)
        command = ["node", "bench/decode_tiles.mjs", folder, str(options.rounds)]
        subprocess.run(command, cwd=ROOT, check=True)


def write_tiles(session: Session, folder: Path) -> None:
    """Write every tile of communities and of the base map that holds one, as ``NAME-Z-X-Y.mvt``."""
    places = session.execute(
        select(func.ST_X(Community.location_3857), func.ST_Y(Community.location_3857)).where(
            Community.location_3857.is_not(None)
        )
    ).all()
    scope = Scope(periods.newest(session, quarter_of(date.today()), "Asia/Shanghai"))
    for z in ZOOMS:
        side = 2**z
        for x, y in sorted(
            {(int((e / tiles.WORLD + 0.5) * side), int((0.5 - n / tiles.WORLD) * side)) for e, n in places}
        ):
            (folder / f"communities-{z}-{x}-{y}.mvt").write_bytes(
                tiles.communities(session, scope, None, z, x, y)
            )
            (folder / f"base-{z}-{x}-{y}.mvt").write_bytes(basemap.tile(session, z, x, y, with_roads=True))


if __name__ == "__main__":
    main()
