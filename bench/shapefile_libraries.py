"""Shapefile and .dbf read by hand, as the portal does, beside pyshp in an adapter that hands over the same.

    python -m pip install pyshp
    python -m bench.shapefile_libraries [--rounds 5]

Each reading runs in a process of its own, the two in turn. Seconds of CPU time, medians; the most memory; and
what came of it. The last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import resource
import struct
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import shapely

from portal.readers.formats import dbf, shapefile
from portal.readers.rows.shapes import UNUSABLE

CPU_SECONDS, MEMORY_BYTES = 20, 3 << 30
HEAD = struct.pack(">i20xi", 9994, 50) + struct.pack("<ii64x", 1000, 5)
POLYGON = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    figures = []
    for case in CASES:
        runs: dict[str, list[Any]] = {"hand": [], "pyshp": []}
        for _ in range(options.rounds):
            for reader, found in runs.items():
                found.append(run(case, reader))
        for reader, found in runs.items():
            seconds = round(median(one[0] for one in found), 2)
            figures.append(
                {"case": case, "reader": reader, "s": seconds, "mb": found[0][1], "is": found[0][2]}
            )
            print(f"{case:32} {reader:6} {seconds:6.2f} s {found[0][1]:5} MB  {found[0][2]}")
    print(json.dumps(figures, ensure_ascii=False))


def run(case: str, reader: str) -> tuple[float, int, str]:
    """Return seconds, megabytes and the answer of one reading in a limited process."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=read, args=(case, reader, theirs))
    process.start()
    theirs.close()
    try:
        answer: tuple[float, int, str] = mine.recv()
    except EOFError:
        answer = (float(CPU_SECONDS), 0, "stopped")
    process.join()
    return answer


def read(case: str, reader: str, answer: Any) -> None:
    """Read one file and tell; runs in the limited process."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    kind, make = CASES[case]
    data = make()
    begun = time.process_time()
    try:
        found = READERS[kind, reader](data)
        said = f"{len(found)} rows" if len(found) > 3 else str(found)[:60]
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:60]
    used = time.process_time() - begun
    answer.send((used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, said))


# ---- files -------------------------------------------------------------------------------------------


def shp(*records: bytes) -> bytes:
    """Return a .shp file of these records."""
    return HEAD + b"".join(struct.pack(">ii", 1, len(record) // 2) + record for record in records)


def circle(points: int) -> bytes:
    """Return the record of a polygon of one ring."""
    angles = np.linspace(0, 2 * np.pi, points)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    ring[-1] = ring[0]
    return struct.pack("<i4diii", POLYGON, -1, -1, 1, 1, 1, points, 0) + ring.tobytes()


def table(fields: list[tuple[bytes, bytes, int, int]], records: bytes, count: int) -> bytes:
    """Return a .dbf file."""
    width = 1 + sum(length for _, _, length, _ in fields)
    head = struct.pack("<B3xIHH20x", 3, count, 33 + 32 * len(fields), width)
    described = b"".join(struct.pack("<11sc4xBB14x", *field) for field in fields)
    return head + described + b"\r" + records


CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "20,000 outlines of 40 points": ("shp", lambda: shp(*[circle(40)] * 20_000)),
    "one outline of 3,000,000 points": ("shp", lambda: shp(circle(3_000_000))),
    "a record of negative length": ("shp", lambda: HEAD + struct.pack(">ii", 1, -4) + bytes(50)),
    "1,000,000 rows": ("dbf", lambda: table([(b"A", b"C", 1, 0)], b" x" * 1_000_000, 1_000_000)),
    "12.7 where none has decimals": ("dbf", lambda: table([(b"A", b"N", 5, 0)], b"  12.7", 1)),
    "12abc as a number": ("dbf", lambda: table([(b"A", b"N", 5, 0)], b" 12abc", 1)),
    "a mark that is no blank": ("dbf", lambda: table([(b"A", b"C", 1, 0)], b"\0x", 1)),
    "a field of another type": ("dbf", lambda: table([(b"A", b"C", 1, 0), (b"B", b"I", 1, 0)], b" xy", 1)),
}


# ---- readers -----------------------------------------------------------------------------------------


def shp_by_hand(data: bytes) -> list[Any]:
    """Return the shapes."""
    return list(shapefile.iterate_shapes(data))


def shp_by_pyshp(data: bytes) -> list[Any]:
    """Return the shapes; GEOS makes them of pyshp's points."""
    import shapefile as pyshp

    found = []
    for shape in pyshp.ShpReader(io.BytesIO(data)).iterShapes():
        points, starts = np.array(shape.points), list(shape.parts)
        rings = np.split(points, starts[1:])
        found.append(shapely.Polygon(rings[0], rings[1:]) if shape.shapeType == POLYGON else UNUSABLE)
    return found


def dbf_by_hand(data: bytes) -> list[Any]:
    """Return the rows."""
    return dbf.read_dbf(data).rows


def dbf_by_pyshp(data: bytes) -> list[Any]:
    """Return the rows, as pyshp reads them."""
    import shapefile as pyshp

    reader = pyshp.DbfReader(io.BytesIO(data), encoding="utf-8", encodingErrors="ignore")
    return list(reader.iterRecords(deleted_as_None=True))


READERS: dict[tuple[str, str], Callable[[bytes], list[Any]]] = {
    ("shp", "hand"): shp_by_hand,
    ("shp", "pyshp"): shp_by_pyshp,
    ("dbf", "hand"): dbf_by_hand,
    ("dbf", "pyshp"): dbf_by_pyshp,
}

if __name__ == "__main__":
    main()
