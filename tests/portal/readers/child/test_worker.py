from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

from portal.readers.child import wire
from portal.readers.child.worker import Request
from portal.readers.limits import ReadLimits

ROOT = Path(__file__).parents[4]
ENTRY = "from portal.readers.child.worker import main; main()"
START = f"import sys; sys.path.insert(0, sys.argv.pop(1)); {ENTRY}"


def start(answer: Path, request: Request) -> subprocess.CompletedProcess[bytes]:
    with answer.open("wb") as stream:
        return subprocess.run(
            [sys.executable, "-I", "-c", START, str(ROOT), str(stream.fileno())],
            input=pickle.dumps(request),
            pass_fds=[stream.fileno()],
            capture_output=True,
            check=False,
        )


def ask(tmp_path: Path, request: Request) -> tuple[subprocess.CompletedProcess[bytes], object]:
    answer = tmp_path / "answer"
    done = start(answer, request)
    return done, wire.decode(answer.read_bytes())


def test_answers_with_the_value(tmp_path: Path, hasty: ReadLimits) -> None:
    done, answer = ask(tmp_path, Request(pickle.dumps((max, (3, 8, 5))), (), hasty, os.getpid()))
    assert (done.returncode, done.stderr, answer) == (0, b"", {"value": 8})


def test_answers_with_the_error_and_logs_only_its_place(tmp_path: Path, hasty: ReadLimits) -> None:
    done, answer = ask(tmp_path, Request(pickle.dumps((int, ("秘密",))), (), hasty, os.getpid()))
    assert isinstance(answer, dict)
    assert answer["error"]["class"] == "FileRefused"
    assert answer["error"]["remedy"]
    said = done.stderr.decode()
    assert said.startswith("ValueError\n")
    assert "worker.py:" in said
    assert "秘密" not in said


def test_does_nothing_for_who_was_killed_meanwhile(tmp_path: Path, hasty: ReadLimits) -> None:
    request = Request(pickle.dumps((print, ("read",))), (), hasty, os.getppid())
    done = start(tmp_path / "answer", request)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    assert (tmp_path / "answer").read_bytes() == b""


def test_loads_nothing_heavy_by_itself(tmp_path: Path, hasty: ReadLimits) -> None:
    code = "import sys, portal.readers.parse, portal.readers.child.worker; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {
        "pandas",
        "geopandas",
        "numpy",
        "shapely",
        "pyproj",
        "openpyxl",
        "pyogrio",
        "sqlalchemy",
        "flask",
    }
    assert heavy.isdisjoint(loaded.stdout.split())
