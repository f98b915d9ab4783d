"""What the data pages call things: subjects, place levels, what an import counted, fields of files."""

from __future__ import annotations

from collections.abc import Mapping

from portal.actions.imports.registry import IMPORTS
from portal.actions.imports.words import FIELDS, SEVERITIES, count_words
from portal.errors import N_
from portal.labels import HOWS, LEVELS
from portal.web import context

SUBJECTS: dict[str, str] = {entry.subject: entry.name for entry in IMPORTS.values()}
STATES = {
    "done": N_("已导入"),
    "unchanged": N_("无变化"),
    "undone": N_("已撤销"),
    "failed": N_("失败"),
}


def name_subject(subject: str) -> str:
    """Return what a subject is called; its code where it has no name here."""
    return _say_known(SUBJECTS, subject)


def name_state(state: str) -> str:
    """Return how an import ended."""
    return _say_known(STATES, state)


def name_field(field: str) -> str:
    """Return what a field of a file is called; "" for the whole row."""
    return _say_known(FIELDS, field)


def name_count(key: str) -> str:
    """Return what an import counted; ``neighbourhood_by_alias`` names a place level and how it was found."""
    words = count_words(key)
    return " · ".join(map(context.say, words)) if words else key


def name_severity(severity: str) -> str:
    """Return what became of a row."""
    return _say_known(SEVERITIES, severity)


def name_level(level: str) -> str:
    """Return what a place level is called."""
    return _say_known(LEVELS, level)


def name_how(how: str) -> str:
    """Return how a place was found."""
    return _say_known(HOWS, how)


def _say_known(names: Mapping[str, str], code: str) -> str:
    return context.say(names[code]) if code in names else code
