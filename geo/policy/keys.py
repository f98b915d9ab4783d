"""A key of the policy: what it is called, what it means, what it may hold; and the check of a value.

Each noun's module lists its keys beside what it reads of them; all of them are in `geo.policy.catalogue`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from geo.errors import PolicyError
from geo.texts import N_, Phrase

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SHOWN = 40


class Kind(Protocol):
    """What a key may hold."""

    @property
    def allowed(self) -> Phrase:
        """What is allowed, for people."""

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless ``value`` is allowed; ``field`` is where it stands."""


@dataclass(frozen=True)
class Text:
    """A text that people see."""

    fewest: int = 1
    most: int = 60
    pattern: str = ""
    looks: str = ""  # marked text: how it has to look

    @property
    def allowed(self) -> Phrase:
        """What is allowed."""
        if self.looks:
            return Phrase(self.looks)
        if self.fewest:
            return Phrase(N_("{least} 到 {most} 个字"), least=self.fewest, most=self.most)
        return Phrase(N_("不超过 {most} 个字，可以留空"), most=self.most)

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless it is a text of this form and length that people can see."""
        if not isinstance(value, str):
            raise _refusal(self, field, value, N_("{field}：{value} 的类型不对，应是文字"))
        fits = self.fewest <= len(value.strip()) and len(value) <= self.most and value.isprintable()
        if not fits or (self.pattern and not re.fullmatch(self.pattern, value)):
            raise _refusal(self, field, value, N_("{field}：{value} 不合要求"))


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    @property
    def allowed(self) -> Phrase:
        """What is allowed."""
        return Phrase(N_("是或否"))

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless it is true or false."""
        if not isinstance(value, bool):
            raise _refusal(self, field, value, N_("{field}：{value} 的类型不对，应是 true 或 false"))


@dataclass(frozen=True)
class Number:
    """A number between two, both allowed."""

    least: float
    most: float
    whole: bool = False

    @property
    def allowed(self) -> Phrase:
        """What is allowed."""
        ends = {"least": spell_number(self.least), "most": spell_number(self.most)}
        return Phrase(N_("{least} 到 {most} 的整数") if self.whole else N_("{least} 到 {most}"), **ends)

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless it is a number in this range."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _refusal(self, field, value, N_("{field}：{value} 的类型不对，应是数字"))
        if not self.least <= value <= self.most or (self.whole and value != int(value)):
            raise _refusal(self, field, value, N_("{field}：{value} 不在允许的范围内（{allowed}）"))


@dataclass(frozen=True)
class Items:
    """A list of values of one kind."""

    each: Text | Number
    fewest: int = 1
    most: int = 20

    @property
    def allowed(self) -> Phrase:
        """What is allowed."""
        many = N_("{fewest} 到 {most} 项，每项 {each}")
        return Phrase(many, fewest=self.fewest, most=self.most, each=self.each.allowed)

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless it is a list of this length, and each of its values is allowed."""
        if not isinstance(value, list):
            raise _refusal(self, field, value, N_("{field}：{value} 的类型不对，应是列表"))
        if not self.fewest <= len(value) <= self.most:
            raise _refusal(self, field, value, N_("{field}：{value} 不在允许的范围内（{allowed}）"))
        for one in value:
            self.each.check(field, one)


@dataclass(frozen=True)
class Table:
    """Numbers by names that the city chooses."""

    each: Number
    fewest: int = 1
    most: int = 40

    @property
    def allowed(self) -> Phrase:
        """What is allowed."""
        return Phrase(N_("每项 {each}"), each=self.each.allowed)

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless each name is a code and each number is allowed."""
        if not isinstance(value, Mapping):
            raise _refusal(self, field, value, N_("{field}：{value} 的类型不对，应是表"))
        if not self.fewest <= len(value) <= self.most:
            raise PolicyError(
                N_("{field}：有 {n} 项，应有 {fewest} 到 {most} 项"),
                remedy=N_("请增减后再保存"),
                field=field,
                n=len(value),
                fewest=self.fewest,
                most=self.most,
            )
        for name, number in value.items():
            _check_code(field, name)
            self.each.check(f"{field}.{name}", number)


