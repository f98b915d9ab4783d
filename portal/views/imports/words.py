"""What the data pages call things: subjects, place levels, what an import counted, fields of files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.actions.imports.registry import IMPORTS
from portal.actions.imports.words import FIELDS, SEVERITIES, count_words
from portal.errors import N_
from portal.labels import HOWS, KINDS, LEVELS
from portal.readers.columns_found import Use
from portal.terms import PenaltyKind, Subject
from portal.views.communities import card_words
from portal.web import context, formats

SUBJECTS: dict[str, str] = {entry.subject: entry.name for entry in IMPORTS.values()}
# What tables call otherwise than files do.
COLUMNS = {**FIELDS, "period": N_("起止日期"), "source": N_("来源")}
VALUES: dict[str, dict[Any, str]] = {
    "severity": dict(card_words.SEVERITIES),
    "state": dict(card_words.STATES),
    "office": {"chair": N_("主任"), "member": N_("委员")},
    "kind": {
        **KINDS,
        PenaltyKind.PENALTY: N_("处罚"),
        PenaltyKind.VETO: N_("一票否决"),
        PenaltyKind.COMMENDATION: N_("表彰"),
    },
}
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


def is_left_out(subject: str, use: str) -> bool:
    """Whether a column that is used so is not kept at all."""
    keeps = subject in IMPORTS and IMPORTS[Subject(subject)].keeps_attributes
    return use == Use.ATTRIBUTE and not keeps


def name_reading(subject: str, use: str, field: str) -> str:
    """Return what a column of a file was read as: a field, the key, an attribute, or nothing."""
    if field:
        return name_field(field)
    return context.say(N_("没有采用") if is_left_out(subject, use) else N_("附加属性"))


def name_changed(subject: str, column: str) -> str:
    """Return what a column of a table is called where a preview tells that it changes."""
    known = any(one.name == column for one in IMPORTS[Subject(subject)].contract.columns)
    return name_field(column) if known else _say_known(COLUMNS, column)


def say_value(subject: str, column: str, value: Any) -> str:
    """Return a value of an example: codes by their words, yes or no, a moment, a number; a dash for none."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return context.say(N_("是") if value else N_("否"))
    if isinstance(value, int | float):
        return f"{value:.12g}"
    columns = IMPORTS[Subject(subject)].contract.columns
    if any(one.name == column and one.kind == "time" for one in columns):
        return formats.moment(datetime.fromisoformat(value))
    return _say_known(VALUES.get(column, {}), str(value))


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
