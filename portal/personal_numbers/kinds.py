"""Which digits are the number of a person, and which only look like it."""

from __future__ import annotations

import re
from datetime import date

_MOBILE = re.compile(r"(?:0{0,2}86|0)?(1[3-9]\d{9})")
_SEVERAL_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,}")
_LANDLINE = re.compile(r"(?:0|0{0,2}86)(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_IDENTITY = re.compile(rf"{_PROVINCE}\d{{4}}((?:18|19|20)\d{{6}})\d{{3}}[\dX]")
_OLD_IDENTITY = re.compile(rf"{_PROVINCE}\d{{4}}(\d{{6}})\d{{3}}")
_BANK_CARD = re.compile(r"(?:[3-8]\d{15,18}|9(?![123]\d{16}$)\d{15,18})")  # 91… of 18: a firm's credit code
_MOBILE_SIZES = (3, 4, 4)
_OLD_IDENTITY_SIZES = ((6, 6, 3), (6, 9), (12, 3))
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_LOCAL_SIZES = ((4, 4), (3, 4))
# What stands beside 7 or 8 digits that are no landline, and what says that they are one.
_UNIT = re.compile(
    r"\s{0,2}(?:[.,，]\d|[元万亿千百角平㎡m方亩公户套栋幢座号层楼室人件次个家辆台部天年月%‰米吨度分]|yuan|rmb)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:面积|金额|总价|价款|造价|费用?|数量|编号|编码|代码|单号|工单|宗地|地块|[¥￥$#№])\D{0,3}$|[A-Za-z]$|\d[.,，]$"
)
_CALLED = re.compile(
    r"(?:电话|手机|联系|致电|拨打?|座机|固话|传真|热线|tel|phone|call|fax)\D{0,6}$", re.IGNORECASE
)


def is_named(digits: str) -> bool:
    """Whether digits with nothing between them are a person's number, wherever they stand."""
    kinds = (_MOBILE, _LANDLINE, _BANK_CARD, _SEVERAL_MOBILES)
    return any(kind.fullmatch(digits) for kind in kinds) or _is_identity(digits) or _is_old_identity(digits)


def is_mobile_or_identity(digits: str) -> bool:
    """Whether digits are a mobile number or that of an identity card: hardly anything else looks so."""
    return bool(_MOBILE.fullmatch(digits)) or _is_identity(digits)


def is_landline(digits: str) -> bool:
    """Whether digits can be a landline without its area code; so can many others."""
    year_first = len(digits) == 8 and digits.startswith(("19", "20"))
    return bool(_LOCAL.fullmatch(digits)) and not (year_first and _is_day(digits))


def is_number(digits: str, sizes: tuple[int, ...], *, weak: bool, whole: bool) -> bool:
    """Whether groups of digits are one number of a person.

    Parameters
    ----------
    digits
        All of them.
    sizes
        How many digits each group has.
    weak
        Whether some gap between them may be a decimal point, or a comma.
    whole
        Whether no other digits stand beside them.
    """
    if len(sizes) == 1:
        return is_named(digits)
    landline = bool(_LANDLINE.fullmatch(digits))
    area_first = sizes[0] in (3, 4) and digits.startswith("0")
    if weak:
        return (sizes == _MOBILE_SIZES and is_mobile_or_identity(digits)) or (
            landline and area_first and len(sizes) == 2
        )
    # Parted at random it is a number where nothing stands beside it; else its groups must look like one's.
    typed = whole or min(sizes) > 1 or max(sizes) == 1
    if is_mobile_or_identity(digits):
        return typed
    if landline:
        return typed and (max(sizes) == 1 or area_first or not digits.startswith("0"))
    if _is_old_identity(digits):
        return sizes in _OLD_IDENTITY_SIZES
    return set(sizes[:-1]) == {4} and sizes[-1] <= 4 and bool(_BANK_CARD.fullmatch(digits))


def is_local(digits: str, sizes: tuple[int, ...], before: str, behind: str, *, alone: bool) -> bool:
    """Whether groups of digits are a landline without its area code, by what stands before and behind them.

    Parameters
    ----------
    alone
        Whether all of the text is telephone numbers.
    """
    if not is_landline(digits) or before.endswith("*"):  # *: the end of what is masked already
        return False
    called = alone or bool(_CALLED.search(before))
    if len(sizes) > 1 or called:
        return called and (len(sizes) == 1 or sizes in _LOCAL_SIZES)
    words = any(sign.isalpha() for sign in before + behind)
    return words and not _UNIT.match(behind) and not _COUNTED.search(before)


def own_digits(digits: str) -> str:
    """Return a mobile number without what is dialled before it, any other as it is."""
    hit = _MOBILE.fullmatch(digits)
    return hit[1] if hit else digits


def _is_identity(digits: str) -> bool:
    hit = _IDENTITY.fullmatch(digits)
    return bool(hit and _is_day(hit[1]))


def _is_old_identity(digits: str) -> bool:
    hit = _OLD_IDENTITY.fullmatch(digits)
    return bool(hit and _is_day("19" + hit[1]))


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
