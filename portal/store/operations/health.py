"""What `portal check` reads: does the database keep what the design promises?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.db import newest_schema
from portal.models import Community, Complaint, Street
from portal.terms import CommunityStatus, PlaceLevel


@dataclass(frozen=True)
class Examined:
    """One thing examined: good, bad, or (None) only worth knowing."""

    what: str
    good: bool | None
    detail: str


def table_count(session: Session) -> int:
    """Return how many of the portal's tables there are."""
    found = session.scalar(
        text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'")
    )
    return int(found or 0)


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
    lag = "" if row[2] == wanted else f"，但程序需要 {wanted}：请运行 ./run portal db upgrade"
    return Examined("版本", not lag, f"PostgreSQL {row[0]}，PostGIS {row[1]}，数据库结构 {row[2]}{lag}")


def _audit_is_insert_only(session: Session) -> Examined:
    may = session.scalar(
        text(
            "SELECT has_table_privilege('audit', 'UPDATE') OR has_table_privilege('audit', 'DELETE') "
            "OR has_table_privilege('audit', 'TRUNCATE')"
        )
    )
    return Examined(
        "操作日志对门户只增不改",
        not may,
        "没有修改和删除的权限" if not may else "门户的角色可以修改它",
    )


def _portal_owns_nothing(session: Session) -> Examined:
    owned = session.scalar(
        text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
    )
    return Examined("所有者与门户是两个角色", owned == 0, f"门户的角色拥有 {owned} 个表")


def _places(session: Session) -> list[Examined]:
    active = Community.status == CommunityStatus.ACTIVE
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Community.location.is_(None)),
            func.count().filter(Community.street_id.is_(None)),
        ).where(active)
    ).one()
    streets = session.scalar(select(func.count()).select_from(Street)) or 0
    return [
        Examined("街道", None, f"{streets:,} 个"),
        Examined("小区", None, f"{row[0]:,} 个，其中未定位 {row[1]:,} 个，没有街道 {row[2]:,} 个"),
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
        Examined("投诉", None, f"{row[0]:,} 件，其中地点不明 {row[1]:,} 件，重复件 {row[2]:,} 件"),
        Examined("只知街道的投诉都没有点位", row[3] == 0, f"有点位的 {row[3]:,} 件"),
    ]
