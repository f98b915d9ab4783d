"""What can be imported: one entry a subject, in the order in which they need each other.

From `IMPORTS` follow the commands of ``portal import``, the data page and its filters, the table in
``data/README.md`` and the contract tests. A new kind of import is an entry here and its loader; one of
evidence, which has a loader already, an entry in `portal.actions.scores.evidence_kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import (
    COMMUNITIES,
    COMPLAINTS,
    CONTRACTS,
    FIRMS,
    NEIGHBOURHOODS,
    ROADS,
    STREETS,
    Contract,
)
from geo.policy.city import City
from portal import models
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.firms import contract_import as contracts
from portal.actions.firms import firm_import as firms
from portal.actions.imports import georeference, questions
from portal.actions.imports.questions import Ask
from portal.actions.imports.words import ACCEPT, ACCEPT_DATUM, DATUM, DRY_RUN, MAPPING, SOURCE, Option
from portal.actions.places import neighbourhood_import as neighbourhoods
from portal.actions.places import road_import as roads
from portal.actions.places import street_import as streets
from portal.actions.scores import evidence_import as evidence
from portal.actions.scores.evidence_kinds import KINDS, Kind
from portal.actions.transactions.import_run import Loaded, Remark
from portal.errors import N_
from portal.models import Base
from portal.privacy import Cipher
from portal.readers.schema import FOLDER
from portal.store.data_versions import SCORED
from portal.terms import Subject


@dataclass(frozen=True)
class Given:
    """What a loader may use beside the frame: where it came from, the city's policy, the cipher."""

    source: str
    datum: Datum | None
    user_id: int | None
    city: City
    cipher: Cipher


Load = Callable[[Session, Any, Given], Loaded]
Sift = Callable[[gpd.GeoDataFrame, City], tuple[gpd.GeoDataFrame, list[Remark]]]


@dataclass(frozen=True, kw_only=True)
class Import:
    """One kind of import.

    Parameters
    ----------
    subject
        Its code.
    name
        What it is called: a marked text.
    sentence
        What is imported, and of which files: a marked text.
    contract
        What its frame keeps.
    model
        The table whose rows the data page counts.
    load
        Writes a frame in WGS 84; inside the caller's transaction, must not commit.
    needs
        What should be imported first, so that its rows find what they belong to.
    osm
        Whether it is read from an OpenStreetMap extract, which states datum and columns itself.
    locates_city
        Whether the city's measuring CRS has to be true where its rows lie.
    keeps_attributes
        Whether columns that are no field are kept.
    part_of
        Of which subject it is a part, with a version of the data in common; None where it stands alone.
    plain
        Texts that are kept as they are: numbers of persons in them are masked. Keys and codes are not
        among them; what is encrypted need not be.
    sift
        Leaves out rows in WGS 84 that cannot be meant; None to take all.
    ask
        Says what a person has to confirm before rows in WGS 84 are written; None where nothing.
    counted_as
        What the data page calls its rows where that is not ``name``.
    """

    subject: Subject
    name: str
    sentence: str
    contract: Contract
    model: type[Base]
    load: Load
    needs: Sequence[Subject] = ()
    osm: bool = False
    locates_city: bool = False
    keeps_attributes: bool = False
    part_of: Subject | None = None
    plain: Sequence[str] = ()
    sift: Sift | None = None
    ask: Ask | None = None
    counted_as: str = ""

    @property
    def has_geometry(self) -> bool:
        """Whether its rows may have a place."""
        return bool(self.contract.geometry_types)

    @property
    def options(self) -> tuple[Option, ...]:
        """What can be said of its files."""
        datum = (DATUM, ACCEPT_DATUM) if self.has_geometry and not self.osm else ()
        accept = () if self.ask is None else (ACCEPT,)
        return (SOURCE, *datum, *(() if self.osm else (MAPPING,)), *accept, DRY_RUN)

    @property
    def schema(self) -> Path | None:
        """The file with the headers that are recognised; None where the format fixes the columns."""
        return None if self.osm else FOLDER / f"{self.subject}.schema.json"

    @property
    def has_template(self) -> bool:
        """Whether a table can hold all that its rows must have: no outline, no road."""
        points = "Point" in self.contract.geometry_types
        return not self.osm and (points or not self.contract.geometry_required)

    @property
    def scored(self) -> bool:
        """Whether scores are made of it, so that they are out of date after an import."""
        return not {self.subject, self.part_of}.isdisjoint(SCORED)

    @property
    def example(self) -> str:
        """What follows ``portal import``."""
        return f"{self.subject} FILE{'.osm.pbf' if self.osm else ''}"


