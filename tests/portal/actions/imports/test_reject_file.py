from __future__ import annotations

import csv
import errno
import stat
from pathlib import Path
from typing import IO, Any

import pytest

from portal.actions.imports import reject_file
from portal.actions.transactions.import_run import Severity, remark
from portal.errors import Unavailable

REMARKS = [
    remark(Severity.NOTED, 7, "address", "安华路1号2栋301 13800138000", "原因", "办法"),
    remark(Severity.REJECTED, 3, "name", "=1+1", "原因", "办法"),
    remark(Severity.NOTED, None, "highway", "", "全部", "办法"),
]


def test_remarks_stand_by_row_masked_and_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "imports" / "run-rejects.csv"
    reject_file.write(path, REMARKS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["行号"], row["字段"]) for row in rows] == [("", "道路类别"), ("3", "名称"), ("7", "地址")]
    assert rows[1]["原值"] == "'=1+1"
    assert "301" not in rows[2]["原值"] and "13800138000" not in rows[2]["原值"]


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(stream: IO[bytes], *rest: Any) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reject_file, "write_csv", fill)
    with pytest.raises(Unavailable, match="No space left on device") as refused:
        reject_file.write(tmp_path / "run-rejects.csv", REMARKS)
    assert "磁盘空间" in refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "run-rejects.csv"
    path.write_text("kept")
    with pytest.raises(Unavailable):
        reject_file.write(path, REMARKS)
    assert path.read_text() == "kept"
