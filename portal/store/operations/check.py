"""What `portal check` reads: does the database keep what the design promises?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.db import newest_schema
from portal.errors import N_, P_
from portal.models import Complaint, Street
from portal.store.communities import counts
from portal.terms import PlaceLevel


@dataclass(frozen=True)
class Examined:
    """One thing examined: good, bad, or (None) only worth knowing; in marked texts."""

    what: str
    good: bool | None
    detail: str


def table_count(session: Session) -> int:
    """Return how many of the portal's tables there are."""
    found = session.scalar(
        text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'")
    )
    return int(found or 0)


def write_something(session: Session) -> None:
    """Let the database write a quarter of a megabyte that it forgets at once; a full disk refuses that."""
    session.execute(text("SET LOCAL work_mem = '64kB'"))
    session.execute(
        text(
            "SELECT sum(length(x)) FROM (SELECT repeat('x', 100 + n % 2) AS x"
            " FROM generate_series(1, 2000) AS n ORDER BY n DESC OFFSET 0) AS sorted"
        )
    )
    session.execute(text("SET LOCAL work_mem TO DEFAULT"))


def schema_version(session: Session) -> str:
    """Return the version of the database's schema."""
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def examine(session: Session) -> list[Examined]:
    """Examine versions, rights, places and complaints."""
    return [
        _versions(session),
        _audit_is_insert_only(session),
        _portal_owns_nothing(session),
        *_places(session),
        *_complaints(session),
    ]


def _versions(session: Session) -> Examined:
    row = session.execute(
        text(
            "SELECT current_setting('server_version'), postgis_lib_version(), "
            "(SELECT version_num FROM alembic_version)"
        )
    ).one()
    wanted = newest_schema()
    versions = {"postgresql": row[0], "postgis": row[1], "schema": row[2]}
    if row[2] == wanted:
        said = Phrase(N_("PostgreSQL {postgresql}，PostGIS {postgis}，数据库结构 {schema}"), **versions)
        return Examined(N_("版本"), True, said)
    said = Phrase(
        N_(
            "PostgreSQL {postgresql}，PostGIS {postgis}，数据库结构 {schema}，"
            "但程序需要 {wanted}：请运行 ./run portal db upgrade"
        ),
        wanted=wanted,
        **versions,
    )
    return Examined(N_("版本"), False, said)


def _audit_is_insert_only(session: Session) -> Examined:
    may = session.scalar(
        text(
            "SELECT has_table_privilege('audit', 'UPDATE') OR has_table_privilege('audit', 'DELETE') "
            "OR has_table_privilege('audit', 'TRUNCATE')"
        )
    )
    return Examined(
        N_("操作日志对门户只增不改"),
        not may,
        N_("没有修改和删除的权限") if not may else N_("门户的角色可以修改它"),
    )


def _portal_owns_nothing(session: Session) -> Examined:
    owned = session.scalar(
        text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
    )
    return Examined(N_("所有者与门户是两个角色"), owned == 0, Phrase(P_("门户的角色拥有 {n} 个表"), n=owned))


def _places(session: Session) -> list[Examined]:
    found = counts.count(session)
    streets = session.scalar(select(func.count()).select_from(Street)) or 0
    return [
        Examined(N_("街道"), None, Phrase(N_("{n:,} 个"), n=streets)),
        Examined(
            N_("小区"),
            None,
            Phrase(
                N_("{n:,} 个，其中未定位 {unplaced:,} 个，没有街道 {streetless:,} 个"),
                n=found.n,
                unplaced=found.unlocated,
                streetless=found.without_street,
            ),
        ),
    ]


def _complaints(session: Session) -> list[Examined]:
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Complaint.place_level == PlaceLevel.NONE),
            func.count().filter(Complaint.repeat_of_id.is_not(None)),
            func.count().filter(
                Complaint.place_level.in_((PlaceLevel.STREET, PlaceLevel.NEIGHBOURHOOD))
                & Complaint.point.is_not(None)
            ),
        )
    ).one()
    return [
        Examined(
            N_("投诉"),
            None,
            Phrase(
                N_("{n:,} 件，其中地点不明 {unplaced:,} 件，重复件 {repeats:,} 件"),
                n=row[0],
                unplaced=row[1],
                repeats=row[2],
            ),
        ),
        Examined(N_("只知街道的投诉都没有点位"), row[3] == 0, Phrase(N_("有点位的 {n:,} 件"), n=row[3])),
    ]
