"""Where complaints are dense: a smoothed surface, cut into classes. Density is no significance."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from geo.datums.crs import WGS84_EPSG
from geo.policy.complaints import DensityPolicy

Floats = NDArray[np.float64]

REACH = 4.0  # bandwidths after which the kernel is taken as 0
REFINED = 4  # the surface is drawn on cells this many times finer than it is computed on
KM2 = 1e6


def estimate_density(points: Floats, policy: DensityPolicy, epsg: int) -> gpd.GeoDataFrame:
    """Return the density of ``points`` as areas, one row a class.

    Parameters
    ----------
    points
        (n, 3): x and y in metres of ``epsg``, and a weight (number of complaints there).
    policy
        Cell and bandwidth in metres, number of classes.
    epsg
        A CRS in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        ``class`` (1 is the lowest), ``low`` and ``high`` (density per km²), ``geometry``
        (MultiPolygon, EPSG:4326). Classes are quantiles of the cells that count: those where the
        density is at least what a single point makes at its own place. Without any no row.

    Notes
    -----
    Gaussian kernel of standard deviation ``bandwidth_m``, by linear binning and a separable
    filter of variance h² − dx²/6, since binning itself spreads a point by the variance dx²/6
    (Wand 1994, "Fast computation of multivariate kernel estimators").
    """
    columns = ["class", "low", "high"]
    nothing = gpd.GeoDataFrame(columns=columns, geometry=[], crs=WGS84_EPSG)
    weighted = points[points[:, 2] > 0]
    if not len(weighted):
        return nothing
    origin, surface = _surface(weighted, policy)
    bounds = _limits(surface, policy)
    if len(bounds) < 2:
        return nothing
    sides = np.array(surface.shape)
    fine = ndimage.zoom(surface, ((sides - 1) * REFINED + 1) / sides, order=1)
    classes = np.searchsorted(bounds[:-1], fine, side="right")
    shapes = _areas(classes, origin, policy.cell_m / REFINED, policy.cell_m / 2)
    rows = [(number, bounds[number - 1], bounds[number]) for number in shapes]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry=list(shapes.values()), crs=epsg)
    return frame.to_crs(WGS84_EPSG)


def _surface(points: Floats, policy: DensityPolicy) -> tuple[Floats, Floats]:
    """Return the corner (x, y) of a grid of nodes and the density per km² at them, indexed [y, x]."""
    cell, margin = policy.cell_m, REACH * policy.bandwidth_m
    # Nodes lie at multiples of the cell: the same place has the same node whatever the data.
    low = np.floor((points[:, :2].min(axis=0) - margin) / cell)
    shape = (np.ceil((points[:, :2].max(axis=0) + margin) / cell) - low + 1).astype(int)
    at = points[:, :2] / cell - low
    node = np.floor(at).astype(int)
    share = at - node
    counts = np.zeros(shape[0] * shape[1])
    for right in (0, 1):
        for up in (0, 1):
            part = np.abs(1 - right - share[:, 0]) * np.abs(1 - up - share[:, 1])
            index = (node[:, 1] + up) * shape[0] + node[:, 0] + right
            counts += np.bincount(index, part * points[:, 2], minlength=counts.size)
    sigma = math.sqrt(policy.bandwidth_m**2 - cell**2 / 6) / cell
    smooth = ndimage.gaussian_filter(
        counts.reshape(shape[1], shape[0]), sigma, mode="constant", truncate=REACH
    )
    return low * cell, smooth * (KM2 / cell**2)


def _limits(surface: Floats, policy: DensityPolicy) -> Floats:
    """Return the limits of the classes, the first being what one point makes at its own place.

    Nothing where no cell reaches it.
    """
    least = KM2 / (2 * math.pi * policy.bandwidth_m**2)
    counting = surface[surface >= least]
    if not counting.size:
        return counting
    limits = np.quantile(counting, np.linspace(0, 1, policy.classes + 1))
    limits[0] = least
    return np.unique(limits)


def _areas(
    classes: NDArray[np.int64], origin: Floats, side_m: float, tolerance_m: float
) -> dict[int, shapely.MultiPolygon]:
    """Return the area of each class above 0, given the class of each node, [y, x].

    The borders between cells of different classes are joined to faces; staircases are
    straightened together, so that neighbours keep a common border.
    """
    framed = np.pad(classes, 1)
    # Framed cells reach half a cell around their node.
    lines: NDArray[np.object_] = np.asarray(shapely.linestrings(_borders(framed) - 1.5))
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    column, row = np.floor(inside + 1.5).astype(int).T
    number = framed[row, column]
    placed = shapely.transform(faces[number > 0], lambda at: at * side_m + origin)
    kept = number[number > 0]
    straight = shapely.coverage_simplify(placed, tolerance_m)
    return {int(k): shapely.multipolygons(straight[kept == k]) for k in np.unique(kept)}


def _borders(framed: NDArray[np.int64]) -> Floats:
    """Return the (n, 2, 2) unit edges between cells of different classes, in columns and rows."""
    row, column = np.nonzero(framed[:, 1:] != framed[:, :-1])
    upright = np.stack([np.stack([column + 1, row], 1), np.stack([column + 1, row + 1], 1)], 1)
    row, column = np.nonzero(framed[1:] != framed[:-1])
    level = np.stack([np.stack([column, row + 1], 1), np.stack([column + 1, row + 1], 1)], 1)
    return np.concatenate([upright, level]).astype(np.float64)
