"""Refused rows come back as a table that is mended and brought again: exactly those, and nothing else."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import numpy as np
import openpyxl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.actions.imports import mending
from portal.actions.imports.files import FileImport, Means, import_file
from portal.actions.imports.registry import IMPORTS
from portal.models import Firm
from portal.readers.formats.raw import REASON, REMEDY
from portal.terms import Subject

ROWS, FAULTS = 5_000, 200


def test_planted_faults_are_refused_mended_and_brought_again(
    session: Session, means: Means, tmp_path: Path
) -> None:
    broken = set(np.random.default_rng(5).choice(ROWS, FAULTS, replace=False).tolist())
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("企业")
    sheet.append(["企业编号", "企业名称", "联系电话"])
    for n in range(ROWS):
        sheet.append([f"F{n:05}", None if n in broken else f"第{n}物业", f"8{n:07}"])
    path = tmp_path / "firms.xlsx"
    book.save(path)
    wanted = FileImport(subject=Subject.FIRMS, path=path)
    outcome, _ = import_file(session, wanted, means)
    assert (outcome.counts["new"], outcome.counts["rejected"]) == (ROWS - FAULTS, FAULTS)

    target = mending.path_of(tmp_path, outcome.run_id)
    contract = IMPORTS[Subject.FIRMS].contract
    assert mending.write_refused(target, path, contract, outcome.remarks, means.limits) == FAULTS
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["企业编号", "企业名称", "联系电话", REASON, REMEDY]
    assert {row["企业编号"] for row in rows} == {f"F{n:05}" for n in broken}
    assert all(row[REASON] and row["联系电话"] == f"8{int(row['企业编号'][1:]):07}" for row in rows)

    mended = tmp_path / "mended.csv"
    with mended.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"企业名称": f"第{int(row['企业编号'][1:])}物业"} for row in rows)
    again, _ = import_file(session, FileImport(subject=Subject.FIRMS, path=mended, source="firms"), means)
    assert (again.counts["new"], again.counts["rejected"]) == (FAULTS, 0)
    assert session.scalar(select(func.count()).select_from(Firm)) == ROWS
    assert not any(REASON in str(item.reason) for item in again.remarks)


def test_without_refused_rows_there_is_nothing_to_mend(
    session: Session, means: Means, tmp_path: Path
) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("企业编号,企业名称\n1,安居\n", "utf-8")
    outcome, _ = import_file(session, FileImport(subject=Subject.FIRMS, path=path), means)
    target = mending.path_of(tmp_path, outcome.run_id)
    contract = IMPORTS[Subject.FIRMS].contract
    assert mending.write_refused(target, path, contract, outcome.remarks, means.limits) == 0
    assert not target.exists()
