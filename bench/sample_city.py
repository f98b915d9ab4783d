"""The sample city made and loaded into an empty database: where a first run's seconds go.

    python -m bench.sample_city [--complaints 84000] [--rounds 1]

Makes a database of its own on the tests' cluster for each round and drops it. "wall"
is what one waits, "python" the CPU time of this process, "server" that of the
session's PostgreSQL backend; of several rounds, each figure is the least. The table
gives seconds, the last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.policy.city import parse_city_toml
from geo.sample import SampleSize, make_sample
from portal import cluster
from portal.actions import policy
from portal.actions.imports import sample
from portal.config import ROOT
from portal.db import make_engine, upgrade_schema
from portal.privacy import Cipher

NAME = "bench_sample"
POLICY = ROOT / "data" / "city.toml"
TICKS = os.sysconf("SC_CLK_TCK")
CLOCKS = ("wall", "python", "server")
WHOLE = "whole"

Figures = dict[str, dict[str, float]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--complaints", type=int, default=SampleSize.complaints)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    size = SampleSize(complaints=options.complaints)
    rounds = [measure(size) for _ in range(options.rounds)]
    best = {
        stage: {clock: min(one[stage][clock] for one in rounds) for clock in CLOCKS} for stage in rounds[0]
    }
    report(best, size)


def measure(size: SampleSize) -> Figures:
    """Return the seconds of each stage, by clock, on a database made for it."""
    city = parse_city_toml(POLICY.read_text("utf-8"))
    with empty_database() as session, TemporaryDirectory() as folder:
        watch = Watch(session.scalars(select(func.pg_backend_pid())).one())
        made = make_sample(city, size=size)
        watch.lap("make")
        cipher = Cipher.from_secret("x" * 48)
        sample.load(session, city, cipher, Path(folder), tell=lambda step: watch.lap(step.subject), made=made)
        watch.lap("commit")
        return watch.figures | {WHOLE: watch.total()}


@dataclass
class Watch:
    """A stop watch for the three clocks; `figures` holds the laps."""

    backend_pid: int
    figures: Figures = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._last = self._now()

    def lap(self, stage: str) -> None:
        """Note what has passed since the lap before."""
        now = self._now()
        self.figures[stage] = {clock: now[clock] - self._last[clock] for clock in CLOCKS}
        self._last = now

    def total(self) -> dict[str, float]:
        """Return the sum of all laps."""
        return {clock: sum(lap[clock] for lap in self.figures.values()) for clock in CLOCKS}

    def _now(self) -> dict[str, float]:
        clocks = (time.perf_counter(), time.process_time(), backend_cpu_s(self.backend_pid))
        return dict(zip(CLOCKS, clocks, strict=True))


def backend_cpu_s(pid: int) -> float:
    """Return the CPU time of a process of this machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def empty_database() -> Iterator[Session]:
    """Yield a session on a migrated, empty database of its own; drop the database."""
    place = cluster.test_place(ROOT / "instance")
    cluster.start(place)
    drop(place)
    cluster.ensure_database(place, NAME)
    try:
        upgrade_schema(cluster.owner_url(place, NAME), "atlas_portal")
        engine = make_engine(cluster.portal_url(place, NAME), pooled=False)
        with Session(engine) as session:
            policy.seed(session, POLICY)
            yield session
        engine.dispose()
    finally:
        drop(place)


def drop(place: cluster.Place) -> None:
    """Drop the database of this measurement, where it is left over."""
    with psycopg.connect(cluster.admin_url(place), autocommit=True) as admin:
        name = sql.Identifier(cluster.database_of(NAME))
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def report(figures: Figures, size: SampleSize) -> None:
    """Print the table, then one line of JSON."""
    print(f"{size.communities:,} communities, {size.complaints:,} complaints; seconds")
    print(f"{'stage':<18}" + "".join(f"{clock:>9}" for clock in CLOCKS))
    for stage, clocks in figures.items():
        print(f"{stage:<18}" + "".join(f"{clocks[clock]:>9.2f}" for clock in CLOCKS))
    rounded = {
        stage: {clock: round(seconds, 2) for clock, seconds in clocks.items()}
        for stage, clocks in figures.items()
    }
    print(json.dumps({"size": asdict(size), "seconds": rounded}))


if __name__ == "__main__":
    main()
