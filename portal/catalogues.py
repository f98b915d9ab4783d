"""Catalogues: Chinese is the source text, English a translation compiled on start.

``translations/click`` says Click's own words, which are English, in Chinese.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from geo.texts import Counted

SOURCE = Path(__file__).parent / "translations"


def compile_catalogues(instance_dir: Path) -> Path:
    """Compile every ``.po`` that is newer than its ``.mo`` under ``instance_dir``; return that folder."""
    target = instance_dir / "translations"
    for source in sorted(SOURCE.rglob("messages.po")):
        compiled = target / source.relative_to(SOURCE).with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as text:
            catalogue = read_po(text)
        # Two workers may start at once: each writes its own file, the rename is atomic.
        with tempfile.NamedTemporaryFile(dir=compiled.parent, delete=False) as half_done:
            write_mo(half_done, catalogue)
        Path(half_done.name).replace(compiled)
    return target


def translate_by(catalogue: NullTranslations) -> Callable[[str], str]:
    """Return what says a marked text as ``catalogue`` does, of one thing in the singular."""

    def translate(text: str) -> str:
        if not isinstance(text, Counted):
            return catalogue.gettext(text)
        said = catalogue.ngettext(text, text, text.n)
        return catalogue.gettext(text) if said == text else said

    return translate
