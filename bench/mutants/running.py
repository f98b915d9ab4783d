"""Running mirrored tests against mutants: a throw-away copy, a forked process each, a database for all."""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib.util
import json
import os
import py_compile
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from multiprocessing import Queue
from pathlib import Path
from typing import Any

from bench.mutants.drawing import ROOT, Mutant

COPIED = ("geo", "portal", "tests", "data", "templates", "static", "scripts", "docs", "bench")
TIMES_AS_LONG, AT_LEAST_S = 3, 10
MEMORY = 12 << 30
OURS = ("geo", "portal")
ROLES = ("OWNER", "PORTAL")
# Modules that write themselves into others, and what is to be imported anew with them.
REGISTRIES = (("portal.models",), ("portal.jobs", "portal.queue"))


@dataclass
class Outcome:
    """What became of a mutant: survived, killed, slow (killed by the clock), import (no test began)."""

    key: str
    outcome: str
    seconds: float


@dataclass(frozen=True)
class Run:
    """How a test file is run.

    Parameters
    ----------
    folder, test, module
        Copy of the checkout, test file and module under test.
    stale
        Modules to import anew.
    database
        Address of the worker's database, None for one of the run's own.
    durations
        Seconds that each test took before; quick ones come first.
    chosen
        Tests to run, None for all.
    cpu_s
        Processor time after which it is stopped; None to run to the end and write ``notes``.
    """

    folder: Path
    test: str
    module: str
    stale: frozenset[str] = frozenset()
    database: str | None = None
    durations: Mapping[str, float] = field(default_factory=dict)
    chosen: frozenset[str] | None = None
    cpu_s: int | None = None

    @property
    def notes(self) -> Path:
        """What a run without a limit wrote down."""
        return self.folder / "notes.json"


class Recorder:
    """Plugin of a run: chooses and orders its tests; notes how long each took and which lines it ran."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.path = str(run.folder / run.module)
        self.durations: Counter[str] = Counter()
        self.lines: dict[str, set[int]] = {}
        self.now = ""  # the test whose body runs; "" for what tests may share: imports and set-up

    def pytest_sessionstart(self) -> None:
        """Begin to note lines, in a run without a limit."""
        if self.run.cpu_s is None:
            sys.settrace(self._enter)

    def _enter(self, frame: Any, event: str, argument: object) -> Any:
        return self._line if frame.f_code.co_filename == self.path else None

    def _line(self, frame: Any, event: str, argument: object) -> Any:
        self.lines.setdefault(self.now, set()).add(frame.f_lineno)
        return self._line

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep the chosen ones, by what each took before."""
        chosen = self.run.chosen
        items[:] = [item for item in items if chosen is None or item.nodeid in chosen]
        items.sort(key=lambda item: self.run.durations.get(item.nodeid, 0.0))

    def pytest_collection_finish(self, session: Any) -> None:
        """Spare the run a database of its own; the tests leave it as they found it."""
        url = self.run.database
        defined = session._fixturemanager.getfixturedefs("database", session.items[0]) if url else None
        for made in defined or []:
            given = made.func.__globals__
            urls = (given["_with"](url, given[role], _name(url)) for role in ROLES)
            made.func = partial(lambda one, make_database: one, given["Database"](*urls))

    def pytest_runtest_call(self, item: Any) -> None:
        """Note lines as this test's."""
        self.now = item.nodeid

    def pytest_runtest_teardown(self) -> None:
        """Note lines as those of all."""
        self.now = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add up set-up, call and the rest."""
        self.durations[report.nodeid] += report.duration

    def write(self, path: Path) -> None:
        """Keep what was noted."""
        lines = {test: sorted(ran) for test, ran in self.lines.items()}
        noted = {"durations": self.durations, "lines": lines, "modules": sorted(sys.modules)}
        path.write_text(json.dumps(noted))


def tests_that_run(source: str, line: int, lines: Mapping[str, list[int]]) -> frozenset[str] | None:
    """Return the tests whose bodies run the statement on a line; None where any test may depend on it."""
    statement = None
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    inside: list[tuple[ast.AST, bool]] = [(ast.parse(source), False)]
    for node, is_body in inside:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.stmt):
                inside.append((child, is_body))
            elif _first(child) <= line <= (child.end_lineno or 0):
                in_body = is_body or isinstance(node, functions)
                statement = child if in_body else None
                inside.append((child, in_body))
    if statement is None:
        return None
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or 0
    if line > last:  # between the parts of an if or a try
        last = statement.end_lineno or 0
    ran = {test for test, at in lines.items() if any(_first(statement) <= one <= last for one in at)}
    return frozenset(ran) if ran and "" not in ran else None


def _first(node: Any) -> int:
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def _name(url: str) -> str:
    return url.rpartition("/")[2]


class Databases:
    """The worker's own migrated database, made anew when a mutant has written into it."""

    def __init__(self) -> None:
        self.admin = os.environ.get("PORTAL_TEST_DATABASE_URL")
        self.url: str | None = None
        self.rows = -1

    def ready(self) -> str | None:
        """Return its address, None as long as there is no template."""
        if self.admin is None or (self.url and self._count() == self.rows):
            return self.url
        import psycopg

        self.drop()
        files = sorted(Path("portal/migrations").rglob("*.py"))
        template = f"atlas_template_{sha256(b''.join(f.read_bytes() for f in files)).hexdigest()[:12]}"
        name = f"atlas_mutants_{os.getpid()}"
        with psycopg.connect(self.admin, autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
                return None
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER atlas_test_owner')
        self.url = f"{self.admin.rpartition('/')[0]}/{name}"
        self.rows = self._count()
        return self.url

    def drop(self) -> None:
        """Leave nothing behind."""
        import psycopg

        if self.admin and self.url:
            with psycopg.connect(self.admin, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{_name(self.url)}" WITH (FORCE)')
        self.url = None

    def _count(self) -> int:
        import psycopg

        tables = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        with psycopg.connect(str(self.url)) as inside:
            names = [row[0] for row in inside.execute(tables).fetchall()]
            counts = " + ".join(f"(SELECT count(*) FROM {name})" for name in names)
            found = inside.execute(f"SELECT {counts}").fetchone()
        return int(found[0]) if found else -1


def run_tests(run: Run) -> int | None:
    """Return pytest's exit code in a forked process, None where the time ran out."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            forget(run.stale)
            os._exit(_in_child(run))
        finally:
            os._exit(70)
    # Mostly by processor time, so that a busy machine kills no mutant.
    ends = time.monotonic() + (1800 if run.cpu_s is None else 60 + 20 * run.cpu_s)
    code: int | None = None
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            break
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if code is None:
        os.waitpid(child, 0)
    return None if code == -signal.SIGXCPU else code


def _in_child(run: Run) -> int:
    gc.disable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if run.cpu_s is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (run.cpu_s, run.cpu_s + 5))
    shown = os.open(run.folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(shown, 1)
    os.dup2(shown, 2)
    import pytest
    from hypothesis import settings

    # Neither what failed for another mutant nor the smallest example is of interest.
    settings.register_profile("mutants", database=None, phases=[*settings.default.phases][:3])
    settings.load_profile("mutants")
    recorder = Recorder(run)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=1"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning", f"--basetemp={run.folder / 'temporary'}"]
    code = int(pytest.main([*options, run.test], plugins=[recorder]))
    if run.cpu_s is None:
        sys.settrace(None)
        recorder.write(run.notes)
    return code


def copy_tree() -> Path:
    """Return a throw-away copy of what tests need, compiled."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-")) / "checkout"
    folder.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, folder / path.name)
    for part in ("geo", "portal"):
        for path in (folder / part).rglob("*.py"):
            py_compile.compile(str(path), doraise=True)
    return folder


