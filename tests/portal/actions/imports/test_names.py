from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.names import mask_names
from portal.actions.transactions.import_run import Severity
from portal.models import Complaint, Firm, Neighbourhood
from portal.terms import Subject
from tests.conftest import make_street

HEAD = "工单编号,受理时间,街道,社区,小区,三级分类\n"
ROW = (
    "13800138000,2025-08-01 10:00,云岭,翠竹社区１３８００１３８０００,幸福花园 138—0013—8000,漏水83661236张\n"
)


def test_numbers_in_names_are_masked_and_said_by_row() -> None:
    frame = pd.DataFrame(
        {"row": [2, 3, 4], "source_key": ["13800138000"] * 3, "name": ["甲", "乙13800138000", None]}
    )
    masked, remarks = mask_names(Subject.FIRMS, frame)
    assert masked["name"].tolist() == ["甲", "乙138****8000", None]
    assert masked["source_key"].tolist() == ["13800138000"] * 3
    [told] = remarks
    assert (told.row, told.field, told.severity) == (3, "name", Severity.REPAIRED)
    assert "遮盖" in str(told.reason) and "源文件" in str(told.remedy)


def test_what_holds_none_is_as_it_was() -> None:
    frame = pd.DataFrame({"row": [2], "name": ["甲公司"]})
    masked, remarks = mask_names(Subject.FIRMS, frame)
    assert masked["name"].tolist() == ["甲公司"] and remarks == []
    assert mask_names(Subject.CONTRACTS, frame)[1] == []


def test_no_name_comes_into_the_database_with_one(seeded: Session, means: Means, tmp_path: Path) -> None:
    make_street(seeded)
    path = tmp_path / "hotline.csv"
    path.write_text(HEAD + ROW, "utf-8")
    outcome, rejects = import_file(seeded, FileImport(subject=Subject.COMPLAINTS, path=path), means)
    complaint = seeded.scalars(select(Complaint)).one()
    assert complaint.source_key == "13800138000"
    assert complaint.reported_community == "幸福花园 138****8000"
    assert complaint.sub_type == "漏水8***1236张"
    assert seeded.scalars(select(Neighbourhood.name)).all() == ["翠竹社区138****8000"]
    assert outcome.counts["repaired"] == 1
    assert rejects is not None
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        told = {row["字段"]: row["原值"] for row in csv.DictReader(stream) if row["结果"] == "已修复"}
    assert set(told.values()) == {"翠竹社区138****8000", "幸福花园 138****8000", "漏水8***1236张"}


def test_a_firm_keeps_its_key_and_code(seeded: Session, means: Means, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(
        "企业编号,企业名称,统一社会信用代码\n13800138000,安居物业 粤B12345,91350100M000100Y43\n", "utf-8"
    )
    import_file(seeded, FileImport(subject=Subject.FIRMS, path=path), means)
    firm = seeded.scalars(select(Firm)).one()
    assert (firm.source_key, firm.name, firm.credit_code) == (
        "13800138000",
        "安居物业 粤B*****",
        "91350100M000100Y43",
    )
