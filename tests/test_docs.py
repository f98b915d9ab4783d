"""What is documented is what there is."""

import re
from pathlib import Path

from geo.frames import Contract
from portal.actions.imports.registry import IMPORTS
from portal.config import variables
from portal.layers import LAYERS
from portal.terms import Role

ROOT = Path(__file__).resolve().parents[1]


def test_each_setting_is_explained_and_nothing_else_is() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `(PORTAL_[A-Z_]+)` \|", page, flags=re.MULTILINE))
    assert explained == set(variables().values())


def test_readme_lists_every_layer_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.partition("<!-- layers")[2]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, flags=re.MULTILINE) == list(LAYERS)


def test_the_table_of_imports_is_the_registry() -> None:
    page = (ROOT / "data" / "README.md").read_text("utf-8")
    table = page.partition("<!-- imports")[2].partition("Each schema")[0]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\| `.*$", table, re.M)]
    assert rows == [
        [
            f"`{entry.subject}`",
            entry.name,
            _geometry(entry.contract),
            ", ".join(f"`{need}`" for need in entry.needs) or "–",
            f"`schema/{entry.schema.name}`" if entry.schema else "–",
        ]
        for entry in IMPORTS.values()
    ]


def _geometry(contract: Contract) -> str:
    names = {"Polygon": "area", "MultiPolygon": "area", "Point": "point", "LineString": "line"}
    kinds = sorted({names[kind] for kind in contract.geometry_types})
    if not kinds:
        return "–"
    return " or ".join(kinds) + ("" if contract.geometry_required else ", or none")


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"]


def test_paths_that_documents_name_are_there() -> None:
    folders = "geo|portal|static|templates|tests|data|scripts|docs|bench"
    named = {
        path
        for document in DOCUMENTS
        for path in re.findall(rf"`((?:{folders})/[^`: ]*)", document.read_text("utf-8"))
        if not re.search("[<*]", path)  # a pattern
    }
    assert "portal/store/places/known.py" in named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_links_of_the_documents_lead_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_programs_of_the_environment_that_documents_call_are_there() -> None:
    called = {
        program
        for document in (ROOT / "CONTRIBUTING.md", ROOT / "docs" / "operations.md")
        for program in re.findall(r"(?<![\w/])(?:\.venv/bin|scripts)/[\w.-]+", document.read_text("utf-8"))
    }
    assert ".venv/bin/lint-imports" in called
    assert [program for program in sorted(called) if not (ROOT / program).exists()] == []


def test_every_role_has_its_page() -> None:
    assert {page.stem for page in (ROOT / "docs" / "users").glob("*.md")} == set(Role)
