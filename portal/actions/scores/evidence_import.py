"""Evidence into the database: governance, surveys, evaluations, inspections, findings, penalties.

Every frame keeps its contract in `geo.frames`. Source keys of communities, firms
and inspections are resolved within the same source; a row that names something
unknown is left out and counted. A second load of the same frames writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Select, Table, func, literal, select
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.orm import Session

from geo.frames import EVIDENCE_BY_SUBJECT, check
from portal.actions.transactions import staging, upserts
from portal.actions.transactions.import_run import Loaded
from portal.models import (
    CommunityGate,
    CommunityIdentity,
    Finding,
    Firm,
    FourPartyMeeting,
    Inspection,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
    Penalty,
    Rectification,
    StreetEvaluation,
    Survey,
)
from portal.privacy import Cipher
from portal.terms import Subject

_KINDS = {
    "text": staging.TEXT,
    "number": staging.NUMBER,
    "integer": staging.WHOLE,
    "flag": staging.FLAG,
    "date": staging.DAY,
    "time": staging.TIME,
}


def load(session: Session, frames: Mapping[str, Any], *, source: str, cipher: Cipher) -> Loaded:
    """Write every frame of evidence.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frames
        By the name of their contract in `geo.frames.EVIDENCE_BY_SUBJECT`; those that
        are left out are left alone.
    source
        Names the origin; communities and firms must have come from it as well.
    cipher
        Encrypts the names of committee members.

    Raises
    ------
    FrameError
        A frame does not keep its contract.
    """
    writer = _Writer(session, source, cipher)
    for name, write in _IN_ORDER.items():
        if name in frames:
            check(frames[name], EVIDENCE_BY_SUBJECT[name])
            write(writer, frames[name])
    return writer.loaded


@dataclass
class _Writer:
    session: Session
    source: str
    cipher: Cipher
    loaded: Loaded = field(default_factory=Loaded)

    def stage(self, name: str, frame: pd.DataFrame, **more: Any) -> Table:
        """Copy a frame's own columns, its geometry and ``more`` into a temporary table."""
        columns: dict[str, Any] = {
            column.name: (_KINDS[column.kind], frame[column.name])
            for column in EVIDENCE_BY_SUBJECT[name].columns
        }
        if EVIDENCE_BY_SUBJECT[name].geometry_types:
            columns["point"] = (staging.SHAPE, frame["geometry"])
        return staging.stage(self.session, columns | more)

    def write(
        self, name: str, target: Any, key: tuple[str, ...], rows: Select[Any], frame: pd.DataFrame
    ) -> None:
        """Upsert the resolved rows; what was not resolved is counted."""
        given = staging.materialise(self.session, rows)
        resolved = upserts.count(self.session, given)
        written = upserts.upsert(self.session, target, given, key)
        self.loaded.new += written.new
        self.loaded.changed += written.changed
        self.loaded.unchanged += resolved - written.rows
        self.loaded.touch(Subject.EVIDENCE, written.rows)
        self.loaded.found[name] = resolved
        if resolved < len(frame):
            self.loaded.found[f"{name}_unresolved"] = len(frame) - resolved

    def of_community(self, staged: Table, *columns: Any) -> Select[Any]:
        """Return ``columns`` of the staged rows with the community's id."""
        identity = CommunityIdentity
        return select(identity.community_id, *columns).join_from(
            staged,
            identity,
            (identity.source == self.source) & (identity.source_key == staged.c.community),
        )

    def named(self) -> Any:
        """Return the source's name as a column."""
        return literal(self.source).label("source")


