"""Names as they are compared and found: spelling differences taken out, pinyin for the keyboard."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from portal.characters import plain

_SIGNS = re.compile(r"((?<=\d)[\W_]+(?=\d))|[\W_]+")
# What registers add to a name or leave out.
_ADDITION = re.compile(
    r"(?:住宅小区|住宅区|生活小区|生活区|居住区|居住小区|小区|花园|花苑|家园|新村|社区|公寓"
    r"|家属院|家属区|宿舍区|宿舍|大院|院|苑|园|村)$"
)
# A phase or part of a community, at the end of its name.
_PART = re.compile(r"(?:\d+(?:-\d+)*|[a-z]|[甲乙丙丁]|[东南西北中])(?:期|区|号|座|栋|幢)?$")
_LEAST_CHARACTERS = 2  # of a name that is left
_LEGAL_FORM = re.compile(r"(?:物业)?(?:管理|服务|发展)*(?:集团)?(?:股份|有限|责任)*(?:公司)?$")
_DIGITS = "零一二三四五六七八九"
_FORMAL = str.maketrans("〇○壹贰叁肆伍陆柒捌玖拾佰", "零零一二三四五六七八九十百")
_NUMERAL = re.compile("[零〇○一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰]+")
_COUNTED = re.compile("(?:([一二三四五六七八九])百零?)?(([一二三四五六七八九])?十)?([一二三四五六七八九])?")
_ROMANS = dict(
    zip(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), map(str, range(1, 11)), strict=True)
)
_ROMAN = re.compile(r"(?<![a-zA-Z])[ivxIVX]{1,4}(?=期)")
_LETTERS = re.compile(r"[^a-z0-9]+")


def name_key(name: str) -> str:
    """Return a name without what spellings differ in: look-alikes, width, case, blanks, signs.

    Between two digits some sign stays: 1-2号院 is not 12号院.

    >>> name_key("京基滨河时代广场（北区）") == name_key("京基滨河时代广场 北区")
    True
    """
    text = plain(name).casefold()
    return _SIGNS.sub(lambda sign: "-" if sign[1] else "", text) or text.strip()


@lru_cache(maxsize=100_000)
def core_name(name: str) -> str:
    """Return what a community's name has in common with those that may mean the same community.

    Numerals in either script are one, and what registers add to a name or leave out is taken
    off, also before a phase or part, if two characters are left. Equal cores make communities
    candidates for each other, never one: only equal `name_key` are the same name.

    >>> core_name("阳光花园小区"), core_name("阳光花园（二期）"), core_name("和平路一号院"), core_name("新村")
    ('阳光', '阳光2期', '和平路1号', '新村')
    """
    return _without_additions(name_key(_in_digits(plain(name))))


def core_firm_name(name: str) -> str:
    """Return what a firm's name has in common with those that may mean the same firm, as `core_name`.

    >>> core_firm_name("安居物业管理有限公司"), core_firm_name("安居物业"), core_firm_name("安居三服务")
    ('安居', '安居', '安居3')
    """
    key = name_key(_in_digits(plain(name)))
    shorter = _LEGAL_FORM.sub("", key)
    return shorter if len(shorter) >= _LEAST_CHARACTERS else key


def _without_additions(key: str) -> str:
    while (shorter := _ADDITION.sub("", key)) != key and len(shorter) >= _LEAST_CHARACTERS:
        key = shorter
    part = _PART.search(key)
    if part is None or part.start() < _LEAST_CHARACTERS:
        return key
    return _without_additions(key[: part.start()]) + part[0]


def _in_digits(text: str) -> str:
    """Return a text with its numerals in Arabic digits: 二十一 as 21, 一〇一 as 101, Ⅱ期 as 2期."""
    text = _NUMERAL.sub(lambda found: _digits(found[0]), text)
    text = _ROMAN.sub(lambda found: _ROMANS.get(found[0].casefold(), found[0]), text)
    return re.sub(r"(?:第|(?<!\d)0+)(?=\d)", "", text)


def _digits(numeral: str) -> str:
    plainly = numeral.translate(_FORMAL)
    counted = _COUNTED.fullmatch(plainly)
    if counted is not None:
        hundreds, tens, ones = (_DIGITS.find(found or "零") for found in counted.group(1, 3, 4))
        return str(100 * hundreds + 10 * (tens or bool(counted[2])) + ones)
    every = [_DIGITS.find(digit) for digit in plainly]
    return numeral if -1 in every else "".join(map(str, every))


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
