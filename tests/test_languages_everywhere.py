"""Every text that people read is marked for translation: in code, in templates, in the page's modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString
from jinja2 import Environment, nodes

from portal.config import ROOT

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
MARKS = {"N_", "P_", "gettext"}
MODULES = sorted(
    path
    for package in ("geo", "portal")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "app").rglob("*.js"))

# Chinese that is no text of ours for the page: by module, why, and which literals (all where none is given).
DATA: dict[str, tuple[str, str]] = {
    "geo/sample/*.py": ("names and matters of the fictional city", ""),
    "geo/datums/crs.py": ("spellings of datums in files", ""),
    "geo/outlines/doubts.py": ("words for parts of a place in addresses", r"\[0-9.*"),
    "portal/actions/imports/questions.py": ("endings of names, and words of firms' names", r"\w{1,3}"),
    "portal/actions/places/doubts.py": ("what stands for no district", "市辖区?"),
    "portal/documents/templates.py": (
        "an example in a file, and the name of its sheet",
        r"示例|是|别名.*|填写",
    ),
    "portal/store/places/known.py": ("words of addresses that are no name", r"\w{1,2}"),
    "portal/characters.py": ("ideographs for radicals", ""),
    "portal/place_names.py": ("numerals and suffixes of names", ""),
    "portal/cli/policy.py": ("an example of a city's Chinese name", r"\./run portal .*"),
    "portal/personal_numbers/*.py": ("numerals, and words beside numbers", ""),
    "portal/privacy.py": ("family names and words of addresses to mask", ""),
    "portal/query/rings.py": ("separators that people type", r"\[.*\].?"),
    "portal/readers/formats/raw.py": ("headers of a file of refused rows", ""),
    "portal/actions/imports/mending.py": ("between texts in a cell", "；"),
    "portal/readers/formats/kinds.py": ("full-width space", r"\s.*"),
    "portal/readers/mapping.py": ("what files write for nothing", r"\w+|[—－／]+"),
    "portal/readers/sheets/delimited.py": ("full-width brackets", r"\s.*"),
    "portal/readers/sheets/header_rows.py": ("brackets and units as files write them", ""),
    "portal/readers/sheets/leftovers.py": ("words of totals and signatures", ""),
    "portal/readers/survey.py": ("endings of names", ""),
    "portal/readers/rows/moments.py": ("dates and times as files write them", ""),
    "portal/readers/rows/numbers.py": ("words beside numbers as files write them", ""),
    "portal/readers/rows/units.py": ("units as files write them, and their names", ""),
    "portal/readers/rows/headers.py": ("brackets", r"\[.*"),
    "portal/readers/schema.py": ("brackets", r"\\.*"),
    "portal/readers/rows/values.py": ("flags as files write them, and blanks", ""),
    "portal/store/complaints/what_counts.py": ("a request kind as the hotline writes it", "咨询"),
    "portal/spreadsheets.py": ("full-width signs that begin formulas", "[＝＋－＠]"),
    "portal/views/policy/fields.py": ("separators that people type", r"\[.*\]\+"),
    "portal/web/forms.py": ("the full-width colon after a field's code", r"\^.*"),
    "portal/views/routes/words.py": ("how a day is written in Chinese, beside English", "y年M月d日 EEEE"),
}
# What stands in templates as it is in either language.
SAME_IN_BOTH = {"English", "CSV", "Excel", "GeoJSON", "GPX", "WGS", "SHA-256"}
SPOKEN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "label")
CODE_TAGS = ("script", "style", "code", "svg")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def exempt(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield docstrings and marked texts."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (item.value for item in node.body if isinstance(item, ast.Expr))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            yield from ast.walk(node)


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    passed = set(exempt(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield node


def is_data(name: str, literal: str) -> bool:
    return any(
        fnmatch(name, pattern) and (not allowed or re.fullmatch(allowed, literal, re.S))
        for pattern, (_, allowed) in DATA.items()
    )


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_chinese_in_code_is_marked_or_data(path: Path) -> None:
    unmarked = [
        f"{node.lineno}: {node.value!r}"
        for node in literals(ast.parse(path.read_text("utf-8")))
        if CHINESE.search(str(node.value)) and not is_data(relative(path), str(node.value))
    ]
    assert unmarked == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_marks_hold_plain_texts(path: Path) -> None:
    """A text put together at run time is in no catalogue."""
    wrong = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("N_", "P_")
        if not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    ]
    assert wrong == []


def test_every_exception_is_still_needed() -> None:
    used = {
        pattern
        for path in MODULES
        for node in literals(ast.parse(path.read_text("utf-8")))
        for pattern in DATA
        if CHINESE.search(str(node.value)) and fnmatch(relative(path), pattern)
    }
    assert used == set(DATA)


def parse(path: Path) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text("utf-8"))


def is_translation(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in ("_", "plural")
    )


def bare_texts(node: nodes.Node) -> Iterator[str]:
    """Yield the text of a template, and the texts in its expressions, that do not pass `_`."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Const) and isinstance(child.value, str):
            yield child.value
        elif not is_translation(child):
            yield from bare_texts(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_chinese_in_templates_is_marked(path: Path) -> None:
    found = [text.strip() for text in bare_texts(parse(path)) if CHINESE.search(text.replace("中文", ""))]
    assert found == []


def own_markup(path: Path) -> str:
    """Return the template's own text, expressions and blocks of class names left out."""
    tree = parse(path)
    classes = {
        data
        for block in tree.find_all(nodes.Block)
        if block.name.endswith("_class")
        for data in block.find_all(nodes.TemplateData)
    }
    return "".join(data.data for data in tree.find_all(nodes.TemplateData) if data not in classes)


def visible_words(path: Path) -> set[str]:
    soup = BeautifulSoup(own_markup(path), "html.parser")
    for tag in soup.find_all(CODE_TAGS):
        tag.decompose()
    texts = [str(text) for text in soup.find_all(string=True) if type(text) is NavigableString]
    texts += [str(tag[name]) for tag in soup.find_all() for name in SPOKEN_ATTRIBUTES if tag.get(name)]
    # Attributes of a macro stand outside of any tag.
    spoken = [re.sub(r"[a-z-]+=\"[^\"]*\"", "", text) for text in texts]
    return {word for text in spoken for word in re.findall(r"[A-Za-z][A-Za-z0-9-]{2,}", text)}


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_english_words_stand_bare_in_templates(path: Path) -> None:
    assert visible_words(path) - SAME_IN_BOTH == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_take_their_texts_from_the_page(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", path.read_text("utf-8"), flags=re.S)
    assert re.findall(r"[\u3400-\u9fff]+", code) == []
    assert re.findall(r"""["'`][A-Z][a-z]+(?: [a-z]+)+[.!?]?["'`]""", code) == []
