"""An import is taken back whole, or not at all."""

from __future__ import annotations

import json
import uuid
from datetime import date
from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.undo import undo_import
from portal.actions.transactions import undo
from portal.errors import Conflict, NotFound
from portal.models import (
    Audit,
    Base,
    CityPolicy,
    Community,
    CommunityHistory,
    Complaint,
    Deed,
    Firm,
    ImportRun,
    ServiceScore,
    UndoStep,
    WorkOrder,
)
from portal.terms import Subject

BESIDE = {
    *("audit", "data_version", "import_run", "import_reject", "deed", "undo_step", "user_account"),
    *("city_policy", "ended_login", "login_attempt", "stored_area", "route", "route_dropped", "stop"),
    *("service_score", "job", "upload", "column_reading", "set_aside"),
}


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle; in units of about 200 m from a corner of the town."""
    return shapely.box(114 + west / 500, 22.5 + south / 500, 114 + east / 500, 22.5 + north / 500)


def features(*rows: tuple[dict[str, object], shapely.Geometry | None]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": said, "geometry": shape and shapely.geometry.mapping(shape)}
                for said, shape in rows
            ],
        },
        ensure_ascii=False,
    )


STREETS = features(
    ({"id": "1", "name": "东街"}, box(0, 0, 4, 4)), ({"id": "2", "name": "西街"}, box(-4, 0, 0, 4))
)
STREETS_MOVED = features(
    ({"id": "1", "name": "东街"}, box(1, 0, 4, 4)), ({"id": "2", "name": "西街"}, box(-4, 0, 1, 4))
)
OUTLINES = features(
    ({"id": "a", "name": "晨光苑"}, box(0.2, 1, 0.6, 2)),
    ({"id": "b", "name": "望海里"}, box(-2, 1, -1, 2)),
)
REGISTER = "编号,小区名称,街道,户数\n7,晨光苑,东街,900\n8,新华园,西街,120\n"
COMPLAINTS = (
    "id,create_time,street_name,小区名称,address\n"
    "1,2025-03-01 08:00,东街,晨光苑,晨光苑3栋\n"
    "2,2025-03-02 08:00,西街,望海里,望海里\n"
    "3,2025-03-02 09:00,西街,新华园,\n"
)
MORE_COMPLAINTS = COMPLAINTS.replace("晨光苑3栋", "晨光苑4栋") + "4,2025-03-03 09:00,西街,新华园,\n"


class Town:
    """Imports files one after the other, and tells what the tables hold."""

    def __init__(self, session: Session, means: Means, folder: Path) -> None:
        self.session, self.means, self.folder = session, means, folder

    def bring(self, subject: Subject, content: str, source: str = "") -> uuid.UUID:
        path = self.folder / f"{source or subject}.{'csv' if ',' in content[:9] else 'geojson'}"
        path.write_text(content, "utf-8")
        geometry = (
            Datum.WGS84 if subject in (Subject.STREETS, Subject.COMMUNITIES, Subject.COMPLAINTS) else None
        )
        wanted = FileImport(subject=subject, path=path, source=source, datum=geometry, accept_datum=True)
        outcome, _ = import_file(self.session, wanted, self.means)
        return outcome.run_id

    def content(self) -> dict[str, list[str]]:
        return {
            table.name: sorted(self.session.scalars(text(f"SELECT t::text FROM {table.name} t")))
            for table in Base.metadata.sorted_tables
            if table.name not in BESIDE
        }


@pytest.fixture
def town(session: Session, means: Means, tmp_path: Path) -> Town:
    town = Town(session, means, tmp_path)
    town.bring(Subject.STREETS, STREETS)
    town.bring(Subject.COMMUNITIES, OUTLINES)
    town.bring(Subject.COMPLAINTS, COMPLAINTS)
    return town


@pytest.mark.parametrize(
    ("subject", "content"),
    [
        (Subject.STREETS, STREETS_MOVED),
        (Subject.COMMUNITIES, REGISTER),
        (Subject.COMMUNITIES, OUTLINES.replace("晨光苑", "晨曦苑")),
        (Subject.COMPLAINTS, MORE_COMPLAINTS),
        (Subject.FIRMS, "企业编号,企业名称\n1,安居物业\n"),
        (Subject.NEIGHBOURHOODS, "街道,社区\n东街,东一\n"),
    ],
)
def test_an_import_that_is_taken_back_leaves_the_city_as_it_was(
    town: Town, session: Session, subject: Subject, content: str
) -> None:
    before = town.content()
    run = town.bring(subject, content, "register" if content == REGISTER else "")
    assert town.content() != before
    taken = undo_import(session, run, None)
    assert town.content() == before
    assert sum(taken.rows.values()) > 0
    assert session.scalars(select(ImportRun.state).where(ImportRun.id == run)).one() == "undone"
    last = session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1)).one()
    assert (last.action, last.subject, last.subject_id) == ("undo", subject, str(run))
    assert session.scalar(select(func.count()).select_from(UndoStep).where(UndoStep.deed_id == run)) == 0


def test_two_imports_are_taken_back_in_the_order_in_which_they_came(town: Town, session: Session) -> None:
    first_state = town.content()
    first = town.bring(Subject.COMMUNITIES, REGISTER, "register")
    second = town.bring(Subject.COMPLAINTS, MORE_COMPLAINTS)
    with pytest.raises(Conflict):  # complaints stand under a community that came with it
        undo_import(session, first, None)
    undo_import(session, second, None)
    undo_import(session, first, None)
    assert town.content() == first_state


def test_what_was_changed_since_is_not_overwritten(town: Town, session: Session) -> None:
    run = town.bring(Subject.COMMUNITIES, REGISTER, "register")
    session.execute(update(Community).where(Community.name == "新华园").values(households=121))
    session.commit()
    before = town.content()
    with pytest.raises(Conflict, match="后来又有改动"):
        undo_import(session, run, None)
    assert town.content() == before


def test_what_somebody_added_to_a_row_is_not_lost_with_it(town: Town, session: Session) -> None:
    run = town.bring(Subject.COMPLAINTS, MORE_COMPLAINTS)
    added = session.scalars(select(Complaint).where(Complaint.source_key == "4")).one()
    session.query(WorkOrder).filter(WorkOrder.complaint_id == added.id).delete()
    session.add(WorkOrder(complaint_id=added.id, unit="后来派的"))
    session.commit()
    with pytest.raises(Conflict):
        undo_import(session, run, None)
    assert session.scalar(select(WorkOrder.unit).where(WorkOrder.complaint_id == added.id)) == "后来派的"


def test_scores_of_what_goes_go_too_and_history_forbids(town: Town, session: Session) -> None:
    run = town.bring(Subject.COMMUNITIES, REGISTER, "register")
    new = session.scalars(select(Community.id).where(Community.name == "新华园")).one()
    session.add(CityPolicy(version=1, effective_from=date(2000, 1, 1), document={}))
    session.flush()
    session.add(
        ServiceScore(
            community_id=new,
            period="2025-Q1",
            missing=[],
            dimensions={},
            veto=False,
            policy_version=1,
            band="none",
        )
    )
    session.commit()
    undo_import(session, run, None)
    assert session.get(Community, new) is None
    again = town.bring(Subject.COMMUNITIES, REGISTER, "register")
    new = session.scalars(select(Community.id).where(Community.name == "新华园")).one()
    session.add(CommunityHistory(community_id=new, kind="renamed", detail={}))
    session.commit()
    with pytest.raises(Conflict, match="为依据"):
        undo_import(session, again, None)


def test_a_second_time_there_is_nothing_to_take_back(town: Town, session: Session) -> None:
    run = town.bring(Subject.FIRMS, "企业编号,企业名称\n1,安居物业\n")
    undo_import(session, run, None)
    with pytest.raises(Conflict, match="已经撤销"):
        undo_import(session, run, None)
    with pytest.raises(NotFound):
        undo_import(session, uuid.uuid4(), None)
    unchanged = town.bring(Subject.STREETS, STREETS)
    with pytest.raises(Conflict, match="没有留下"):
        undo_import(session, unchanged, None)
    assert town.bring(Subject.FIRMS, "企业编号,企业名称\n1,安居物业\n") and session.scalar(select(Firm.name))


def test_after_an_update_of_the_program_nothing_is_guessed(
    town: Town, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = town.bring(Subject.FIRMS, "企业编号,企业名称\n1,安居物业\n")
    monkeypatch.setattr(undo, "newest_schema", lambda: "9999")
    with pytest.raises(Conflict, match="程序升级前"):
        undo_import(session, run, None)
    assert session.get_one(Deed, run).undone_at is None
