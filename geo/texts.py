"""Texts that people read: Chinese with ``{placeholders}``, translated only where they are shown.

`N_` marks a text so that a catalogue can list it, `fill` says it, and a `Phrase` carries
it from where it is known to where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

Say = Callable[..., str]  # says a marked text, its placeholders as keywords, in one language


def N_(text: str) -> str:
    """Mark ``text`` for translation; it is translated where it is shown."""
    return text


def P_(text: str) -> str:
    """Mark ``text`` for translation as one said of ``n`` things: English says one thing in its own way."""
    return text


class Counted(str):
    """A marked text as `fill` hands it to a translator, where it is said of ``n`` things."""

    __slots__ = ("n",)

    n: int

    def __new__(cls, text: str, n: int) -> Self:
        counted = super().__new__(cls, text)
        counted.n = n
        return counted


def fill(text: str, params: Mapping[str, object], translate: Callable[[str], str] = str) -> str:
    """Return a marked text, translated, with its placeholders filled.

    A text without parameters keeps its braces. Among the values, a list or tuple is
    enumerated as the language does, and a `Phrase` is translated like the text itself.
    A whole number ``n`` is what the text counts: ``translate`` is asked for a `Counted`.

    Examples
    --------
    >>> fill("缺少列 {columns}", {"columns": ["a", "b"]})
    '缺少列 a、b'
    """
    # To gettext the empty text is the catalogue's own header.
    n = params.get("n")
    said = translate(Counted(text, n) if isinstance(n, int) else text) if text else ""
    if not params:
        return said
    return said.format_map({name: _say(value, translate) for name, value in params.items()})


class Phrase(str):
    """A filled text in Chinese that can still be said in another language.

    Parameters
    ----------
    msgid
        The marked text.
    params
        Values of its placeholders; see `fill`.

    Examples
    --------
    >>> phrase = Phrase(N_("第 {row} 行"), row=3)
    >>> phrase, phrase.said({"第 {row} 行": "Row {row}"}.__getitem__)
    ('第 3 行', 'Row 3')
    """

    __slots__ = ("msgid", "params")

    msgid: str
    params: Mapping[str, object]

    def __new__(cls, msgid: str, /, **params: object) -> Self:
        phrase = super().__new__(cls, fill(msgid, params))
        phrase.msgid, phrase.params = msgid, params
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.msgid,), dict(self.params)

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the phrase as ``translate`` says it."""
        return fill(self.msgid, self.params, translate)


def _say(value: object, translate: Callable[[str], str]) -> object:
    if isinstance(value, Phrase):
        return value.said(translate)
    if isinstance(value, (list, tuple)):
        return translate(N_("、")).join(str(_say(part, translate)) for part in value)
    return value
