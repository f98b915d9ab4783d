"""Names of the sample city: invented, plausible, plain text; and the check characters of credit codes."""

from __future__ import annotations

import numpy as np

from geo.sample.arrays import Ints
from geo.sample.arterials import LineClass

# Characters of place names, first and second; all pairs are possible stems.
_FIRST = "青石松竹梅桃柳白龙凤金银清明安平永长古茶枫榕樟桂荷莲鹤鹭雁鹿云霞月星岚溪澄望福兴和泰宁丰"
_SECOND = "桥溪坪岭湖塘湾洲井园亭台冈村泉林坡渡埔浦屏川谷岩潭峰畈垅墩桐"
DISTRICTS = ("岚中区", "松屏区", "雁洄区", "望岫区", "澄浦区", "鹿溪区", "霞墩区", "枫埔区")

_AVENUES = ("云岭大道", "岚山大道", "迎宾大道", "滨江大道", "文昌大道", "兴业大道", "科创大道", "望江大道")
_PLAIN = "人民建设新华和平解放文化教育工业体育环城健康友谊胜利光明团结幸福劳动民主"
_LANES = ("巷", "一路", "二路", "东路", "西街", "里", "支路")

_GARDEN_FIRST = "翠碧锦金银御雅逸悦馨和瑞祥怡丽华星紫蓝青云景嘉盛泰澜"
_GARDEN_SECOND = "湖庭湾岸园泉海山城畔林江河谷岛堤庐阁"
_GARDEN_LAST = "花园花园花园雅苑名苑华庭名邸家园新城华府公馆壹号豪庭新苑御景小镇国际半岛春天首府"
_WORKS = (
    *("机床厂", "纺织厂", "棉纺厂", "化肥厂", "水泥厂", "造纸厂", "电机厂", "印刷厂", "茶厂", "糖厂"),
    *("粮食局", "供电局", "邮电局", "铁路", "师范学院", "第一医院"),
)
_HOMES = ("安居苑", "惠民家园", "安和家园", "康居新村", "保障房小区", "人才公寓", "安置小区", "幸福里")
_PHASES = "一二三四"

_FIRM_FIRST = "安嘉诚恒宏佳康立美民清瑞泰同祥信兴益永裕源睦善勤昌顺"
_FIRM_SECOND = "禾朗舟柏岚屿澄牧穗棠樾砚衡屏泊岑淳翎杭荟崎澍桁莘楷茗朴葭"
_FIRM_LAST = (
    "物业服务有限公司",
    "物业服务有限公司",
    "物业管理有限公司",
    "城市服务有限公司",
    "生活服务有限公司",
)
_SURNAMES = (
    "陈林黄张李王吴刘蔡杨许郑谢郭洪邱曾廖赖徐周叶苏庄江吕何罗高萧潘简朱钟游詹胡施沈余卢梁赵颜柯翁魏孙戴"
)
_GIVEN = "安宁晓文建国志明秀英美玲伟芳丽敏静强磊洋勇艳杰娟涛超霞平刚桂荣华金凤玉兰海燕春雷"

_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FICTIONAL_REGION = "990100"  # GB/T 2260 assigns no division that starts with 99


