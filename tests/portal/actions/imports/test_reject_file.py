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


@pytest.mark.parametrize(
    ("field", "value", "written"),
    [
        ("community", "幸福花园3栋2单元501 １３８００１３８０００", "幸福花园3栋**"),
        ("name", "3#501室", "3#**"),
        ("", "A座1203 | 83661236", "A座**"),
        ("sub_type", "请打 1380013八018", "请打 138****8018"),
        ("neighbourhood", "翠竹 13800138…", "翠竹…"),
        ("received_at", "2025-13-01", "2025-13-01"),
        ("floor_area_m2", "277,600.5 m²", "277,600.5 m²"),
        ("floor_area_m2", "13800138000", "138****8000"),
        ("lon, lat", "114.057868, 22.543096", "114.057868, 22.543096"),
        ("source_key", "13800138000", "13800138000"),
    ],
)
def test_values_tell_no_number_and_no_room(tmp_path: Path, field: str, value: str, written: str) -> None:
    path = tmp_path / "run-rejects.csv"
    reject_file.write(path, [remark(Severity.NOTED, 1, field, value, "原因", "办法")])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["原值"] for row in csv.DictReader(stream)] == [written]


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(stream: IO[bytes], *rest: Any) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reject_file, "write_csv", fill)
    with pytest.raises(Unavailable, match="No space left on device") as refused:
        reject_file.write(tmp_path / "run-rejects.csv", REMARKS)
    assert "磁盘空间" in refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_attempt_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "run-rejects.csv"
    path.write_text("half")
    reject_file.write(path, REMARKS)
    assert path.read_text("utf-8-sig").startswith("行号,")
