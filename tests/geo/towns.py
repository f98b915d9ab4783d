"""Small towns for tests: roads between nodes given in metres east and north of one corner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import shapely
from pyproj import Geod

from geo.roads.engine import RoadNetwork
from geo.roads.graph import build_graph
from geo.roads.network import Place
from geo.routes.plans import Stop

CORNER = (121.47, 31.23)
METRIC_EPSG = 32651  # the corner's own UTM zone
GEOD = Geod(ellps="WGS84")

# (from node, to node) or with name, direction and km/h; 36 km/h are 10 m/s
Road = (
    tuple[int, int]
    | tuple[int, int, str | None]
    | tuple[int, int, str | None, str]
    | tuple[int, int, str | None, str, float]
)


def lonlat(east_m: float, north_m: float) -> tuple[float, float]:
    """Return the position that far from the corner."""
    lon, lat, _ = GEOD.fwd(*CORNER, 0, north_m)
    lon, lat, _ = GEOD.fwd(lon, lat, 90, east_m)
    return lon, lat


def place(key: str, east_m: float, north_m: float) -> Place:
    """Return a place called after its key."""
    return Place(key, f"小区{key}", *lonlat(east_m, north_m))


def town(nodes: Mapping[int, tuple[float, float]], roads: Sequence[Road]) -> gpd.GeoDataFrame:
    """Return a frame of roads, each a straight line between two nodes, two-way at 36 km/h unless said."""
    full = [(*road, *(None, "both", 36.0)[len(road) - 2 :]) for road in roads]
    return gpd.GeoDataFrame(
        {
            "source_key": [f"{index}-1" for index in range(len(full))],
            "way_id": list(range(len(full))),
            "from_node": [road[0] for road in full],
            "to_node": [road[1] for road in full],
            "name": [road[2] for road in full],
            "highway": ["residential"] * len(full),
            "oneway": [road[3] for road in full],
            "speed_kmh": [road[4] for road in full],
            "access": ["open"] * len(full),
            "may_stop": [True] * len(full),
            "from_barred": [False] * len(full),
            "to_barred": [False] * len(full),
            "turns": [None] * len(full),
        },
        geometry=[shapely.LineString([lonlat(*nodes[road[0]]), lonlat(*nodes[road[1]])]) for road in full],
        crs=4326,
    )


def line_town(length_m: float, oneway: str = "both") -> RoadNetwork:
    """Return the network of one road from west to east, driven at 36 km/h."""
    roads = town({1: (0.0, 0.0), 2: (length_m, 0.0)}, [(1, 2, "长街", oneway)])
    return RoadNetwork(build_graph(roads), snap_limit_m=300, metric_epsg=METRIC_EPSG)


def stop_at(key: str, east_m: float, north_m: float = 0.0, *, visit_minutes: int = 30) -> Stop:
    """Return a stop called after its key."""
    return Stop(key, f"小区{key}", *lonlat(east_m, north_m), visit_minutes=visit_minutes)
