"""In which language the command line speaks: Chinese, or English where LANG names another language."""

from __future__ import annotations

import contextlib
import copy
import gettext
import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from geo.texts import Phrase, fill
from portal.catalogues import compile_catalogues, translate_by

Translate = Callable[[str], str]

_AS_IT_STANDS = "\b\n"  # Click rewraps what does not begin with it


def language_of(environ: Mapping[str, str]) -> str:
    """Return ``zh`` or ``en`` by the locale; the portal is Chinese first, so no locale is Chinese.

    Examples
    --------
    >>> [language_of({"LANG": lang}) for lang in ("zh_CN.UTF-8", "C.UTF-8", "", "en_GB.UTF-8", "de_DE")]
    ['zh', 'zh', 'zh', 'en', 'en']
    """
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    code = locale.partition(".")[0].partition("_")[0].lower()
    return "zh" if code in ("zh", "c", "posix", "") else "en"


def translator(language: str, instance_dir: Path) -> Translate:
    """Return what says a marked text in ``language``."""
    if language == "zh":
        return str
    try:
        return translate_by(gettext.translation("messages", compile_catalogues(instance_dir), [language]))
    except OSError:  # told by the command itself; its words stay Chinese
        return str


def teach_click(language: str, instance_dir: Path) -> None:
    """Let Click's own words, which are English, be of the same language, in this whole process."""
    if language == "zh":
        os.environ["LANGUAGE"] = language
        with contextlib.suppress(OSError):  # as above
            gettext.bindtextdomain("messages", str(compile_catalogues(instance_dir) / "click"))


def say(msgid: str, **params: object) -> str:
    """Return a marked text, its placeholders filled, or a phrase, as the running command says it."""
    translate = getattr(click.get_current_context().find_root().command, "translate", str)
    return msgid.said(translate) if isinstance(msgid, Phrase) else fill(msgid, params, translate)


def paragraphs(*texts: str) -> str:
    """Return a help text of several marked paragraphs."""
    return "\n\n".join(texts)


def lines(text: str) -> str:
    """Return a marked paragraph of a help text whose lines stay as they are."""
    return _AS_IT_STANDS + text


def translated(command: click.Command, translate: Translate) -> click.Command:
    """Return a copy of ``command`` and all below it, whose help and questions are translated."""
    made = copy.copy(command)
    made.help = _translated_help(command.help, translate)
    made.short_help = _translated_help(command.short_help, translate)
    made.params = [_translated_parameter(parameter, translate) for parameter in command.params]
    if isinstance(made, click.Group) and isinstance(command, click.Group):
        made.commands = {name: translated(below, translate) for name, below in command.commands.items()}
    return made


def _translated_parameter(parameter: click.Parameter, translate: Translate) -> click.Parameter:
    made = copy.copy(parameter)
    if isinstance(made, click.Option):
        made.help = _translated_help(made.help, translate)
        made.prompt = made.prompt and translate(made.prompt)
        if isinstance(made.confirmation_prompt, str):
            made.confirmation_prompt = translate(made.confirmation_prompt)
    return made


def _translated_help(text: str | None, translate: Translate) -> str | None:
    if not text:
        return text
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        _AS_IT_STANDS + translate(part.removeprefix(_AS_IT_STANDS))
        if part.startswith(_AS_IT_STANDS)
        else translate(part)
        for part in parts
    )
