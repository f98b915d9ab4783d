import csv
from pathlib import Path

from portal.readers.problems import NOT_A_NUMBER, reject
from portal.readers.rejects import write_rejects


def test_reject_file_is_readable_in_excel_and_cannot_run(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(path, [reject(12, "households", "=1+cmd", NOT_A_NUMBER, blocking=False)])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["行", "字段", "原值", "原因", "处理办法"],
            ["12", "households", "'=1+cmd", "不是数字", "请只写数字，如 1234.5"],
        ]


def test_texts_are_translated_where_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    words = {"行": "row", "不是数字": "not a number"}
    rows = [reject(2, "lifts", "x", NOT_A_NUMBER, blocking=False)]
    write_rejects(path, rows, lambda text: words.get(text, "…"))
    assert path.read_text("utf-8-sig").splitlines() == ["row,…,…,…,…", "2,lifts,x,not a number,…"]