def _of_evidence(kind: Kind) -> Import:
    """Return the import of one kind of evidence: all are loaded alike."""
    return Import(
        subject=kind.subject,
        name=kind.name,
        sentence=kind.sentence,
        contract=kind.contract,
        model=kind.model,
        load=lambda session, frame, at: evidence.load(
            session, frame, subject=kind.subject, source=at.source, city=at.city, cipher=at.cipher
        ),
        needs=kind.needs,
        part_of=Subject.EVIDENCE,
        plain=kind.plain,
    )


IMPORTS: dict[Subject, Import] = {
    entry.subject: entry
    for entry in (
        Import(
            subject=Subject.ROADS,
            name=N_("道路"),
            sentence=N_("导入可行车的道路，来自 OpenStreetMap 的提取文件（.osm.pbf）；请最先导入。"),
            contract=ROADS,
            model=models.Road,
            load=lambda session, frame, at: roads.load(session, frame, source=at.source),
            osm=True,
            locates_city=True,
            counted_as=N_("道路（段）"),
        ),
        Import(
            subject=Subject.STREETS,
            name=N_("街道"),
            sentence=N_("导入街道辖区：GeoJSON、GeoPackage 或打包为 zip 的 Shapefile。"),
            contract=STREETS,
            model=models.Street,
            load=lambda session, frame, at: streets.load(
                session, frame, city=at.city, cipher=at.cipher, datum=at.datum or Datum.WGS84
            ),
            needs=(Subject.ROADS,),
            locates_city=True,
            ask=questions.ask_of_outlines,
            plain=("name", "district"),
        ),
        Import(
            subject=Subject.NEIGHBOURHOODS,
            name=N_("社区"),
            sentence=N_("导入社区：清单，或带边界。"),
            contract=NEIGHBOURHOODS,
            model=models.Neighbourhood,
            load=lambda session, frame, at: neighbourhoods.load(session, frame),
            needs=(Subject.STREETS,),
            ask=questions.ask_of_outlines,
            plain=("name", "street", "district"),
        ),
        Import(
            subject=Subject.COMMUNITIES,
            name=N_("小区"),
            sentence=N_("导入小区：轮廓、名册，或有名称的点位。"),
            contract=COMMUNITIES,
            model=models.Community,
            load=lambda session, frame, at: communities.load(
                session, frame, source=at.source, cipher=at.cipher, datum=at.datum, user_id=at.user_id
            ),
            needs=(Subject.ROADS, Subject.STREETS),
            keeps_attributes=True,
            plain=("name", "aliases", "neighbourhood", "street", "district", "address", "kind"),
            sift=georeference.leave_out_vast,
            ask=questions.ask_of_outlines,
        ),
        Import(
            subject=Subject.FIRMS,
            name=N_("物业服务企业"),
            sentence=N_("导入物业服务企业。"),
            contract=FIRMS,
            model=models.Firm,
            load=lambda session, frame, at: firms.load(session, frame, source=at.source),
            ask=questions.ask_of_firms,
            plain=("name",),
        ),
        Import(
            subject=Subject.CONTRACTS,
            name=N_("物业服务合同"),
            sentence=N_("导入物业服务合同；请先导入企业和小区。"),
            contract=CONTRACTS,
            model=models.Contract,
            load=lambda session, frame, at: contracts.load(session, frame, source=at.source),
            needs=(Subject.COMMUNITIES, Subject.FIRMS),
        ),
        Import(
            subject=Subject.COMPLAINTS,
            name=N_("投诉"),
            sentence=N_("导入投诉，例如 12345 热线的导出。"),
            contract=COMPLAINTS,
            model=models.Complaint,
            load=lambda session, frame, at: complaints.load(
                session,
                frame,
                source=at.source,
                city=at.city,
                cipher=at.cipher,
                datum=at.datum or Datum.WGS84,
            ),
            needs=(Subject.STREETS, Subject.COMMUNITIES),
            keeps_attributes=True,
            plain=("community", "neighbourhood", "street", "district", "unit")
            + ("channel", "request_kind", "event_type", "main_type", "sub_type"),
        ),
        *map(_of_evidence, KINDS.values()),
    )
}
