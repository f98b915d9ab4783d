"""A user's file into the database: read in a limited child, georeferenced, loaded in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
from sqlalchemy.orm import Session

from geo.datums.crs import WGS84_EPSG, Datum, parse_datum
from geo.datums.metric import check_metric_crs
from geo.frames import CONTRACTS_BY_SUBJECT
from geo.policy.city import City
from geo.roads.osm import LeftOut, RoadFile, read_road_file
from geo.texts import Phrase
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.firms import contract_import as contracts
from portal.actions.firms import firm_import as firms
from portal.actions.imports import georeference, reject_file
from portal.actions.places import neighbourhood_import as neighbourhoods
from portal.actions.places import road_import as roads
from portal.actions.places import street_import as streets
from portal.actions.transactions.import_run import Origin, Outcome, run_import
from portal.actions.transactions.loaded import Loaded, Remark, from_rejects
from portal.errors import N_
from portal.privacy import Cipher
from portal.readers.child import read_in_child
from portal.readers.limits import ReadLimits
from portal.readers.mapping import load_mapping
from portal.readers.schema import load_subject
from portal.readers.source import check_road_file
from portal.readers.table import ReadResult, read_table
from portal.terms import Subject

SUBJECTS = (
    Subject.STREETS,
    Subject.NEIGHBOURHOODS,
    Subject.COMMUNITIES,
    Subject.FIRMS,
    Subject.CONTRACTS,
    Subject.COMPLAINTS,
    Subject.ROADS,
)
_WHERE_A_CITY_LIES = frozenset({Subject.ROADS, Subject.STREETS})
STEPS = (N_("读取文件"), N_("判断坐标基准"), N_("写入数据库"), N_("完成"))


@dataclass(frozen=True, kw_only=True)
class FileImport:
    """What is asked for.

    Parameters
    ----------
    subject
        One of `SUBJECTS`.
    path
        The file.
    source
        Names the file's origin; "" takes the file's name up to the first dot.
    datum
        Stated datum; None to detect it.
    mapping
        A mapping file for headers that are not known, or None.
    accept_datum
        Import although the stated datum looks wrong.
    dry_run
        Do everything, then undo it.
    user_id
        Who imports; None on the command line.
    """

    subject: Subject
    path: Path
    source: str = ""
    datum: Datum | None = None
    mapping: Path | None = None
    accept_datum: bool = False
    dry_run: bool = False
    user_id: int | None = None


@dataclass(frozen=True)
class Means:
    """What an import works with: policy, cipher, limits of reading, folder of reject files."""

    city: City
    cipher: Cipher
    limits: ReadLimits
    rejects_dir: Path


@dataclass(frozen=True)
class _Read:
    frame: Any
    remarks: Sequence[Remark]
    found: Mapping[str, int] = field(default_factory=dict)
    datum: Datum | None = None
    confidence: float | None = None
    message: Phrase | None = None


def import_file(
    session: Session,
    wanted: FileImport,
    means: Means,
    *,
    step: Callable[[str], None] = lambda name: None,
    wait: Callable[[], None] = lambda: None,
) -> tuple[Outcome, Path | None]:
    """Import one file: all of it, or, when anything raises, nothing.

    Parameters
    ----------
    session
        Without pending changes.
    step
        Called with each of `STEPS` as it begins.
    wait
        Called when another import has to finish first.

    Returns
    -------
    tuple
        What came of it, and the reject file, None where there is nothing to say.

    Raises
    ------
    FileRefused
        The file cannot be read, or its datum is not certain enough.
    FrameError
        Its rows do not keep their contract.
    DatumError
        Roads or streets lie where the city's measuring CRS is not true.
    Unavailable
        The reject file cannot be written.
    """
    step(STEPS[0])
    read = _read(session, wanted, means, step)
    if wanted.subject in _WHERE_A_CITY_LIES:
        check_metric_crs(read.frame, means.city.metric_epsg)
    origin = _origin_of(wanted, read)
    step(STEPS[2])
    written: list[Path] = []

    def keep(outcome: Outcome) -> None:
        # Before the commit: an import that is in the database has its file, whatever breaks off afterwards.
        if outcome.remarks:
            path = means.rejects_dir / f"{outcome.run_id}-rejects.csv"
            reject_file.write(path, outcome.remarks)
            written.append(path)

    outcome = run_import(
        session,
        wanted.subject,
        origin,
        lambda inside: load(inside, wanted.subject, read.frame, origin, means),
        remarks=read.remarks,
        found=read.found,
        keep=keep,
        dry_run=wanted.dry_run,
        wait=wait,
    )
    step(STEPS[3])
    return outcome, next(iter(written), None)


def _origin_of(wanted: FileImport, read: _Read) -> Origin:
    source = wanted.source or wanted.path.name.split(".")[0]
    with wanted.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Origin(source, wanted.path.name, digest, read.datum, read.confidence, read.message, wanted.user_id)


def load(session: Session, subject: Subject, frame: Any, origin: Origin, means: Means) -> Loaded:
    """Load a frame of ``subject`` in WGS 84 inside the caller's transaction."""
    source, datum = origin.source, origin.datum or Datum.WGS84
    city, cipher = means.city, means.cipher
    match subject:
        case Subject.STREETS:
            return streets.load(session, frame, city=city, cipher=cipher, datum=datum)
        case Subject.NEIGHBOURHOODS:
            return neighbourhoods.load(session, frame)
        case Subject.COMMUNITIES:
            return communities.load(
                session, frame, source=source, cipher=cipher, datum=origin.datum, user_id=origin.user_id
            )
        case Subject.FIRMS:
            return firms.load(session, frame, source=source)
        case Subject.CONTRACTS:
            return contracts.load(session, frame, source=source)
        case Subject.COMPLAINTS:
            return complaints.load(session, frame, source=source, city=city, cipher=cipher, datum=datum)
        case Subject.ROADS:
            return roads.load(session, frame, source=source)
    raise ValueError(f"{subject} cannot be imported")


