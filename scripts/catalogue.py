"""Bring the English catalogue up to date with the texts in code and templates.

Usage: python scripts/catalogue.py    (then fill the empty msgstr entries)
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = [("geo/**.py", "python"), ("portal/**.py", "python"), ("templates/**.html", "jinja2")]
# A text that counts is the same of one and of many in Chinese; English has two forms of it.
KEYWORDS = {"_": None, "gettext": None, "N_": None, "P_": (1, 1), "plural": (1, 1)}


def extract() -> Catalog:
    """Return every marked text of code and templates, with the files it stands in."""
    found = Catalog(locale="en", project="Wuye Atlas", fuzzy=False)
    options = {"templates/**.html": {"encoding": "utf-8"}}
    for file, _line, message, comments, context in extract_from_dir(
        ROOT, method_map=SOURCES, options_map=options, keywords=KEYWORDS, directory_filter=_wanted
    ):
        found.add(message, locations=[(file, None)], auto_comments=comments, context=context)
    return found


def load() -> Catalog:
    """Return the English catalogue as it is."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def missing(template: Catalog, english: Catalog) -> list[str]:
    """Return the texts that have no English yet."""
    done = {message.id for message in english if message.id and all(forms(message))}
    return sorted(str(first_of(message.id)) for message in template if message.id and message.id not in done)


def forms(message: Message) -> tuple[str, ...]:
    """Return what a text is in English: once, or of one and of many."""
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string),)


def first_of(text: str | tuple[str, ...] | list[str]) -> str:
    """Return a text of the catalogue, which holds one that counts twice."""
    return text if isinstance(text, str) else text[0]


def _wanted(folder: str) -> bool:
    return Path(folder).name not in {
        "__pycache__",
        "node_modules",
        "instance",
        "static",
        "migrations",
    } and not Path(folder).name.startswith(".")


def main() -> int:
    """Update the catalogue; return how many texts still lack English, as an exit code."""
    template, english = extract(), load()
    template.creation_date = english.creation_date  # a run that finds nothing new changes nothing
    english.update(template, no_fuzzy_matching=True)
    english.obsolete.clear()
    with CATALOGUE.open("wb") as file:
        write_po(file, english, sort_output=True, no_location=True, omit_header=False, width=100)
    left = missing(template, english)
    for text in left:
        sys.stdout.write(f"no English yet: {text}\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
