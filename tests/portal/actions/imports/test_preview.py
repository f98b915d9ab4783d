"""What an import would do, told without doing it."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.actions.imports import uploads
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.preview import load_preview, preview, wanted_import, write_preview
from portal.errors import FileRefused
from portal.models import Deed, Firm, ImportRun, UserAccount
from portal.terms import Role, Subject

FIRMS = (
    "企业编号,企业名称,登记日期,备注\n"
    "1,安居物业,2010-05-01,甲\n2,乐居物业,某天,乙\n,无编号物业,2011-01-01,丙\n"
)


@pytest.fixture
def clerk(session: Session) -> int:
    account = UserAccount(
        username="clerk", password_hash="x", session_key="x", role=Role.CLERK, display_name="甲"
    )
    session.add(account)
    session.commit()
    return account.id


def look(session: Session, means: Means, clerk: int, path: Path, content: str, **said: Any) -> dict[str, Any]:
    path.write_text(content, "utf-8")
    return preview(session, path, path.name, said, means, clerk)


def test_it_tells_columns_counts_and_examples_and_keeps_nothing(
    session: Session, means: Means, clerk: int, tmp_path: Path
) -> None:
    means = replace(means, rejects_dir=tmp_path / "rejects")
    first = tmp_path / "firms.csv"
    first.write_text("企业编号,企业名称\n1,安居\n", "utf-8")
    import_file(session, FileImport(subject=Subject.FIRMS, path=first), means)
    shown = look(session, means, clerk, first, FIRMS)
    assert shown["said"]["subject"] == "firms"
    columns = {column["header"]: column for column in shown["survey"]["columns"]}
    assert columns["企业名称"]["fields"]["firms"] == "name"
    assert columns["备注"]["values"] == ("甲", "乙", "丙")
    outcome = shown["outcome"]
    assert {key: outcome["counts"][key] for key in ("new", "changed", "rejected")} == {
        "new": 1,
        "changed": 1,
        "rejected": 1,
    }
    assert [one["name"] for one in outcome["added"]] == ["乐居物业"]
    (changed,) = outcome["changed"]
    assert ["name", "安居", "安居物业"] in changed["changes"]
    assert (outcome["tally"]["rejected"], outcome["remarks"]["rejected"][0]["row"]) == (1, 4)
    assert outcome["written"] == {"firm": 2}
    assert session.scalars(select(Firm.name)).all() == ["安居"]
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 1
    assert session.scalar(select(func.count()).select_from(Deed)) == 1
    assert list(means.rejects_dir.glob("*")) == []


def test_nobodys_number_is_shown_or_kept(session: Session, means: Means, clerk: int, tmp_path: Path) -> None:
    content = (
        "企业编号,企业名称,登记日期,联系电话,备注\n"
        "13800138000,安居１３８００１３８０００,138-0013-8001,13800138002,请打1380013八003\n"
    )
    shown = repr(look(session, means, clerk, tmp_path / "firms.csv", content, subject="firms"))
    assert "138****8000" in shown and "138****8001" in shown
    assert "138****8002" in shown and "138****8003" in shown
    for plain in ("１３８", "0013-8001", "13800138002", "八003"):
        assert plain not in shown


def test_what_cannot_be_imported_is_shown_with_what_to_do(
    session: Session, means: Means, clerk: int, tmp_path: Path
) -> None:
    shown = look(session, means, clerk, tmp_path / "a.csv", "甲,企业名称\n1,安居物业\n", subject="contracts")
    assert "outcome" not in shown
    assert shown["error"]["text"] and shown["remedy"]["text"]
    assert [column["header"] for column in shown["survey"]["columns"]] == ["甲", "企业名称"]


def test_a_column_may_mean_what_somebody_says(
    session: Session, means: Means, clerk: int, tmp_path: Path
) -> None:
    content = "号,叫什么\n1,安居物业\n"
    shown = look(
        session, means, clerk, tmp_path / "a.csv", content,
        subject="firms", columns={"号": "source_key", "叫什么": "name"},
    )  # fmt: skip
    assert shown["outcome"]["counts"]["new"] == 1


def test_the_reading_of_the_last_file_of_a_shape_is_taken(
    session: Session, means: Means, clerk: int, tmp_path: Path
) -> None:
    reading = {"columns": {"号": "source_key", "叫什么": "name"}}
    uploads.remember(session, Subject.FIRMS, uploads.shape_of(["号", "叫什么"]), reading, clerk)
    shown = look(session, means, clerk, tmp_path / "a.csv", "号,叫什么\n1,安居物业\n")
    assert shown["said"] == {"subject": "firms", "remembered": True} | reading
    assert shown["outcome"]["counts"]["new"] == 1


def test_a_mapping_of_another_subject_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        wanted_import({"subject": "firms", "columns": {"甲": "households"}}, tmp_path, "a.csv", 1)


def test_a_preview_is_kept_for_the_portal_only(tmp_path: Path) -> None:
    path = tmp_path / "one.preview.json"
    assert load_preview(path) is None
    write_preview(path, {"a": 1})
    write_preview(path, {"a": 2})
    assert load_preview(path) == {"a": 2}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("{half")
    assert load_preview(path) is None