def work(number: int, tasks: Queue[Any], answers: Queue[Any]) -> None:
    """Judge mutants by module until there are none."""
    folder = copy_tree()
    os.chdir(folder)
    forget([name for name in sys.modules if name.partition(".")[0] in OURS])
    sys.path[:] = [str(folder), *(path for path in sys.path if path not in ("", str(ROOT)))]
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    importers = importers_in(folder)
    databases = Databases()
    try:
        for test, mutants in iter(tasks.get, None):
            module = mutants[0].module
            run = Run(folder, test, module, frozenset(stale_with(name_of(Path(module)), importers)))
            run, used_s = replace(run, database=databases.ready()), _children_s()
            if (code := run_tests(run)) != 0:
                shutil.copy(folder / "output.txt", ROOT / "instance" / f"mutants-{number}.txt")
                answers.put(f"{test} fails without any mutant ({code}): instance/mutants-{number}.txt")
                return
            told, used_s = json.loads(run.notes.read_text()), _children_s() - used_s
            import_all(told["modules"])
            limit_s = max(AT_LEAST_S, int(TIMES_AS_LONG * used_s))
            run = replace(run, durations=told["durations"], cpu_s=limit_s)
            source = (folder / module).read_text("utf-8")
            for mutant in mutants:
                chosen = tests_that_run(source, mutant.line, told["lines"])
                answers.put(judge(mutant, replace(run, chosen=chosen, database=databases.ready())))
    finally:
        databases.drop()
        shutil.rmtree(folder.parent, ignore_errors=True)
        answers.put(None)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def import_all(names: Iterable[str]) -> None:
    """Import modules, so that forked processes need not."""
    for name in names:
        if name.startswith(("tests", "bench", "conftest", "__")) or "pytest_" in name or "xdist" in name:
            continue
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")
            importlib.import_module(name)
    gc.freeze()


def importers_in(folder: Path) -> dict[str, set[str]]:
    """Return which of our modules import each of them, by name."""
    paths = {
        name_of(path.relative_to(folder)): path for part in OURS for path in (folder / part).rglob("*.py")
    }
    found: dict[str, set[str]] = {name: set() for name in paths}
    for name, path in paths.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            imported = []
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for one in imported:
                if one in found:
                    found[one].add(name)
    return found


def name_of(path: Path) -> str:
    """Return the name of the module at a path."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def stale_with(module: str, importers: dict[str, set[str]]) -> set[str]:
    """Return a module with all that import it, and with what those write themselves into."""
    stale: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in stale:
            stale.add(name)
            waiting += importers[name]
            for registry in REGISTRIES:
                if name.startswith(registry[0]):
                    waiting += [other for other in importers if other.startswith(registry)]
    return stale


def forget(names: Iterable[str]) -> None:
    """Let modules be imported anew."""
    for name in names:
        sys.modules.pop(name, None)
        package, _, short = name.rpartition(".")
        if package in sys.modules and hasattr(sys.modules[package], short):
            delattr(sys.modules[package], short)


def judge(mutant: Mutant, run: Run) -> Outcome:
    """Put a mutant in its place, run the test, and put things right again."""
    path = run.folder / mutant.module
    source, compiled = path.read_text("utf-8"), Path(importlib.util.cache_from_source(str(path)))
    compiled.unlink(missing_ok=True)
    path.write_text(mutant.code, "utf-8")
    began = time.monotonic()
    code = run_tests(run)
    path.write_text(source, "utf-8")
    py_compile.compile(str(path), doraise=True)
    outcome = {0: "survived", 2: "import", 4: "import", None: "slow"}.get(code, "killed")
    return Outcome(mutant.key, outcome, time.monotonic() - began)
