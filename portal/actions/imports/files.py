"""A user's file into the database: read in a limited child, georeferenced, loaded in one transaction."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.datums.metric import check_metric_crs
from geo.policy.city import City
from geo.roads.osm import LeftOut, RoadFile, read_road_file
from geo.roads.restrictions import ReadTurns
from portal.actions.imports import reject_file
from portal.actions.imports.georeference import Located, locate
from portal.actions.imports.names import mask_names
from portal.actions.imports.questions import Question, insist
from portal.actions.imports.reader_remarks import from_columns, from_rejects
from portal.actions.imports.registry import IMPORTS, Given, Import
from portal.actions.places.road_import import tell_cut_off, tell_left_out, tell_turns
from portal.actions.transactions.import_run import Origin, Outcome, Remark, import_alone, record
from portal.actions.transactions.undo import begin_deed, end_deed
from portal.errors import N_
from portal.privacy import Cipher
from portal.readers.child.process import read_in_child
from portal.readers.columns_found import ColumnFound
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping, load_mapping
from portal.readers.schema import load_subject
from portal.readers.source import check_road_file
from portal.readers.table import read_table
from portal.terms import Subject

STEPS = (N_("读取文件"), N_("判断坐标基准"), N_("写入数据库"), N_("完成"))


@dataclass(frozen=True, kw_only=True)
class FileImport:
    """What is asked for.

    Parameters
    ----------
    subject
        One of `portal.actions.imports.registry.IMPORTS`.
    path
        The file.
    source
        Names the file's origin; "" takes the file's name up to the first dot.
    name
        What its owner calls the file; "" where that is how it lies there.
    datum
        Stated datum; None to detect it.
    mapping
        For headers that are not known: a mapping file, or what one would say; or None.
    accept_datum
        Import although the stated datum looks wrong, or outlines lie far from the city.
    accept
        Codes of the questions (`portal.actions.imports.questions`) that were answered with yes, parted by
        commas.
    dry_run
        Do everything, then undo it.
    user_id
        Who imports; None on the command line.
    rejects
        Whether to write a reject file, should there be something to say.
    run_id
        Of the import's record, by which its files are called; None for a new one.
    """

    subject: Subject
    path: Path
    source: str = ""
    name: str = ""
    datum: Datum | None = None
    mapping: Path | ReadMapping | None = None
    accept_datum: bool = False
    accept: str = ""
    dry_run: bool = False
    user_id: int | None = None
    rejects: bool = True
    run_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Means:
    """What an import works with: policy, cipher, limits of reading, folder of reject files."""

    city: City
    cipher: Cipher
    limits: ReadLimits
    rejects_dir: Path


@dataclass(frozen=True)
class _Read:
    located: Located
    remarks: Sequence[Remark]
    found: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[ColumnFound, ...] = ()
    questions: Sequence[Question] = ()


def import_file(
    session: Session,
    wanted: FileImport,
    means: Means,
    *,
    step: Callable[[str], None] = lambda name: None,
    wait: Callable[[], None] = lambda: None,
    look: Callable[[Outcome], None] = lambda outcome: None,
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
    look
        Called with what came of it while the rows that it wrote can still be looked at, in a dry run too.

    Returns
    -------
    tuple
        What came of it, and the reject file, None where there is nothing to say.

    Raises
    ------
    FileRefused
        The file cannot be read, its datum is not certain enough, or it asks something that was not accepted.
    FrameError
        Its rows do not keep their contract.
    DatumError
        Roads or streets lie where the city's measuring CRS is not true.
    Unavailable
        The reject file cannot be written.
    """
    entry = IMPORTS[wanted.subject]
    step(STEPS[0])
    read = _read_roads(wanted, means) if entry.osm else _read_table(session, entry, wanted, means, step)
    located = read.located
    if entry.locates_city:
        check_metric_crs(located.frame, means.city.metric_epsg)
    if not wanted.dry_run:
        insist(read.questions, {code.strip() for code in wanted.accept.split(",")})
    origin = _origin_of(wanted, located)
    given = Given(origin.source, origin.datum, origin.user_id, means.city, means.cipher)
    step(STEPS[2])
    rejects, run_id = None, wanted.run_id or uuid.uuid4()
    with import_alone(session, dry_run=wanted.dry_run, wait=wait):
        begin_deed(session, run_id, wanted.user_id)
        loaded = entry.load(session, located.frame, given).after(read.remarks, read.found)
        end_deed(session, run_id, loaded.touched)
        outcome = record(session, run_id, entry.subject, origin, loaded, read.columns)
        outcome = replace(outcome, questions=read.questions)
        look(outcome)
        # Before the commit: an import that is in the database has its file, whatever breaks off afterwards.
        if outcome.remarks and wanted.rejects:
            rejects = means.rejects_dir / f"{outcome.run_id}-rejects.csv"
            reject_file.write(rejects, outcome.remarks)
    step(STEPS[3])
    return outcome, rejects


def _origin_of(wanted: FileImport, located: Located) -> Origin:
    name = wanted.name or wanted.path.name
    source = wanted.source or name.split(".")[0]
    with wanted.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    told = (located.datum, located.confidence, located.message)
    return Origin(source, name, digest, *told, wanted.user_id)


def _read_roads(wanted: FileImport, means: Means) -> _Read:
    check_road_file(wanted.path, means.limits)
    path = wanted.path.resolve()
    file = read_in_child(
        read_road_file,
        path,
        means.city,
        limits=means.limits,
        readable=[path],
        types=[RoadFile, LeftOut, ReadTurns],
    )
    found = {
        "ways_left_out": sum(one.ways for one in file.left_out),
        "barriers": file.barriers,
        "turn_restrictions": file.turns.kept,
    }
    # OpenStreetMap is in WGS 84 by definition.
    located = Located(file.roads, datum=Datum.WGS84)
    told = [*tell_left_out(file.left_out), *tell_turns(file.turns), *tell_cut_off(file.roads)]
    return _Read(located, told, found)


def _read_table(
    session: Session, entry: Import, wanted: FileImport, means: Means, step: Callable[[str], None]
) -> _Read:
    contract, limits = entry.contract, means.limits
    mapping = wanted.mapping
    if isinstance(mapping, Path):
        mapping = load_mapping(mapping, load_subject(contract), limits)
    result = read_table(wanted.path, contract, timezone=means.city.timezone, limits=limits, mapping=mapping)
    frame, masked = mask_names(wanted.subject, result.frame)
    remarks = [
        *from_rejects(result.rejects),
        *from_columns(result.listing, kept=entry.keeps_attributes),
        *masked,
    ]
    step(STEPS[1])
    if not isinstance(frame, gpd.GeoDataFrame):
        asked = entry.ask(session, frame, means.city, None) if entry.ask else []
        return _Read(Located(frame), remarks, columns=result.listing, questions=asked)
    located = locate(
        session,
        frame,
        contract,
        means.city,
        stated=wanted.datum,
        written=result.stated_datum,
        accept=wanted.accept_datum,
    )
    crs, sifted = frame.crs, list[Remark]()
    if entry.sift is not None and located.datum is not None:
        frame, sifted = entry.sift(located.frame, means.city)
        located = replace(located, frame=frame)
    # Who says that the datum was checked has looked where the outlines lie.
    asks = entry.ask is not None and located.datum is not None and not wanted.accept_datum
    asked = entry.ask(session, located.frame, means.city, crs) if entry.ask and asks else []
    said = [*remarks, *located.remarks, *sifted]
    return _Read(located, said, columns=result.listing, questions=asked)
