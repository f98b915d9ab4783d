"""What the largest files cost that a city may bring: the measure behind the limits of reading.

    python -m bench.reading_limits [--megabytes 500] [--rows 1048575]

A hotline's export of that many megabytes as CSV (each row with an address and a text as
people write them) and one of as many rows as a sheet of Excel holds as xlsx, each read in a
child under the limits of the settings, which have to let it through: seconds of CPU, and the most
memory that the child and who called it took. The last line is the same as JSON, with the limits.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from openpyxl import Workbook

from bench.reading_files import SEED, draw_complaints
from geo.frames import COMPLAINTS
from portal.config import Config
from portal.readers.limits import ReadLimits
from portal.readers.table import read_table

LIMITS = ReadLimits.from_config(Config.from_environ(os.environ))
AT_ONCE = 50_000
PHRASES = ["物业服务", "电梯停运", "停车收费", "垃圾清运", "楼道照明", "消防通道", "公共收益", "维修资金"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rows", type=int, default=1_048_575)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        csv, xlsx = Path(folder) / "made.csv", Path(folder) / "made.xlsx"
        rows = write_csv(csv, options.megabytes)
        figures = [measure("CSV", csv, rows)]
        write_xlsx(xlsx, options.rows)
        figures.append(measure("xlsx", xlsx, options.rows))
    report(figures)


def draw_spoken(rows: int) -> pd.DataFrame:
    """Return complaints with address and text, some 700 bytes each in UTF-8."""
    random = np.random.default_rng(SEED)
    words = random.choice(PHRASES, (rows, 40))
    numbers = random.integers(1, 999, rows)
    return draw_complaints(rows).assign(
        地址=[f"云岭市翠屏区人民路{number}号院{number % 30}栋" for number in numbers],
        内容=["".join(row) + str(number) for row, number in zip(words, numbers, strict=True)],
    )


def write_csv(path: Path, megabytes: int) -> int:
    """Write rows while the file does not exceed that size; return how many."""
    rows, size, part = 0, 0, draw_spoken(AT_ONCE)
    with path.open("wb") as stream:
        while stream.tell() + size <= megabytes * 1_000_000:
            part["工单编号"] = np.arange(rows, rows + len(part))
            size = stream.write(part.to_csv(index=False, header=not rows).encode())
            rows += len(part)
    return rows


def write_xlsx(path: Path, rows: int) -> None:
    """Write as many rows of plain complaints."""
    table = draw_complaints(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        sheet.append(row)
    book.save(path)


def measure(kind: str, path: Path, rows: int) -> dict[str, object]:
    """Return what reading one file cost, each in a process of its own."""
    answers: multiprocessing.Queue[dict[str, object]] = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=read, args=(path, answers))
    process.start()
    told = answers.get()
    process.join()
    return {"file": f"{kind}, {rows:,} rows", "mb": path.stat().st_size // 1_000_000, **told}


def read(path: Path, answers: multiprocessing.Queue[dict[str, object]]) -> None:
    """Read in the child, to typed columns, and put the figures into the queue."""
    result = read_table(path, COMPLAINTS, timezone="Asia/Shanghai", limits=LIMITS)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    answers.put(
        {
            "taken": len(result.frame),
            "child_cpu_s": round(child.ru_utime + child.ru_stime, 1),
            "child_peak_mb": child.ru_maxrss // 1024,
            "worker_peak_mb": own.ru_maxrss // 1024,
        }
    )


def report(figures: list[dict[str, object]]) -> None:
    """Print a table, then one line of JSON."""
    text = io.StringIO()
    pd.DataFrame(figures).to_string(text, index=False)
    print(text.getvalue())
    print(json.dumps({"files": figures, "limits": vars(LIMITS)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