def _gates(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("gates", frame)
    rows = writer.of_community(
        staged, staged.c.name, func.coalesce(staged.c.main, False).label("main"), staged.c.point
    )
    writer.write("gates", CommunityGate, ("community_id", "name"), rows, frame)


def _owners_committees(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("owners_committees", frame)
    period = func.daterange(staged.c.starts_on, staged.c.ends_on, "[]", type_=DATERANGE).label("period")
    rows = writer.of_community(staged, staged.c.source_key, staged.c.term, period)
    writer.write(
        "owners_committees",
        OwnersCommittee,
        ("source", "source_key"),
        rows.add_columns(writer.named()),
        frame,
    )


def _members(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage(
        "owners_committee_members",
        frame,
        name_encrypted=(staging.BYTES, [writer.cipher.encrypt(name) for name in frame["name"]]),
        name_digest=(staging.BYTES, [writer.cipher.digest(name) for name in frame["name"]]),
    )
    committee, member = OwnersCommittee, OwnersCommitteeMember
    # The same name encrypts to other bytes each time: keep what is stored while the digest agrees.
    encrypted = func.coalesce(
        select(member.name_encrypted)
        .where(
            member.owners_committee_id == committee.id,
            member.seat == staged.c.seat,
            member.name_digest == staged.c.name_digest,
        )
        .scalar_subquery(),
        staged.c.name_encrypted,
    )
    rows = select(
        committee.id.label("owners_committee_id"),
        staged.c.seat,
        staged.c.office,
        encrypted.label("name_encrypted"),
        staged.c.name_digest,
        staged.c.concurrent_post,
    ).join_from(
        staged,
        committee,
        (committee.source == writer.source) & (committee.source_key == staged.c.owners_committee),
    )
    writer.write("owners_committee_members", member, ("owners_committee_id", "seat"), rows, frame)


def _party_organisations(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("party_organisations", frame)
    own = (staged.c.name, staged.c.founded_on, staged.c.acts_for_committee)
    of_communities = frame[frame["community"].notna()]
    of_firms = frame[frame["community"].isna()]
    writer.write(
        "party_organisations_of_communities",
        PartyOrganisation,
        ("community_id",),
        writer.of_community(staged, *own),
        of_communities,
    )
    firms = select(Firm.id.label("firm_id"), *own).join_from(
        staged, Firm, (Firm.source == writer.source) & (Firm.source_key == staged.c.firm)
    )
    writer.write("party_organisations_of_firms", PartyOrganisation, ("firm_id",), firms, of_firms)


def _meetings(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("meetings", frame)
    own = (staged.c.held_on, staged.c.minuted, staged.c.issues_raised, staged.c.issues_closed)
    rows = writer.of_community(staged, *own)
    writer.write("meetings", FourPartyMeeting, ("community_id", "held_on"), rows, frame)


def _surveys(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("surveys", frame)
    rows = writer.of_community(staged, staged.c.period, staged.c.responses, staged.c.mean_share)
    writer.write("surveys", Survey, ("community_id", "period"), rows, frame)


def _street_evaluations(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("street_evaluations", frame)
    own = (staged.c.cooperation, staged.c.meetings, staged.c.rectification, staged.c.disclosure)
    rows = writer.of_community(staged, staged.c.period, *own)
    writer.write("street_evaluations", StreetEvaluation, ("community_id", "period"), rows, frame)


def _inspections(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("inspections", frame)
    rows = writer.of_community(staged, writer.named(), staged.c.source_key, staged.c.inspected_at)
    writer.write("inspections", Inspection, ("source", "source_key"), rows, frame)


def _findings(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("findings", frame)
    own = (staged.c.number, staged.c.indicator, staged.c.clause, staged.c.severity, staged.c.deduction)
    rows = select(Inspection.id.label("inspection_id"), staged.c.source_key, *own).join_from(
        staged,
        Inspection,
        (Inspection.source == writer.source) & (Inspection.source_key == staged.c.inspection),
    )
    writer.write("findings", Finding, ("inspection_id", "number"), rows, frame)


def _rectifications(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("rectifications", frame)
    own = (staged.c.state, staged.c.due_at, staged.c.reported_at, staged.c.closed_at)
    rows = (
        select(Finding.id.label("finding_id"), *own)
        .join_from(staged, Finding, Finding.source_key == staged.c.finding)
        .join(Inspection, (Inspection.id == Finding.inspection_id) & (Inspection.source == writer.source))
    )
    writer.write("rectifications", Rectification, ("finding_id",), rows, frame)


def _penalties(writer: _Writer, frame: pd.DataFrame) -> None:
    staged = writer.stage("penalties", frame)
    own = (
        writer.named(),
        staged.c.source_key,
        staged.c.kind,
        staged.c.points,
        staged.c.clause,
        staged.c.evidence,
        staged.c.occurred_on,
    )
    of_communities, of_firms = frame[frame["community"].notna()], frame[frame["community"].isna()]
    key = ("source", "source_key")
    writer.write("penalties_of_communities", Penalty, key, writer.of_community(staged, *own), of_communities)
    firms = select(Firm.id.label("firm_id"), *own).join_from(
        staged, Firm, (Firm.source == writer.source) & (Firm.source_key == staged.c.firm)
    )
    writer.write("penalties_of_firms", Penalty, key, firms, of_firms)


# A frame comes after those it refers to.
_IN_ORDER = {
    "gates": _gates,
    "owners_committees": _owners_committees,
    "owners_committee_members": _members,
    "party_organisations": _party_organisations,
    "meetings": _meetings,
    "surveys": _surveys,
    "street_evaluations": _street_evaluations,
    "inspections": _inspections,
    "findings": _findings,
    "rectifications": _rectifications,
    "penalties": _penalties,
}
