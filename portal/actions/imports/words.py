"""What an import counts and remarks on, in words; what fields are called, and what can be said of a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.datums.crs import Datum
from portal.errors import N_
from portal.labels import HOWS
from portal.terms import PlaceHow, PlaceLevel

# Beside a number, a level alone would not say what is counted.
_PLACED = {
    PlaceLevel.POINT: N_("位置到坐标"),
    PlaceLevel.COMMUNITY: N_("位置到小区"),
    PlaceLevel.NEIGHBOURHOOD: N_("位置到社区"),
    PlaceLevel.STREET: N_("位置到街道"),
    PlaceLevel.NONE: N_("位置未知"),
}
SEVERITIES = {
    "rejected": N_("未导入"),
    "repaired": N_("已修复"),
    "doubted": N_("待核定"),
    "noted": N_("提示"),
}
FIELDS = {
    "": N_("整行"),
    "geometry": N_("空间位置"),
    "source_key": N_("主键"),
    "name": N_("名称"),
    "aliases": N_("别名"),
    "district": N_("行政区"),
    "street": N_("街道"),
    "neighbourhood": N_("社区"),
    "community": N_("小区"),
    "address": N_("地址"),
    "kind": N_("类型"),
    "built_year": N_("建成年份"),
    "households": N_("户数"),
    "floor_area_m2": N_("建筑面积"),
    "lifts": N_("电梯数"),
    "reference_price_yuan_m2": N_("参考价格"),
    "lon": N_("经度"),
    "lat": N_("纬度"),
    "lon, lat": N_("经度和纬度"),
    "code": N_("行政区划代码"),
    "firm": N_("企业"),
    "credit_code": N_("统一社会信用代码"),
    "registered_on": N_("登记日期"),
    "starts_on": N_("开始日期"),
    "ends_on": N_("结束日期"),
    "fee_yuan_m2_month": N_("合同物业费"),
    "posted_fee_yuan_m2_month": N_("公示物业费"),
    "fee_high_yuan_m2_month": N_("合同物业费上限"),
    "posted_fee_high_yuan_m2_month": N_("公示物业费上限"),
    "grade": N_("合同服务等级"),
    "received_at": N_("受理时间"),
    "channel": N_("来源"),
    "request_kind": N_("诉求类型"),
    "event_type": N_("一级分类"),
    "main_type": N_("二级分类"),
    "sub_type": N_("三级分类"),
    "unit": N_("处置单位"),
    "in_time": N_("按时办结"),
    "responded_in_time": N_("按时响应"),
    "called_back": N_("有效回访"),
    "resolved": N_("是否解决"),
    "satisfied": N_("是否满意"),
    "closed_at": N_("办结时间"),
    "highway": N_("道路类别"),
    "turns": N_("转向限制"),
    "main": N_("主要出入口"),
    "term": N_("届次"),
    "owners_committee": N_("业委会"),
    "seat": N_("席位"),
    "office": N_("职务"),
    "concurrent_post": N_("兼任书记"),
    "founded_on": N_("成立日期"),
    "acts_for_committee": N_("代行业委会职责"),
    "period": N_("季度"),
    "held_on": N_("召开日期"),
    "minuted": N_("有会议记录"),
    "issues_raised": N_("提出事项"),
    "issues_closed": N_("办结事项"),
    "responses": N_("有效问卷"),
    "mean_share": N_("满意度"),
    "cooperation": N_("配合工作"),
    "meetings": N_("四方联动"),
    "rectification": N_("整改落实"),
    "disclosure": N_("信息公示"),
    "inspected_at": N_("检查时间"),
    "inspection": N_("巡查"),
    "number": N_("序号"),
    "indicator": N_("检查指标"),
    "clause": N_("条款"),
    "severity": N_("严重程度"),
    "deduction": N_("扣分"),
    "finding": N_("问题"),
    "state": N_("整改状态"),
    "due_at": N_("整改期限"),
    "reported_at": N_("报整改时间"),
    "points": N_("分值"),
    "evidence": N_("依据"),
    "occurred_on": N_("发生日期"),
}
COUNTS = {
    "new": N_("新增"),
    "changed": N_("变更"),
    "unchanged": N_("未变"),
    "removed": N_("删除"),
    "rejected": N_("未导入"),
    "repaired": N_("已修复"),
    "area_km2": N_("辖区面积（km²）"),
    "gaps": N_("街道之间的空隙"),
    "gaps_area_m2": N_("空隙面积（m²）"),
    "overlaps": N_("街道之间的重叠"),
    "overlaps_area_m2": N_("重叠面积（m²）"),
    "linked_by_name_and_street": N_("按名称和街道并入已有小区"),
    "near_names": N_("名称与已有的相近、没有合并"),
    "assigned_to_a_street": N_("归入街道"),
    "outside": N_("在本市街道之外、未归入街道"),
    "outside_without_coordinate": N_("在本市街道之外、没有坐标"),
    "street_not_found": N_("找不到街道"),
    "doubt_far_off": N_("坐标离本市街道过远"),
    "doubt_shared": N_("不同地点共用一个坐标"),
    "doubt_other_street": N_("登记的街道与坐标不符"),
    "doubt_other_district": N_("登记的区与街道或坐标不符"),
    "outlines": N_("有轮廓"),
    "points": N_("有点位"),
    "names_only": N_("只有名称"),
    "matched_to_a_street": N_("归入街道"),
    "property_related": N_("物业投诉"),
    "repeats": N_("重复件"),
    "named": N_("有路名的路段"),
    "ways": N_("道路"),
    "ways_left_out": N_("没有导入的道路"),
    "barriers": N_("机动车不能通过的障碍"),
    "turn_restrictions": N_("转向限制"),
}

# What is told first of every import.
MAIN_COUNTS = ("new", "changed", "unchanged", "removed", "rejected")
_LEVEL_ORDER, _COUNT_ORDER = tuple(map(str, PlaceLevel)), tuple(COUNTS)


def count_order(key: str) -> tuple[int, int, str]:
    """Return what to sort counts by: places from exact to vague, then as in `COUNTS`, then the others."""
    level, _, how = key.partition("_by_")
    if level in _LEVEL_ORDER and how in set(PlaceHow):
        return 0, _LEVEL_ORDER.index(level), how
    return (1, _COUNT_ORDER.index(key), "") if key in COUNTS else (2, 0, key)


def count_words(key: str) -> tuple[str, ...]:
    """Return the marked words for what an import counted, none for what has no name here.

    ``neighbourhood_by_alias`` is a place level and how it was found: two words.
    """
    level, _, how = key.partition("_by_")
    if level in set(PlaceLevel) and how in set(PlaceHow):
        return _PLACED[PlaceLevel(level)], HOWS[how]
    return (COUNTS[key],) if key in COUNTS else ()


class Input(StrEnum):
    """What a person gives for an option."""

    TEXT = "text"
    CHOICE = "choice"
    FLAG = "flag"
    FILE = "file"


@dataclass(frozen=True)
class Option:
    """One thing that can be said of a file: on the command line, or in a form.

    Parameters
    ----------
    name
        Of the parameter of `portal.actions.imports.files.FileImport`.
    input
        What is given.
    label, explanation
        Marked texts.
    choices
        Value and marked name of each, for `Input.CHOICE`.
    """

    name: str
    input: Input
    label: str
    explanation: str
    choices: tuple[tuple[str, str], ...] = ()


SOURCE = Option("source", Input.TEXT, N_("来源"), N_("来源的名称；默认取文件名的第一段。"))
DATUM = Option(
    "datum",
    Input.CHOICE,
    N_("坐标基准"),
    N_("坐标基准，也可写作 GCJ-02、“WGS 84”等；auto 表示与已导入的道路比对。"),
    tuple((datum.value, datum.label) for datum in Datum),
)
ACCEPT_DATUM = Option(
    "accept_datum", Input.FLAG, N_("坐标基准已核对"), N_("注明的坐标基准看起来不对，也照样导入。")
)
MAPPING = Option("mapping", Input.FILE, N_("映射文件"), N_("映射文件（TOML），用于不认识的表头。"))
ACCEPT = Option(
    "accept",
    Input.TEXT,
    N_("已核对的问题"),
    N_("预览中提出的问题已经核对，照样导入；写问题的代号，几个用逗号分开，例如 far_off。"),
)
DRY_RUN = Option("dry_run", Input.FLAG, N_("试运行"), N_("只看会怎样，什么都不保存。"))
