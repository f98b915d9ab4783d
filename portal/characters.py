"""Characters that look alike and are not the same: what a text means, whichever of them stand in it."""

from __future__ import annotations

import re
import unicodedata

# Radicals as programs that read PDF files give them for whole characters (Unicode's
# EquivalentUnifiedIdeograph); those of U+2F00 to U+2FDF and U+F900 to U+FAFF are known to Unicode's NFKC.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩"
    "⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑"
    "⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄㣺扌攵旡日月歺母民氵氺灬爫爫丬牛犭王"
    "𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長"
    "镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_UNIFIED = str.maketrans(_RADICALS, _IDEOGRAPHS)
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
# What is not seen at all: soft hyphen, zero-width marks, selectors of variants.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")

# What steers how a text is shown, or is no sign at all, and has no place in a name: controls, marks that turn
# the direction of writing, tags. They let a name look like another.
_STEERING = re.compile(
    "[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def steers(text: str) -> bool:
    """Whether a text holds what steers how it is shown; around it, as spaces do, it is not counted."""
    return bool(_STEERING.search(text.strip(" \t\r\n\ufeff\u200b")))


def without_steering(text: str) -> str:
    """Return a text without what steers how it is shown.

    >>> without_steering("\u202e园花光阳\u202c")
    '园花光阳'
    """
    return _STEERING.sub("", text)


def unify(text: str) -> str:
    """Return a text with ideographs for radicals and look-alikes, without what is not seen.

    Width and brackets stay as they are: this is what is shown.

    >>> unify("\u2ed3青\u2f54苑（Ａ区）")
    '长青水苑（Ａ区）'
    """
    if text.isascii():
        return text
    text = _UNSEEN.sub("", text)
    if not _COMPATIBLE.search(text):
        return text
    return _COMPATIBLE.sub(lambda one: unicodedata.normalize("NFKC", one[0].translate(_UNIFIED)), text)


def plain(text: str) -> str:
    """Return what a text is compared by: unified, in half width.

    >>> plain("\u2ed3青苑（Ａ区）")
    '长青苑(A区)'
    """
    return unicodedata.normalize("NFKC", unify(text))
