"""Reading a user's file in the limited child, beside reading it unguarded with pandas or GeoPandas.

    python -m bench.reading_files [--rows 100000] [--outlines 3000] [--rounds 3]

Complaints as CSV in UTF-8 and GB18030 and, a tenth of them, as xlsx; outlines of
communities as GeoJSON, GeoPackage and zipped Shapefile. Seconds are CPU time of
parent and child together, best of the rounds, start of the child included. The
unguarded readers check nothing, type nothing and name no row. The last line is
the same as JSON, with the largest memory that a child took.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.frames import COMMUNITIES, COMPLAINTS, Contract
from portal.readers.limits import ReadLimits
from portal.readers.table import read_table

LIMITS = ReadLimits(max_upload_mb=500, reader_memory_mb=4096, reader_cpu_seconds=300)
SEED = 20250331


@dataclass(frozen=True)
class File:
    """A file to read, as what, and how one would read it without a guard."""

    name: str
    path: Path
    contract: Contract
    unguarded: Callable[[Path], pd.DataFrame]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--outlines", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with TemporaryDirectory() as folder:
        files = make_files(Path(folder), options.rows, options.outlines)
        report([measure(file, options.rounds) for file in files])


def make_files(folder: Path, rows: int, outlines: int) -> list[File]:
    """Write one file of each kind."""
    table, layer = draw_complaints(rows), draw_outlines(outlines)
    paths = {name: folder / f"made.{name}" for name in ("csv", "gbk", "xlsx", "geojson", "gpkg", "zip")}
    table.to_csv(paths["csv"], index=False)
    table.to_csv(paths["gbk"], index=False, encoding="gb18030")
    table.head(rows // 10).to_excel(paths["xlsx"], index=False)
    layer.to_file(paths["geojson"], driver="GeoJSON")
    layer.to_file(paths["gpkg"], driver="GPKG")
    layer.to_file(folder / "made.shp", encoding="UTF-8")
    with zipfile.ZipFile(paths["zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.glob("made.[sdpc][hbrp]*"):
            archive.write(part, part.name)
    return [
        File(f"CSV, UTF-8, {rows:,} rows", paths["csv"], COMPLAINTS, pd.read_csv),
        File(f"CSV, GB18030, {rows:,} rows", paths["gbk"], COMPLAINTS, read_gb18030),
        File(f"xlsx, {rows // 10:,} rows", paths["xlsx"], COMPLAINTS, pd.read_excel),
        File(f"GeoJSON, {outlines:,} outlines", paths["geojson"], COMMUNITIES, gpd.read_file),
        File(f"GeoPackage, {outlines:,} outlines", paths["gpkg"], COMMUNITIES, gpd.read_file),
        File(f"Shapefile, {outlines:,} outlines", paths["zip"], COMMUNITIES, gpd.read_file),
    ]


def read_gb18030(path: Path) -> pd.DataFrame:
    """Read as one who knows the encoding."""
    return pd.read_csv(path, encoding="gb18030")


def draw_complaints(rows: int) -> pd.DataFrame:
    """Return complaints as a hotline exports them, 12 columns."""
    random = np.random.default_rng(SEED)
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 63_000_000, rows), unit="s")

    def some(word: str, kinds: int) -> list[str]:
        return [f"{word}{number}" for number in random.integers(0, kinds, rows)]

    return pd.DataFrame(
        {
            "工单编号": np.arange(rows),
            "受理时间": moments.strftime("%Y-%m-%d %H:%M:%S"),
            "来源": some("热线", 6),
            "事件类型": some("大类", 18),
            "二级分类": some("中类", 130),
            "三级分类": some("小类", 370),
            "承办单位": some("承办单位", 150),
            "所属街道": some("街道", 100),
            "小区名称": some("小区", 3000),
            "是否满意": random.choice(["满意", "不满意", "-"], rows),
            "经度": random.uniform(113.8, 114.5, rows).round(6),
            "纬度": random.uniform(22.4, 22.8, rows).round(6),
        }
    )


def draw_outlines(count: int) -> gpd.GeoDataFrame:
    """Return outlines of some forty vertices."""
    random = np.random.default_rng(SEED)
    places = shapely.points(random.uniform(113.8, 114.5, count), random.uniform(22.4, 22.8, count))
    outlines = shapely.buffer(places, 0.001, quad_segs=10)
    names = [f"小区{number}" for number in range(count)]
    return gpd.GeoDataFrame({"id": range(count), "名称": names}, geometry=outlines, crs="EPSG:4326")


def measure(file: File, rounds: int) -> dict[str, object]:
    """Return the figures of one file."""
    guarded = [seconds(lambda: read(file)) for _ in range(rounds)]
    plain = [seconds(lambda: file.unguarded(file.path)) for _ in range(rounds)]
    return {
        "file": file.name,
        "mb": round(file.path.stat().st_size / 1e6, 1),
        "child_s": round(min(guarded), 2),
        "unguarded_s": round(min(plain), 2),
        "ratio": round(min(guarded) / min(plain), 1),
    }


def read(file: File) -> None:
    """Read in the child, to typed columns."""
    result = read_table(file.path, file.contract, timezone="Asia/Shanghai", limits=LIMITS)
    assert not result.rejects


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of ``work``, that of its children included."""
    begun = _cpu_s()
    work()
    return _cpu_s() - begun


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def report(figures: list[dict[str, object]]) -> None:
    """Print a table, then one line of JSON."""
    frame = pd.DataFrame(figures)
    text = io.StringIO()
    frame.to_string(text, index=False)
    print(text.getvalue())
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"files": figures, "child_peak_mb": peak_mb}, ensure_ascii=False))


if __name__ == "__main__":
    main()
