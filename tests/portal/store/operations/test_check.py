"""What `portal check` finds."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal import cluster
from portal.config import ROOT
from portal.db import driver_url
from portal.models import Community
from portal.store.operations import check as checks
from tests.conftest import Database, make_street


def found(session: Session, what: str) -> checks.Examined:
    return next(item for item in checks.examine(session) if item.what == what)


def test_sound_database_has_no_bad_finding(session: Session) -> None:
    assert [item for item in checks.examine(session) if item.good is False] == []
    assert found(session, "版本").detail.startswith("PostgreSQL 1")
    assert checks.table_count(session) > 30


def test_communities_are_counted_by_what_they_lack(session: Session) -> None:
    street = make_street(session)
    session.add_all(
        [
            Community(name="甲", street_how="name", street_id=street.id),
            Community(name="乙", street_how="not_found", pin="SRID=4326;POINT(118 26)"),
        ]
    )
    session.flush()
    assert found(session, "小区").detail == "2 个，其中未定位 1 个，没有街道 1 个"
    assert found(session, "街道").detail == "1 个"


@pytest.mark.parametrize("what", ["操作日志对门户只增不改", "所有者与门户是两个角色"])
def test_one_role_for_everything_is_found_out(database: Database, what: str) -> None:
    engine = create_engine(driver_url(database.owner_url))
    with Session(engine) as session:
        assert found(session, what).good is False
    engine.dispose()


def test_a_schema_of_another_version_is_told(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "newest_schema", lambda: "9999")
    found = {item.what: item for item in checks.examine(session)}["版本"]
    assert found.good is False and "程序需要 9999" in found.detail


def test_something_is_written_where_there_must_be_room(session: Session) -> None:
    """A limit on files that are forgotten at once stands in for a full disk."""
    checks.write_something(session)
    assert session.scalar(text("SHOW work_mem")) != "64kB"
    if os.environ.get("PORTAL_TEST_DATABASE_URL"):
        pytest.skip("needs the embedded test cluster, whose administrator we are")
    engine = create_engine(driver_url(cluster.test_admin_url(ROOT / "instance")))
    with Session(engine) as administrator:
        administrator.execute(text("SET LOCAL temp_file_limit = '100kB'"))
        with pytest.raises(OperationalError, match="temp_file_limit"):
            checks.write_something(administrator)
    engine.dispose()
