"""The sample city into an empty database: the same loads as any import, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.roads.osm import read_roads
from geo.sample import SampleCity, make_sample
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.firms import contract_import as contracts
from portal.actions.firms import firm_import as firms
from portal.actions.places import neighbourhood_import as neighbourhoods
from portal.actions.places import road_import as roads
from portal.actions.places import street_import as streets
from portal.actions.scores import evidence_import as evidence
from portal.actions.scores import scoring
from portal.actions.scores.evidence_kinds import KINDS
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.import_run import Loaded, lock_imports
from portal.errors import N_, Conflict
from portal.models import Community, Street
from portal.privacy import Cipher
from portal.terms import Subject

SOURCE = "sample"
ROAD_FILE = "roads.osm.pbf"

Load = Callable[[Session], Loaded]


@dataclass(frozen=True)
class Step:
    """One part of the sample city, as it is loaded."""

    subject: Subject
    rows: int


def is_empty(session: Session) -> bool:
    """Whether the database holds neither streets nor communities."""
    return not session.scalar(select(select(Street.id).exists() | select(Community.id).exists()))


def load(
    session: Session,
    city: City,
    cipher: Cipher,
    folder: Path,
    *,
    tell: Callable[[Step], None] = lambda step: None,
    made: SampleCity | None = None,
) -> SampleCity:
    """Make the sample city, load it whole or not at all, score it, and return it.

    Parameters
    ----------
    session
        On a database without streets and communities.
    city
        Its policy; `City.fictional` must be set, so that every page says so.
    cipher
        Encrypts addresses and names.
    folder
        Gets the road file, for whoever wants to import it again.
    tell
        Called after each step.
    made
        A sample city made before, instead of making one.

    Raises
    ------
    Conflict
        The database is not empty, or the policy is that of a real city.
    """
    if not city.fictional:
        raise Conflict(N_("示例城市只能装入虚构城市的数据库"), remedy=N_("请使用 data/city.toml 的政策"))
    if not is_empty(session):
        raise Conflict(N_("数据库已有街道或小区，示例城市只装入空库"))
    made = made or make_sample(city)
    folder.mkdir(parents=True, exist_ok=True)
    made.write_roads(folder / ROAD_FILE)
    with committed(session):
        lock_imports(session)
        touched: set[Subject] = set()
        for subject, write in _steps(made, city, cipher, folder):
            loaded = write(session)
            touched |= loaded.touched
            tell(Step(subject, loaded.new))
        touch(session, sorted(touched))
        scored = scoring.write(session, scoring.compute(session, city.zone))
        tell(Step(Subject.SCORES, scored.new))
        touch(session, [Subject.SCORES])
        count = session.scalar(select(func.count()).select_from(Community))
        audit(session, None, "load_sample", Subject.COMMUNITIES, detail={"communities": count})
    return made


def _steps(made: SampleCity, city: City, cipher: Cipher, folder: Path) -> Iterator[tuple[Subject, Load]]:
    """Yield the loads in the order in which they need each other."""
    road_pieces = read_roads(folder / ROAD_FILE, city)
    yield Subject.ROADS, partial(roads.load, frame=road_pieces, source=SOURCE)
    yield Subject.STREETS, partial(streets.load, frame=made.streets, city=city, cipher=cipher)
    yield Subject.NEIGHBOURHOODS, partial(neighbourhoods.load, frame=made.neighbourhoods)
    yield (
        Subject.COMMUNITIES,
        partial(communities.load, frame=made.communities, source=SOURCE, cipher=cipher),
    )
    yield Subject.FIRMS, partial(firms.load, frame=made.firms, source=SOURCE)
    yield Subject.CONTRACTS, partial(contracts.load, frame=made.contracts, source=SOURCE)
    yield (
        Subject.COMPLAINTS,
        partial(complaints.load, frame=made.complaints, source=SOURCE, city=city, cipher=cipher),
    )
    for subject in KINDS:
        told = {"subject": subject, "frame": getattr(made, subject)}
        yield subject, partial(evidence.load, **told, source=SOURCE, city=city, cipher=cipher)
