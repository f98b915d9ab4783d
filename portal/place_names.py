"""Names as they are compared and found: spelling differences taken out, pinyin for the keyboard."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^a-z0-9]+")


def name_key(name: str) -> str:
    """Return a name without what spellings differ in: width, case, blanks, brackets, dots, dashes.

    >>> name_key("京基滨河时代广场（北区）") == name_key("京基滨河时代广场 北区")
    True
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _NOT_WORD.sub("", plain) or plain.strip()


def street_name(name: str) -> str:
    """Return a street's name without 街道 or 办事处, if anything is left; a town (镇) keeps its own.

    >>> street_name("龙田街道办事处"), street_name("公明"), street_name("城关镇")
    ('龙田', '公明', '城关镇')
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    return re.sub(r"(?:街道(?:办事处|办)?|办事处|街办)$", "", plain) or plain


def district_key(name: str) -> str:
    """Return a district's name without 新区, 合作区, 区, 市 or 县, if two characters are left.

    >>> district_key("坪山区"), district_key("大鹏新区"), district_key("城区")
    ('坪山', '大鹏', '城区')
    """
    key = name_key(name)
    return re.sub(r"(?<=..)(?:(?:新|管理|(?:特别)?合作)?区|市|县)$", "", key)


def neighbourhood_key(name: str) -> str:
    """Return a neighbourhood's name without 社区 or 居委会 at the end, if anything is left.

    >>> neighbourhood_key("南布社区居委会"), neighbourhood_key("南布")
    ('南布', '南布')
    """
    key = name_key(name)
    return re.sub(r"(?:社区)?(?:居民委员会|居委会)?$", "", key) or key


@lru_cache(maxsize=20_000)
def pinyin(name: str) -> str:
    """Return a name in pinyin without tones and blanks; letters and digits stay.

    >>> pinyin("重庆花园A区")
    'chongqinghuayuanaqu'
    """
    return _LETTERS.sub("", "".join(lazy_pinyin(name)).casefold())


@lru_cache(maxsize=20_000)
def pinyin_initials(name: str) -> str:
    """Return the first letters of a name's syllables; letters and digits stay.

    >>> pinyin_initials("重庆花园A区")
    'cqhyaq'
    """
    return _LETTERS.sub("", "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold())
