from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.actions.imports.registry import IMPORTS
from portal.models import DataVersion, Firm, ImportRun
from portal.terms import Subject
from tests.portal.cli.conftest import Run

_LOCATED = ("communities", "complaints")
FIRMS = "企业编号,企业名称,注册日期\n1,安居物业,2010-05-01\n2,乐居物业,某天\n"


@pytest.fixture(autouse=True)
def policy(run: Run) -> None:
    assert run("db", "upgrade").exit_code == 0


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    path.write_text(FIRMS, "utf-8")
    return path


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_help_teaches(run: Run) -> None:
    said = run("import", "--help").output
    assert "请先导入道路和街道" in said
    listed = re.findall(r"^  ([a-z_]+)  ", said.partition("Commands:")[2], re.MULTILINE)
    assert listed == list(IMPORTS)
    said = run("import", "communities", "--help").output
    assert all(option in said for option in ("--source", "--datum", "--mapping", "--dry-run", "gcj02"))


def test_an_import_says_what_it_did_and_where_the_rejects_are(
    run: Run, firms: Path, committed_session: Session
) -> None:
    tried = run("import", "firms", firms, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "新增 2" in tried.output and "试运行：没有保存任何内容。" in tried.output
    assert count(committed_session, Firm) == 0
    done = run("import", "firms", firms)
    assert done.exit_code == 0, done.output
    assert "新增 2，变更 0，未变 0，未导入 0" in done.output
    path = Path(next(line for line in done.output.splitlines() if "-rejects.csv" in line).split("：")[1])
    assert "某天" in path.read_text("utf-8-sig")
    assert "读到的列：企业编号 → 主键、企业名称 → " in done.output
    again = run("import", "firms", firms)
    assert "未变 2" in again.output and "没有改动" in again.output
    committed_session.rollback()
    assert (count(committed_session, Firm), count(committed_session, ImportRun)) == (2, 2)


@pytest.mark.parametrize(
    ("subject", "content"),
    [
        ("complaints", "工单号,受理时间,街道,类型\nF3,昨天,福田,电梯\n"),
        ("firms", "企业编号,企业名称\n1,\n"),
        ("communities", "小区编号,小区名称,经度,纬度\n1,,,\n"),
        ("contracts", "合同编号,企业名称,小区名称,合同开始日期\n1,甲,乙,某天\n"),
    ],
)
def test_a_file_whose_rows_are_all_refused_says_so(
    run: Run, tmp_path: Path, subject: str, content: str
) -> None:
    path = tmp_path / "all.csv"
    path.write_text(content, "utf-8")
    done = (
        run("import", subject, path, "--datum", "wgs84")
        if subject in _LOCATED
        else run("import", subject, path)
    )
    assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.exception
    assert "未导入 1" in done.output, done.output
    assert "没有一行可以导入，没有改动。" in done.output


def test_a_file_that_cannot_be_read_ends_in_a_plain_word(run: Run, tmp_path: Path) -> None:
    result = run("import", "streets", tmp_path / "nowhere.geojson")
    assert result.exit_code == 1
    assert "没有这个文件" in result.output and "→" in result.output
    assert "Traceback" not in result.output


def test_an_unknown_datum_is_a_usage_error(run: Run, firms: Path) -> None:
    result = run("import", "communities", firms, "--datum", "mars")
    assert result.exit_code == 2
    assert "cgcs2000" in result.output


@pytest.mark.parametrize("datum", ["GCJ-02", "gcj02", "BD-09", "WGS 84", "CGCS2000", "Auto"])
def test_a_datum_may_be_written_as_people_do(run: Run, tmp_path: Path, datum: str) -> None:
    path = tmp_path / "places.csv"
    path.write_text("id,name,lng,lat\n1,甲,,\n", "utf-8")
    done = run("import", "communities", path, "--datum", datum, "--dry-run")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("subject", "options"),
    [
        ("streets", {"--source", "--datum", "--accept-datum", "--mapping", "--accept", "--dry-run"}),
        ("firms", {"--source", "--mapping", "--accept", "--dry-run"}),
        ("roads", {"--source", "--dry-run"}),
    ],
)
def test_help_names_only_what_applies(run: Run, subject: str, options: set[str]) -> None:
    said = run("import", subject, "--help").output
    assert set(re.findall(r"^  (--[a-z-]+)", said, re.MULTILINE)) == options | {"--help"}


def test_a_mapping_that_is_not_there_is_named(run: Run, firms: Path, tmp_path: Path) -> None:
    refused = run("import", "firms", firms, "--mapping", tmp_path / "nofile.toml")
    assert refused.exit_code == 1
    assert "映射文件有误：nofile.toml：没有这个文件" in refused.output


def test_a_datum_that_cannot_be_told_asks_for_a_statement(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("id,name,lng,lat\n1,甲,114.01,22.51\n2,乙,114.02,22.51\n", "utf-8")
    refused = run("import", "communities", path)
    assert refused.exit_code == 1
    assert "无法判断坐标基准" in refused.output and "--datum" in refused.output
    stated = run("import", "communities", path, "--datum", "bd09", "--dry-run")
    assert stated.exit_code == 0, stated.output
    assert "按注明的 BD-09" in stated.output


def test_what_scores_rest_on_asks_for_new_scores(
    run: Run, tmp_path: Path, firms: Path, committed_session: Session
) -> None:
    register = tmp_path / "list.csv"
    register.write_text("编号,小区\n1,晨光苑\n", "utf-8")
    assert (
        "尚未计算评分；导入完毕后请运行 ./run portal score" in run("import", "communities", register).output
    )
    assert "portal score" not in run("import", "communities", register).output  # nothing changed
    assert "portal score" not in run("import", "firms", firms).output
    committed_session.add(DataVersion(subject=Subject.SCORES))
    committed_session.commit()
    register.write_text("编号,小区\n1,晨光苑\n2,晚霞苑\n", "utf-8")
    said = run("import", "communities", register).output
    assert "评分计算于" in said
    assert "之后资料有变化；导入完毕后请运行 ./run portal score" in said
    # A worker does that by itself.
    committed_session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    committed_session.commit()
    register.write_text("编号,小区\n1,晨光苑\n2,晚霞苑\n3,春晓苑\n", "utf-8")
    said = run("import", "communities", register).output
    assert "评分稍后自动在后台重新计算。" in said
    assert "portal score" not in said
    committed_session.execute(text("DELETE FROM procrastinate_workers"))
    committed_session.commit()
