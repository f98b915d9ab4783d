"""Names as they are compared and found: spelling differences taken out, pinyin for the keyboard."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from portal.characters import plain

_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^a-z0-9]+")


def name_key(name: str) -> str:
    """Return a name without what spellings differ in: look-alikes, width, case, blanks, signs.

    >>> name_key("京基滨河时代广场（北区）") == name_key("京基滨河时代广场 北区")
    True
    """
    text = plain(name).casefold()
    return _NOT_WORD.sub("", text) or text.strip()


def street_name(name: str) -> str:
    """Return a street's name without 街道 or 办事处, if anything is left; a town (镇) keeps its own.

    >>> street_name("龙田街道办事处"), street_name("公明"), street_name("城关镇")
    ('龙田', '公明', '城关镇')
    """
    text = plain(name).strip()
    text = re.sub(r"(?<=[镇乡])(?:人民)?政府$", "", text)
    return re.sub(r"(?:街道(?:办事处|办)?|办事处|街办)$", "", text) or text


def loose_street_key(name: str) -> str:
    """Return what even short forms of a street's or town's name have in common, if two characters are left.

    It is no name to keep: 前门 and 前门街 may be two. Only where it is one street's it tells which.

    >>> loose_street_key("石牌街"), loose_street_key("城关镇"), loose_street_key("东街")
    ('石牌', '城关', '东街')
    """
    return re.sub(r"(?<=..)(?:街|镇|乡)$", "", name_key(street_name(name)))


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
