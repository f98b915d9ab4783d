"""Where personal data go: encrypted into the database, masked onto the screen, nowhere else."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal import logs
from portal.actions.imports.files import FileImport, Means, import_file
from portal.models import Complaint
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.terms import Role, Subject
from tests.conftest import LogIn, make_street

PHONE, ROOM, PERSON, WORDS = "13800138000", "1205室", "欧阳小明", "楼上漏水没人管"
SECRETS = (PHONE, ROOM, PERSON, WORDS)
HEAD = "工单编号,受理时间,街道,小区,地址,一级分类,是否解决,联系人,联系电话,诉求内容\n"
ROWS = (
    f"1,2025-08-01 10:00,云岭,,云岭路8号3栋{ROOM},物业管理,是,{PERSON},{PHONE},{WORDS}\n"
    f"2,{PERSON} {PHONE},云岭,,云岭路8号3栋{ROOM},物业管理,也许 {PHONE},{PERSON},{PHONE},{WORDS}\n"
    f"3,2025-08-01 10:00,云岭,云岭路8号3栋{ROOM},{PERSON},{PHONE}\n"
    f"4,2025-08-01 10:00,,,无名路8号3栋{ROOM}请打{PHONE},物业管理,是,{PERSON},{PHONE},{WORDS}\n"
)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that the portal logs."""
    stream = io.StringIO()
    logs.set_up("DEBUG", stream)
    yield stream
    logs.set_up("ERROR")


@pytest.fixture
def rejects(seeded: Session, city: City, tmp_path: Path, app: Flask) -> str:
    """The reject file of an import of complaints, some of them broken."""
    make_street(seeded)
    path = tmp_path / "hotline.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    limits = ReadLimits(max_upload_mb=10, reader_memory_mb=1024, reader_cpu_seconds=60)
    means = Means(city, Cipher.from_secret("x" * 48), limits, tmp_path / "imports")
    _, written = import_file(seeded, FileImport(subject=Subject.COMPLAINTS, path=path), means)
    assert seeded.scalar(select(func.count()).select_from(Complaint)) == 2
    assert written is not None
    return written.read_text("utf-8-sig")


def tables(session: Session) -> list[str]:
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'"
    return list(session.scalars(text(names)))


def test_no_table_holds_them_in_plain(seeded: Session, rejects: str) -> None:
    stored = seeded.scalars(select(Complaint).where(Complaint.source_key == "1")).one()
    cipher = Cipher.from_secret("x" * 48)
    assert ROOM in cipher.decrypt(stored.address_encrypted or b"")
    assert all(
        secret in cipher.decrypt(stored.attributes_encrypted or b"") for secret in (PERSON, PHONE, WORDS)
    )
    for table in tables(seeded):
        for secret in SECRETS:
            rows = text(f"SELECT count(*) FROM {table} AS t WHERE CAST(t AS text) LIKE :secret")
            assert seeded.scalar(rows, {"secret": f"%{secret}%"}) == 0, f"{table}: {secret}"


def test_the_reject_file_tells_no_numbers_and_no_rooms(rejects: str) -> None:
    assert rejects.count("\n") > 3
    assert PHONE not in rejects and ROOM not in rejects
    assert "地址,无名路8号3栋**,提示" in rejects
    assert "3 | 2025-08-01 10:00 | 云岭 | 云岭路8号3栋**" in rejects
    rows = [int(line.split(",")[0] or 0) for line in rejects.splitlines()[1:]]
    assert rows == sorted(rows)


@pytest.mark.parametrize("role", Role)
def test_no_page_and_no_log_tells_them(
    app: Flask, log_in: LogIn, seeded: Session, rejects: str, logged: io.StringIO, role: Role
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    street_id = seeded.scalar(text("SELECT id FROM street")) if role is Role.STREET else None
    browser = log_in(role, street_id=street_id)
    for address in (
        "/data/unplaced-complaints",
        "/data/unplaced-complaints?text=云岭路",
        "/data",
        "/query.csv",
    ):
        answer = browser.get(address, headers={"HX-Request": "true"}).get_data(as_text=True)
        assert [secret for secret in SECRETS if secret in answer] == []
    assert ("云岭路8号3栋**" in browser.get("/data/unplaced-complaints").text) is (role is Role.CLERK)
    browser.get(f"/search.json?q={PERSON}{PHONE}")
    browser.get(f"/communities/1?period={PHONE}")
    browser.post("/login", data={"username": PERSON, "password": PHONE})
    logging.getLogger("portal.x").info("done", extra={"address": ROOM})
    assert '"route":"/search.json"' in logged.getvalue()
    assert [secret for secret in SECRETS if secret in logged.getvalue()] == []