@dataclass(frozen=True)
class Column:
    """One value of each row of `Rows`; ``name`` is a marked text."""

    code: str
    name: str
    kind: Text | Number | Items


@dataclass(frozen=True)
class Rows:
    """A list of rows with the same columns; no two have the same ``code``."""

    columns: Sequence[Column]
    fewest: int = 1
    most: int = 20

    @property
    def allowed(self) -> Phrase:
        """What is allowed."""
        return Phrase(N_("{fewest} 到 {most} 行"), fewest=self.fewest, most=self.most)

    def check(self, field: str, value: Any) -> None:
        """Raise PolicyError unless it is a list of rows whose every value is allowed."""
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise _refusal(self, field, value, N_("{field}：{value} 的类型不对，应是若干行"))
        if not self.fewest <= len(value) <= self.most:
            raise PolicyError(
                N_("{field}：有 {n} 项，应有 {fewest} 到 {most} 项"),
                remedy=N_("请增减后再保存"),
                field=field,
                n=len(value),
                fewest=self.fewest,
                most=self.most,
            )
        for number, row in enumerate(value, 1):
            self._check_row(f"{field}.{number}", row)
        codes = [row.get("code") for row in value if "code" in row]
        for number, code in enumerate(codes, 1):
            if code in codes[: number - 1]:
                raise PolicyError(
                    N_("{field}：代码 {value} 出现了两次"),
                    remedy=N_("请改用另一个代码"),
                    field=f"{field}.{number}.code",
                    value=code,
                )

    def _check_row(self, field: str, row: Mapping[str, Any]) -> None:
        known = {column.code for column in self.columns}
        check_names(field, row, known)
        for column in self.columns:
            column.kind.check(f"{field}.{column.code}", row[column.code])


@dataclass(frozen=True)
class Key:
    """One key of the policy.

    Parameters
    ----------
    path
        Where it stands in the document, joined by points.
    name, meaning, unit
        Marked texts; ``unit`` is "" where there is none.
    kind
        What it may hold.
    """

    path: str
    name: str
    meaning: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True)
class Group:
    """The keys of one noun; ``name`` is a marked text."""

    code: str
    name: str
    keys: tuple[Key, ...]


CODE = Text(1, 40, r"[a-z][a-z0-9_]*", N_("小写英文字母开头，只含小写字母、数字和下划线"))
SHARE = Number(0, 1)


def check_names(field: str, table: Mapping[str, Any], known: set[str]) -> None:
    """Refuse a table that lacks one of the known names, or has another: it would do nothing.

    Raises
    ------
    PolicyError
        Names which.
    """
    for name in sorted(known - set(table)):
        place = f"{field}.{name}" if field else name
        raise PolicyError(N_("城市政策缺少 {key}"), remedy=N_("请补上 {key}"), key=name, field=place)
    for name in sorted(set(table) - known):
        raise PolicyError(
            N_("城市政策中没有 {key} 这一项"),
            remedy=N_("请核对写法，或删去这一项"),
            key=f"{field}.{name}" if field else name,
            field=field,
        )


def spell_number(value: float) -> str:
    """Return a number as it is written in a policy, without needless zeros and never with an exponent.

    Examples
    --------
    >>> spell_number(20_000_000.0), spell_number(0.05), spell_number(5)
    ('20000000', '0.05', '5')
    """
    if value == int(value):
        return str(int(value))
    return f"{value:.12f}".rstrip("0").rstrip(".") if abs(value) < 1e-4 else repr(value)


def _check_code(field: str, name: Any) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _refusal(CODE, field, name, N_("{field}：代码 {value} 不合要求"))


def _refusal(kind: Kind, field: str, value: Any, message: str) -> PolicyError:
    """Return the error that names key, value and what to write instead."""
    plain = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    told = spell_number(value) if plain else str(value)
    told = told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"
    shown = Phrase(N_("“{text}”"), text=told) if isinstance(value, str) else told
    return PolicyError(
        message, remedy=N_("请填写：{allowed}"), field=field, value=shown, allowed=kind.allowed
    )
