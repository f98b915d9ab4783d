"""Drawing mutants: places of a package, and one small fault at each."""

from __future__ import annotations

import ast
import difflib
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "instance" / "mutants"))

LEFT_OUT = ("geo/sample/", "portal/migrations/")
# A near miss for each operator; what else Cosmic Ray would put there fails with the first call.
_NEAR = {
    "ReplaceBinaryOperator": "Add_Sub Sub_Add Mul_Div Div_Mul FloorDiv_Div Mod_FloorDiv Pow_Mul BitOr_BitAnd"
    " BitAnd_BitOr BitXor_BitOr LShift_RShift RShift_LShift",
    "ReplaceComparisonOperator": "Lt_LtE Lt_Gt LtE_Lt LtE_GtE Gt_GtE Gt_Lt GtE_Gt GtE_LtE Eq_NotEq NotEq_Eq"
    " Is_IsNot IsNot_Is",
    "ReplaceUnaryOperator": "Delete_Not Delete_USub Delete_Invert",
}
OPERATORS = {
    *(f"{kind}_{near}" for kind, several in _NEAR.items() for near in several.split()),
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
    for name in sorted(OPERATORS):
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


def difference(mutant: Mutant) -> list[str]:
    """Return the lines of a diff."""
    source = (ROOT / mutant.module).read_text("utf-8").splitlines()
    return list(difflib.unified_diff(source, mutant.code.splitlines(), lineterm="", n=1))
