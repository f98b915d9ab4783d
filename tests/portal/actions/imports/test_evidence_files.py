"""Files of evidence as clerks write them: what is taken, what is refused and why, kind by kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.preview import TABLES, preview
from portal.actions.imports.registry import IMPORTS
from portal.actions.scores.evidence_kinds import KINDS
from portal.actions.transactions.import_run import Outcome
from portal.models import (
    Audit,
    Community,
    DataVersion,
    Finding,
    Firm,
    ImportRun,
    Inspection,
    OwnersCommittee,
    OwnersCommitteeMember,
    Penalty,
    Survey,
    UserAccount,
)
from portal.readers.survey import survey_table
from portal.store.operations import jobs
from portal.terms import Role, Subject
from tests.conftest import make_street

# Of each kind a file: its first row is taken; of each other one what is refused, and words of the reason.
FILES: dict[Subject, tuple[str, list[tuple[str, str]]]] = {
    Subject.GATES: (
        "小区名称,街道,出入口名称,主出入口,经度,纬度\n"
        "阳光花园,西街,南门,是,118.005,26.005\n"
        "无此小区,,南门,是,118.005,26.005\n"
        "双子园,,南门,,118.005,26.005\n"
        "阳光花园,西街,北门,,,\n"
        "阳光花园,西街,,,118.005,26.005\n",
        [
            ("community", "没有唯一的小区"),
            ("community", "没有唯一的小区"),
            ("lon, lat", "没有经纬度"),
            ("name", "缺少"),
        ],
    ),
    Subject.OWNERS_COMMITTEES: (
        "业委会编号,小区名称,届次,任期\n"
        "A1,阳光花园,第二届,2024年1月1日至2028年12月31日\n"
        "A2,阳光花园,2,2024-01-01至2028-12-31\n"
        "A3,阳光花园,第三届,2029-01-01至2028-12-31\n"
        "A4,阳光花园,某届,2024-01-01至2028-12-31\n"
        "A5,阳光花园,首届,2019-01-01至2023-12-31\n"
        "A6,阳光花园,第四届,2034-01-01\n",
        [
            ("term", "与第 2 行是同一条记录"),
            ("ends_on", "开始之前"),
            ("term", "不是数字"),
            ("term", "“town”的 YWH001"),
            ("ends_on", "缺少"),
        ],
    ),
    Subject.OWNERS_COMMITTEE_MEMBERS: (
        "成员编号,业委会编号,席位,职务,姓名\n"
        "1,YWH001,1,业委会主任,张三\n"
        "2,YWH001,1,委员,李四\n"
        "3,YWH009,2,委员,李四\n"
        "4,YWH001,3,保安,王五\n"
        "5,YWH001,4,委员,\n",
        [
            ("seat", "与第 2 行是同一条记录"),
            ("owners_committee", "没有唯一的业委会"),
            ("office", "不是已知的取值"),
            ("name", "缺少"),
        ],
    ),
    Subject.PARTY_ORGANISATIONS: (
        "党组织编号,小区名称,企业名称,党组织名称,成立日期\n"
        "1,阳光花园,,阳光花园党支部,2020年7月\n"
        "2,,没有的企业,某党支部,\n"
        "3,阳光花园,安居物业,某党支部,\n"
        "4,,,某党支部,\n"
        "5,阳光花园,,另一党支部,\n",
        [
            ("firm", "没有唯一的企业"),
            ("community", "都写了"),
            ("community", "都没有写"),
            ("community", "同一条记录"),
        ],
    ),
    Subject.MEETINGS: (
        "小区名称,会议日期,会议记录,提出问题数,解决问题数,季度\n"
        "阳光花园,2025.2.18,有,5,4,2025Q1\n"
        "阳光花园,2025-02-19,有,5,6,\n"
        "阳光花园,2025-02-20,大概,5,4,\n"
        "阳光花园,2025-02-21,有,5,4,2025年第二季度\n"
        "阳光花园,2061-02-21,有,5,4,\n",
        [
            ("issues_closed", "比提出的多"),
            ("minuted", "既不是"),
            ("period", "2025-Q1"),
            ("held_on", "一年以后"),
        ],
    ),
    Subject.SURVEYS: (
        "小区名称,季度,有效问卷数,满意率（%）\n"
        "阳光花园,2025年第一季度,120,85.5\n"
        "阳光花园,上半年,120,85.5\n"
        "阳光花园,2025年第二季度,120,185\n"
        "阳光花园,2025年第三季度,约定,85\n"
        "阳光花园,2071-Q1,120,85\n",
        [("period", "不是季度"), ("mean_share", "超出"), ("responses", "不是数字"), ("period", "一年以后")],
    ),
    Subject.STREET_EVALUATIONS: (
        "小区名称,季度,配合工作,四方联动,整改落实,信息公示\n"
        "阳光花园,2025-Q1,5.5,4.5分,,2.5\n"
        "阳光花园,2025-Q2,6.5,4.5,5,2.5\n"
        "阳光花园,2025-Q3,,,,\n"
        "没有,2025-Q1,5,4,5,2\n",
        [("cooperation", "满分 6"), ("cooperation", "四项都没有"), ("community", "没有唯一的小区")],
    ),
    Subject.INSPECTIONS: (
        "巡查编号,小区名称,检查时间\n"
        "X1,阳光花园,2025年3月5日 上午9:30\n"
        "X2,阳光花园,某天\n"
        "X3,没有,2025-03-05 09:30\n"
        "X1,阳光花园,2025-03-06 09:30\n",
        [("inspected_at", "不是时间"), ("community", "没有唯一的小区"), ("source_key", "重复")],
    ),
    Subject.FINDINGS: (
        "问题编号,检查编号,序号,检查指标,问题描述,问题等级,扣分\n"
        "1,XC001,2,环境卫生,楼道堆放杂物,较重,1分\n"
        "2,XC009,3,环境卫生,楼道堆放杂物,较重,1\n"
        "3,XC001,4,宠物,狗未拴绳,一般,1\n"
        "4,XC001,5,绿化,枯枝,天大,1\n"
        "5,XC001,6,绿化,枯枝,一般,-1\n"
        "6,XC001,1,绿化,枯枝,一般,1\n",
        [
            ("inspection", "没有唯一的巡查"),
            ("indicator", "没有这个检查指标"),
            ("severity", "不是已知的取值"),
            ("deduction", "超出"),
            ("number", "“town”的 XC001-1"),
        ],
    ),
    Subject.RECTIFICATIONS: (
        "整改编号,问题编号,整改状态,整改期限,报整改时间,销号时间\n"
        "1,XC001-1,已销号,2025-03-20,2025-03-15 10:00,2025-03-18 09:00\n"
        "2,XC001-9,待整改,2025-03-20,,\n"
        "3,XC001-1,待整改,2025-03-20,,\n"
        "4,XC001-1,已销号,2025-03-20,2025-03-15 10:00,2025-03-14 09:00\n",
        [
            ("finding", "没有唯一的检查问题"),
            ("finding", "与第 2 行是同一条记录"),
            ("closed_at", "早于报整改"),
        ],
    ),
    Subject.PENALTIES: (
        "文号,小区名称,企业名称,类型,分值,事由,依据,日期\n"
        "1,阳光花园,,表彰,1,垃圾分类示范,区级授牌,2025-03-12\n"
        "2,,乐居物业,警告,1,未公示收费,警告书,2025-03-12\n"
        "3,阳光花园,,批评,1,甲,乙,2025-03-12\n"
        "4,阳光花园,,表彰,1,甲,,2025-03-12\n",
        [("firm", "没有唯一的企业"), ("kind", "不是已知的取值"), ("evidence", "缺少")],
    ),
}


@pytest.fixture
def place(session: Session) -> Session:
    west, east = make_street(session, "西街"), make_street(session, "东街", west=118.1)
    here = Community(name="阳光花园", street_id=west.id, street_how="name")
    twins = [Community(name="双子园", street_id=street.id, street_how="name") for street in (west, east)]
    session.add_all([here, *twins, Firm(source="town", source_key="1", name="安居物业")])
    session.flush()
    told = {"source": "town", "community_id": here.id}
    visit = Inspection(**told, source_key="XC001", inspected_at="2025-03-05 09:30+08")
    term = "[2019-01-01,2024-01-01)"
    session.add_all([visit, OwnersCommittee(**told, source_key="YWH001", term=1, period=term)])
    session.flush()
    said = {"indicator": "order", "clause": "甲", "severity": "minor", "deduction": 0.5}
    session.add(Finding(inspection_id=visit.id, source="town", source_key="XC001-1", number=1, **said))
    session.commit()
    return session


def bring(session: Session, means: Means, folder: Path, subject: Subject, content: str) -> Outcome:
    path = folder / f"{subject}.csv"
    path.write_text(content, "utf-8")
    datum = Datum.WGS84 if IMPORTS[subject].has_geometry else None
    return import_file(session, FileImport(subject=subject, path=path, datum=datum), means)[0]


def test_every_kind_has_its_file() -> None:
    assert list(FILES) == list(KINDS)


@pytest.mark.parametrize("subject", FILES, ids=str)
def test_one_row_is_taken_and_the_others_are_refused_each_for_its_reason(
    place: Session, means: Means, tmp_path: Path, subject: Subject
) -> None:
    content, expected = FILES[subject]
    before = place.scalar(select(func.count()).select_from(IMPORTS[subject].model)) or 0
    outcome = bring(place, means, tmp_path, subject, content)
    refused = [item for item in outcome.remarks if item.severity == "rejected"]
    assert sorted({item.row for item in refused}) == list(range(3, 3 + len(expected)))
    assert all(item.remedy for item in refused)
    for row, (field, part) in enumerate(expected, start=3):
        said = [(item.field, str(item.reason)) for item in refused if item.row == row]
        assert any(name == field and part in reason for name, reason in said), said
    assert outcome.counts["new"] == 1
    assert place.scalar(select(func.count()).select_from(IMPORTS[subject].model)) == before + 1
    assert {Subject.EVIDENCE, Subject.COMMUNITIES} & set(place.scalars(select(DataVersion.subject)))


def test_scores_are_wanted_after_evidence_came(place: Session, means: Means, tmp_path: Path) -> None:
    place.add(DataVersion(subject=Subject.COMMUNITIES, version=1))
    place.commit()
    assert not jobs.scores_wanted(place, "score", 0)
    bring(place, means, tmp_path, Subject.SURVEYS, FILES[Subject.SURVEYS][0])
    assert jobs.scores_wanted(place, "score", 0)
    (audited,) = place.scalars(select(Audit).where(Audit.action == "import"))
    assert audited.subject == Subject.SURVEYS


def test_nobodys_name_or_number_is_kept_in_plain(place: Session, means: Means, tmp_path: Path) -> None:
    bring(
        place, means, tmp_path, Subject.OWNERS_COMMITTEE_MEMBERS, FILES[Subject.OWNERS_COMMITTEE_MEMBERS][0]
    )
    (name,) = place.scalars(select(OwnersCommitteeMember.name_encrypted))
    assert means.cipher.decrypt(bytes(name)) == "张三"
    content = FILES[Subject.PENALTIES][0].replace("垃圾分类示范", "投诉人13800138000")
    bring(place, means, tmp_path, Subject.PENALTIES, content)
    assert place.scalars(select(Penalty.clause)).all() == ["投诉人138****8000"]


def test_the_run_keeps_what_its_columns_were_read_as(place: Session, means: Means, tmp_path: Path) -> None:
    content = "小区名称,季度,有效问卷数,满意度,13800138000\n阳光花园,2025-Q1,120,85%,甲\n"
    outcome = bring(place, means, tmp_path, Subject.SURVEYS, content)
    run = place.get_one(ImportRun, outcome.run_id)
    assert run.columns == [
        ["小区名称", "field", "community"],
        ["季度", "field", "period"],
        ["有效问卷数", "field", "responses"],
        ["满意度", "field", "mean_share"],
        ["138****8000", "attribute", ""],
    ]


def test_a_preview_takes_it_for_what_it_is_and_tells_examples_by_name(
    place: Session, means: Means, tmp_path: Path
) -> None:
    clerk = UserAccount(username="c", password_hash="x", session_key="x", role=Role.CLERK, display_name="甲")
    place.add(clerk)
    place.commit()

    def look(name: str, content: str) -> dict[str, Any]:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        return preview(place, path, name, {"source": "a"}, means, clerk.id)

    shown = look("满意度.csv", FILES[Subject.SURVEYS][0])
    assert shown["said"]["subject"] == "surveys"
    (added,) = shown["outcome"]["added"]
    assert (added["name"], added["told"]) == (
        "阳光花园",
        [["period", "2025-Q1"], ["responses", 120], ["mean_share", 0.855]],
    )
    assert [row["row"] for row in shown["outcome"]["remarks"]["rejected"]] == [3, 4, 5, 6]
    assert place.scalars(select(Survey)).all() == []
    shown = look("业委会.csv", FILES[Subject.OWNERS_COMMITTEES][0])
    (added,) = shown["outcome"]["added"]
    assert added["told"] == [["term", 2], ["period", "2024-01-01 – 2028-12-31"]]
    shown = look("整改.csv", FILES[Subject.RECTIFICATIONS][0])
    assert [(one["name"], one["told"][0]) for one in shown["outcome"]["added"]] == [
        ("XC001-1", ["state", "passed"])
    ]


@pytest.mark.parametrize("subject", FILES, ids=str)
def test_headers_alone_tell_which_kind_it_is(subject: Subject, means: Means, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(FILES[subject][0], "utf-8")
    found = survey_table(path, [entry.contract for entry in TABLES], means.limits)
    assert found.likely[0] == subject
