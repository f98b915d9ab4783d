"""What the data pages call things: subjects, place levels, what an import counted, fields of files."""

from __future__ import annotations

from collections.abc import Mapping

from portal.actions.ingest.words import HOWS, LEVELS, SEVERITIES, count_words
from portal.errors import N_
from portal.terms import Subject
from portal.views import context

SUBJECTS: dict[str, str] = {
    Subject.ROADS: N_("道路"),
    Subject.STREETS: N_("街道"),
    Subject.NEIGHBOURHOODS: N_("社区"),
    Subject.COMMUNITIES: N_("小区"),
    Subject.FIRMS: N_("物业服务企业"),
    Subject.CONTRACTS: N_("物业服务合同"),
    Subject.COMPLAINTS: N_("投诉"),
}
STATES = {"done": N_("已导入"), "unchanged": N_("无变化")}
FIELDS = {
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
}


def name_subject(subject: str) -> str:
    """Return what a subject is called; its code where it has no name here."""
    return _say_known(SUBJECTS, subject)


def name_field(field: str) -> str:
    """Return what a field of a file is called; "" for the whole row."""
    return _say_known(FIELDS, field)


def name_count(key: str) -> str:
    """Return what an import counted; ``neighbourhood_by_alias`` names a place level and how it was found."""
    words = count_words(key)
    return " · ".join(map(context.say, words)) if words else key


def name_severity(severity: str) -> str:
    """Return what became of a row."""
    return _say_known(SEVERITIES, severity)


def name_level(level: str) -> str:
    """Return what a place level is called."""
    return _say_known(LEVELS, level)


def name_how(how: str) -> str:
    """Return how a place was found."""
    return _say_known(HOWS, how)


def _say_known(names: Mapping[str, str], code: str) -> str:
    return context.say(names[code]) if code in names else code