def _read(session: Session, wanted: FileImport, means: Means, step: Callable[[str], None]) -> _Read:
    if wanted.subject is Subject.ROADS:
        return _read_roads(wanted, means)
    return _read_table(session, wanted, means, step)


def _read_roads(wanted: FileImport, means: Means) -> _Read:
    check_road_file(wanted.path, means.limits)
    path = wanted.path.resolve()
    file = read_in_child(
        read_road_file,
        path,
        means.city,
        limits=means.limits,
        readable=[path],
        types=[RoadFile, LeftOut],
    )
    found = {"ways_left_out": sum(one.ways for one in file.left_out)}
    # OpenStreetMap is in WGS 84 by definition.
    return _Read(file.roads, roads.tell_left_out(file.left_out), found, datum=Datum.WGS84)


def _read_table(session: Session, wanted: FileImport, means: Means, step: Callable[[str], None]) -> _Read:
    contract = CONTRACTS_BY_SUBJECT[wanted.subject]
    mapping = wanted.mapping and load_mapping(wanted.mapping, load_subject(contract), means.limits)
    result = read_table(
        wanted.path, contract, timezone=means.city.timezone, limits=means.limits, mapping=mapping or None
    )
    remarks = from_rejects(result.rejects)
    step(STEPS[1])
    if not isinstance(result.frame, gpd.GeoDataFrame):
        return _Read(result.frame, remarks)
    return _georeference(session, result, result.frame, remarks, wanted, means)


def _georeference(
    session: Session,
    result: ReadResult,
    frame: gpd.GeoDataFrame,
    remarks: list[Remark],
    wanted: FileImport,
    means: Means,
) -> _Read:
    verdict = georeference.judge(session, frame, wanted.subject, means.city)
    if verdict is None:
        return _Read(frame.set_crs(WGS84_EPSG), remarks)
    stated = wanted.datum or (parse_datum(result.stated_datum) if result.stated_datum else None)
    settled = georeference.settle(verdict, stated, accept=wanted.accept_datum)
    placed, said = georeference.bring_to_wgs84(frame, settled.datum, means.city)
    if wanted.subject is Subject.COMMUNITIES:
        placed, vast = georeference.leave_out_vast(placed, means.city)
        said = [*said, *vast]
    return _Read(
        placed,
        [*remarks, *said],
        datum=settled.datum,
        confidence=verdict.confidence,
        message=settled.message,
    )
