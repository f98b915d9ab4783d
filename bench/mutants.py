"""How many small faults the mirrored tests find: a seeded sample of mutants of one package.

    .venv/bin/pip install --no-deps --target instance/mutants -r bench/mutants.txt
    .venv/bin/python -m bench.mutants geo --sample 300 --seed 1

Places are drawn evenly over the package, one mutant a place: by the operators of Cosmic Ray (one comparison,
arithmetic or logical operator for another, a constant one more or less, a condition turned round, a loop
that does not run, a decorator or an exception gone), and by two of our own: a statement that is gone (a call,
or what is written into something), and one left out of several (of a list or tuple, or of the conditions and
keys of a query). Not drawn is what cannot change behaviour: annotations, aliases of types, `__all__`, the
star of a signature, lines of the log. Named and left out are modules without a test of their own.

A worker works in a throw-away copy. It imports all once and forks for each mutant; the child imports anew
what imports the mutated module, and runs those tests of the mirrored file that run the mutated statement
(all where it is run by imports or set-up). A mutant is killed by a failure, or by three times the time.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import sha256
from multiprocessing import Process, Queue
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "instance" / "mutants"))

LEFT_OUT = ("geo/sample/", "portal/migrations/")
COPIED = ("geo", "portal", "tests", "data", "templates", "static", "scripts", "docs", "bench")
TIMES_AS_LONG, AT_LEAST_S = 3, 10
MEMORY = 12 << 30
OURS = ("geo", "portal")
ROLES = ("OWNER", "PORTAL")
# Modules that write themselves into others, and what is to be imported anew with them.
REGISTRIES = (("portal.models",), ("portal.jobs", "portal.queue"))
# A near miss for each operator; what else Cosmic Ray would put there fails with the first call.
NEAR = {
    *(
        "ReplaceBinaryOperator_" + pair
        for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div")
    ),
    *(
        "ReplaceBinaryOperator_" + pair
        for pair in ("Mod_FloorDiv", "Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr")
    ),
    *("ReplaceBinaryOperator_" + pair for pair in ("LShift_RShift", "RShift_LShift", "BitXor_BitOr")),
    *("ReplaceComparisonOperator_" + pair for pair in ("Lt_LtE", "Lt_Gt", "LtE_Lt", "LtE_GtE", "Gt_GtE")),
    *("ReplaceComparisonOperator_" + pair for pair in ("Gt_Lt", "GtE_Gt", "GtE_LtE", "Eq_NotEq", "NotEq_Eq")),
    *("ReplaceComparisonOperator_" + pair for pair in ("Is_IsNot", "IsNot_Is")),
    *("ReplaceUnaryOperator_Delete_" + name for name in ("Not", "USub", "Invert")),
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "NumberReplacer", "ExceptionReplacer"),
    *("ZeroIterationForLoop", "RemoveDecorator"),
}
CONDITIONS = {"where", "and_", "or_", "order_by", "group_by"}


@dataclass(frozen=True)
class Mutant:
    """One fault: ``code`` is the module with it."""

    module: str
    line: int
    operator: str
    code: str

    @property
    def key(self) -> str:
        """Name it by what it says, so that it is known again."""
        return f"{self.module} {sha256(self.code.encode()).hexdigest()[:16]}"


@dataclass
class Outcome:
    """What became of a mutant: survived, killed, slow (killed by the clock), import (no test began)."""

    key: str
    outcome: str
    seconds: float


# -- drawing ---------------------------------------------------------------------------------------------


def mirrored(module: str) -> str:
    """Return the test file of a module."""
    path = Path(module)
    return str(Path("tests") / path.parent / f"test_{path.name}")


def modules_of(package: str) -> Iterator[str]:
    """Yield the modules below a folder, or the one module of that name."""
    for path in [ROOT / package] if package.endswith(".py") else sorted((ROOT / package).rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        if not module.startswith(LEFT_OUT):
            yield module


def draw(modules: Iterable[str], sample: int, seed: int) -> list[Mutant]:
    """Return up to ``sample`` mutants at as many places: the same ones as long as their lines stay."""
    sources = {module: (ROOT / module).read_text("utf-8") for module in modules}
    lots = []
    for module, source in sources.items():
        lines = source.splitlines()
        for (line, column), variants in places_of(source):
            lot = Random(f"{seed} {module} {column} {lines[line - 1]}")
            lot.shuffle(variants)
            lots.append((lot.random(), module, line, variants))
    drawn: list[Mutant] = []
    for _, module, line, variants in sorted(lots):
        if len(drawn) == sample:
            break
        source = sources[module]
        for operator, at in variants:
            code = mutated(source, operator, at)
            if code is not None and meaning(code) not in (None, meaning(source)):
                drawn.append(Mutant(module, line, operator, code))
                break
    return sorted(drawn, key=lambda mutant: (mutant.module, mutant.line))


def places_of(source: str) -> list[tuple[tuple[int, int], list[tuple[str, int]]]]:
    """Return the places of a module that can be mutated, each with its operators and their occurrence."""
    from cosmic_ray.ast import ast_nodes, get_ast

    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    nodes = list(ast_nodes(get_ast(source)))
    for name in sorted(NEAR):
        operator = _cosmic_ray(name)
        positions = (place for node in nodes for place in operator.mutation_positions(node))
        for at, (start, _) in enumerate(positions):
            found.setdefault(start, []).append((name, at))
    for name, cuts in own_cuts(source).items():
        for at, (start, _, _) in enumerate(cuts):
            position = (source.count("\n", 0, start) + 1, start - source.rfind("\n", 0, start) - 1)
            found.setdefault(position, []).append((name, at))
    return sorted(found.items())


def mutated(source: str, operator: str, at: int) -> str | None:
    """Return the module with one occurrence changed, None where there is nothing to change."""
    own = own_cuts(source)
    if operator in own:
        start, end, instead = own[operator][at]
        return source[:start] + instead + source[end:]
    from cosmic_ray.ast import Visitor, get_ast

    made = _cosmic_ray(operator)

    class Change(Visitor):  # type: ignore[misc]
        count = 0

        def visit(self, node: Any) -> Any:
            for index, _ in enumerate(made.mutation_positions(node)):
                if self.count == at:
                    node = made.mutate(node, index)
                self.count += 1
            return node

    try:
        return str(Change().walk(get_ast(source)).get_code())
    except AttributeError:  # exceptions with a dot in their names are beyond Cosmic Ray
        return None


def _cosmic_ray(name: str) -> Any:
    from cosmic_ray.operators.provider import OperatorProvider

    return OperatorProvider()[name]()


def own_cuts(source: str) -> dict[str, list[tuple[int, int, str]]]:
    """Return what our own operators cut from a module: from where to where, and what stands there instead."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for text in lines:
        starts.append(starts[-1] + len(text))

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    def begin(node: Any) -> int:
        return offset(node.lineno, node.col_offset)

    def end(node: Any) -> int:
        return offset(node.end_lineno, node.end_col_offset)

    gone, one_less = [], []
    for node in _outside_strings(ast.parse(source)):
        if _writes(node):
            gone.append((begin(node), end(node), "pass"))
        several = _several(node)
        for here, following in zip(several, several[1:], strict=False):
            one_less.append((begin(here), begin(following), ""))
        if len(several) > 1:
            one_less.append((end(several[-2]), end(several[-1]), ""))
    return {"StatementGone": gone, "OneLess": one_less}