def make_stems(rng: np.random.Generator, count: int) -> list[str]:
    """Draw distinct two-character place names."""
    picks = rng.choice(len(_FIRST) * len(_SECOND), count, replace=False)
    return [_FIRST[k // len(_SECOND)] + _SECOND[k % len(_SECOND)] for k in picks]


def name_streets(rng: np.random.Generator, count: int) -> list[str]:
    """Draw distinct names of streets (街道)."""
    return [f"{stem}街道" for stem in make_stems(rng, count)]


def name_neighbourhoods(rng: np.random.Generator, count: int) -> list[str]:
    """Draw distinct names of neighbourhoods (社区)."""
    return [f"{stem}社区" for stem in make_stems(rng, count)]


def name_roads(sources: Ints, classes: Ints, rng: np.random.Generator) -> list[str | None]:
    """Name roads, one name for all ways of one source; a third of residential streets have none."""
    first = {int(s): LineClass(c) for s, c in zip(sources[::-1], classes[::-1], strict=True)}
    stems = make_stems(rng, len(_FIRST) * len(_SECOND))
    pools = {
        LineClass.MOTORWAY: [f"{stem}高速" for stem in stems[:60]],
        LineClass.TRUNK: ["三环快速路", *(f"{stem}快速路" for stem in stems[60:80])],
        LineClass.PRIMARY: [*_AVENUES, *(f"{stem}大道" for stem in stems[80:])],
        LineClass.SECONDARY: [*(f"{word}路" for word in _pairs(_PLAIN)), *(f"{stem}路" for stem in stems)],
        LineClass.TERTIARY: [f"{stem}{end}" for end in ("街", "中路") for stem in stems[::-1]],
        LineClass.RESIDENTIAL: [f"{stem}{end}" for stem in stems[::-1] for end in _LANES],
    }
    rng.shuffle(pools[LineClass.RESIDENTIAL])
    used = dict.fromkeys(pools, 0)
    names: dict[int, str | None] = {}
    for source in sorted(first):
        kind = first[source]
        unnamed = kind is LineClass.RESIDENTIAL and rng.random() < 1 / 3
        names[source] = None if unnamed else pools[kind][used[kind]]
        used[kind] += not unnamed
    return [names[int(source)] for source in sources]


def name_community(rng: np.random.Generator, kind: str, road: str, number: int) -> str:
    """Draw a name that fits the kind; `road` and house `number` serve old buildings."""
    luck = rng.random()
    if kind == "old":
        return f"{road}{number}号院" if luck < 0.45 else f"{road[:2]}{'新村' if luck < 0.75 else '里小区'}"
    if kind == "reform":
        return f"{_pick(rng, _WORKS)}{'宿舍' if luck < 0.45 else '家属院' if luck < 0.8 else '生活区'}"
    if kind == "affordable":
        return f"{make_stems(rng, 1)[0]}{_pick(rng, _HOMES)}"
    if luck < 0.12:
        return f"{make_stems(rng, 1)[0]}{_pick(rng, ('花园', '新城', '名苑', '大厦', '公寓'))}"
    return _pick(rng, _GARDEN_FIRST) + _pick(rng, _GARDEN_SECOND) + _pick(rng, _pairs(_GARDEN_LAST))


def vary_name(rng: np.random.Generator, name: str) -> str:
    """Return another name in use for the same community."""
    short = name.removesuffix("小区")
    if name.endswith("期"):
        return f"{name[:-2]}{_PHASES.index(name[-2]) + 1}期"
    if name.endswith("号院"):
        return f"{name.removesuffix('院')}大院"
    if "宿舍" in name or "家属院" in name or "生活区" in name:
        return f"原{name}"
    return f"{short}小区" if rng.random() < 0.6 else f"云岭城建{short}"


def phase_of(name: str, index: int) -> str:
    """Return the name of one building phase of a community."""
    return f"{name}{_PHASES[index]}期"


def name_firms(rng: np.random.Generator, count: int) -> list[str]:
    """Draw distinct firm names, each starting with the fictional city's name."""
    picks = rng.choice(len(_FIRM_FIRST) * len(_FIRM_SECOND), count, replace=False)
    ends = rng.integers(0, len(_FIRM_LAST), count)
    return [
        f"云岭{_FIRM_FIRST[k // len(_FIRM_SECOND)]}{_FIRM_SECOND[k % len(_FIRM_SECOND)]}{_FIRM_LAST[e]}"
        for k, e in zip(picks, ends, strict=True)
    ]


def name_people(rng: np.random.Generator, count: int) -> list[str]:
    """Draw personal names; they belong to nobody."""
    signs = [_pick(rng, _SURNAMES) + _pick(rng, _GIVEN) + _pick(rng, _GIVEN) for _ in range(count)]
    return [sign[:2] if sign[1] == sign[2] else sign for sign in signs]


def make_credit_code(organisation: int) -> str:
    """Return the 18-character unified social credit code (GB 32100-2015) of a fictional enterprise.

    Parameters
    ----------
    organisation
        Number of eight digits at most, the body of the organisation code (GB 11714).
    """
    body = f"{organisation:08d}"
    digit = (
        11
        - sum(int(sign) * weight for sign, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    )
    code = f"91{_FICTIONAL_REGION}{body}{'X' if digit == 10 else 0 if digit == 11 else digit}"
    return code + check_character(code)


def check_character(code: str) -> str:
    """Return the 18th character for the first 17 of a credit code (GB 32100-2015: weights 3^i, modulo 31).

    Examples
    --------
    >>> check_character("91350100M000100Y4")
    '3'
    """
    total = sum(_CODE_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code))
    return _CODE_SIGNS[-total % 31]


def _pairs(signs: str) -> tuple[str, ...]:
    return tuple(signs[k : k + 2] for k in range(0, len(signs), 2))


def _pick(rng: np.random.Generator, options: str | tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