def _outside_strings(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk all but what stands inside of f-strings, whose positions Python 3.11 does not know."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.JoinedStr):
            yield from _outside_strings(child)


def _writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        called = node.value.value if isinstance(node.value, ast.YieldFrom) else node.value
        return isinstance(called, ast.Call) and "log" not in ast.unparse(called.func).lower()
    written = node.targets[0] if isinstance(node, ast.Assign) else None
    return isinstance(node, ast.AugAssign) or isinstance(written, ast.Subscript | ast.Attribute)


def _several(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and not isinstance(
        getattr(node, "ctx", None), ast.Store
    ):
        return node.elts
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return node.args if name in CONDITIONS else []
    return []


class _Meaning(ast.NodeTransformer):
    """Takes away what is only read by people and by checkers of types."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults += [default for default in node.kw_defaults if default]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant("")
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        target = node.targets[0]
        if isinstance(target, ast.Name) and (target.id == "__all__" or _is_alias(target.id, node.value)):
            node.value = ast.Constant("")
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)


def _is_alias(name: str, value: ast.expr) -> bool:
    if not name.strip("_")[:1].isupper() or name.isupper():
        return False
    parts = list(ast.walk(value))
    allowed = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.BinOp)
    syntax = (ast.expr_context, ast.operator)
    return all(isinstance(part, allowed + syntax) for part in parts) and not isinstance(value, ast.Constant)


def meaning(code: str) -> str | None:
    """Return the syntax tree without what cannot change behaviour, None where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "mutant", "exec")
            return ast.dump(_Meaning().visit(ast.parse(code)))
    except (SyntaxError, ValueError):
        return None


# -- running ---------------------------------------------------------------------------------------------


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


# -- telling ---------------------------------------------------------------------------------------------


def tell(mutants: list[Mutant], outcomes: dict[str, Outcome], known: dict[str, str]) -> None:
    """Print what survived, and a row for each module."""
    for mutant in mutants:
        if outcomes[mutant.key].outcome == "survived":
            print(f"\n{mutant.key} · {mutant.operator} · line {mutant.line}")
            print(*(line for line in difference(mutant)[2:]), sep="\n")
    print(f"\n{'module':48}{'mutants':>8}{'killed':>8}{'import':>8}{'slow':>8}{'survived':>9}")
    rows = {module: Counter[str]() for module in sorted({mutant.module for mutant in mutants})}
    for mutant in mutants:
        rows[mutant.module][outcomes[mutant.key].outcome] += 1
    for module, row in [*rows.items(), ("all", sum(rows.values(), Counter[str]()))]:
        figures = (row.total(), *(row[name] for name in ("killed", "import", "slow")), row["survived"])
        print(f"{module:48}{figures[0]:8}{figures[1]:8}{figures[2]:8}{figures[3]:8}{figures[4]:9}")
    found = sum(outcomes[mutant.key].outcome != "survived" for mutant in mutants)
    print(f"\n{found} of {len(mutants)} killed: {found / len(mutants):.1%}")


def difference(mutant: Mutant) -> list[str]:
    """Return the lines of a diff."""
    source = (ROOT / mutant.module).read_text("utf-8").splitlines()
    return list(difflib.unified_diff(source, mutant.code.splitlines(), lineterm="", n=1))


def start_database() -> None:
    """Start the tests' own cluster unless another is given."""
    if "PORTAL_TEST_DATABASE_URL" not in os.environ:
        from portal import cluster

        cluster.start(cluster.test_place(ROOT / "instance"))
        os.environ["PORTAL_TEST_DATABASE_URL"] = cluster.test_admin_url(ROOT / "instance")


def main() -> None:
    """Draw, judge, tell."""
    parser = argparse.ArgumentParser(description="Judge the mirrored tests of a package by mutants.")
    parser.add_argument("package", help="a folder of modules, or a module: geo, portal/store, geo/scores.py")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="file of outcomes: killed ones in it are not run again")
    given = parser.parse_args()
    modules = list(modules_of(given.package.strip("/")))
    with_test = [module for module in modules if (ROOT / mirrored(module)).exists()]
    print("Without a test of their own:", *sorted({*modules} - {*with_test}) or ["none"])
    mutants = draw(with_test, given.sample, given.seed)
    print(f"{len(mutants)} mutants, seed {given.seed}", flush=True)
    outcomes: dict[str, Outcome] = {}
    if given.keep and given.keep.exists():
        kept = [Outcome(**json.loads(line)) for line in given.keep.read_text().splitlines()]
        outcomes = {one.key: one for one in kept if one.outcome != "survived"}
    if given.package.startswith("portal"):
        start_database()
    judge_all(mutants, outcomes, given)
    tell(mutants, outcomes, {})


def judge_all(mutants: list[Mutant], outcomes: dict[str, Outcome], given: argparse.Namespace) -> None:
    """Fill ``outcomes``, and the file that keeps them."""
    tasks: Queue[Any] = Queue()
    answers: Queue[Any] = Queue()
    waiting: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        if mutant.key not in outcomes:
            waiting.setdefault(mirrored(mutant.module), []).append(mutant)
    for task in [*waiting.items(), *[None] * given.workers]:
        tasks.put(task)
    workers = [Process(target=work, args=(number, tasks, answers)) for number in range(given.workers)]
    for worker in workers:
        worker.start()
    running, faults, to_go = given.workers, [], sum(map(len, waiting.values()))
    while running:
        answer = answers.get()
        if answer is None:
            running -= 1
        elif isinstance(answer, str):
            faults.append(answer)
        else:
            outcomes[answer.key] = answer
            to_go -= 1
            if given.keep:
                with given.keep.open("a") as file:
                    file.write(json.dumps(asdict(answer)) + "\n")
            print(f"{to_go:4} to go: {answer.outcome:9}{answer.seconds:6.1f} s  {answer.key}", flush=True)
    for worker in workers:
        worker.join()
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
