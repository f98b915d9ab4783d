"""What the card calls what the database keeps by a code: each code has its words, whoever sees it."""

from __future__ import annotations

from geo.datums.crs import Datum
from portal.errors import N_
from portal.terms import HistoryKind, PlaceHow, RectificationState, Severity

# By what the street of a community was found.
HOWS = {
    PlaceHow.OVERLAP: N_("按边界重叠"),
    PlaceHow.COORDINATE: N_("按坐标"),
    PlaceHow.NAME: N_("按名册"),
    PlaceHow.ALIAS: N_("按名册"),
    PlaceHow.STREET: N_("按名册"),
    PlaceHow.ADDRESS: N_("按地址"),
    PlaceHow.NEIGHBOURHOOD: N_("按社区"),
    PlaceHow.MANUAL: N_("人工"),
    PlaceHow.OUTSIDE: N_("在所有街道之外"),
    PlaceHow.NOT_FOUND: N_("没有找到：既无位置，名册里也没有认得的街道"),
}
EVENTS = {
    HistoryKind.RENAMED: N_("更名"),
    HistoryKind.MERGED: N_("合并"),
    HistoryKind.SPLIT: N_("拆分"),
    HistoryKind.LINKED: N_("关联边界"),
    HistoryKind.PINNED: N_("标点"),
    HistoryKind.DRAWN: N_("绘制边界"),
}
DATUMS = {Datum.WGS84: "WGS 84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09", Datum.CGCS2000: "CGCS2000"}
SEVERITIES = {Severity.MINOR: N_("一般"), Severity.SERIOUS: N_("严重"), Severity.CRITICAL: N_("紧急")}
STATES = {
    RectificationState.OPEN: N_("待整改"),
    RectificationState.REPORTED: N_("已报整改"),
    RectificationState.PASSED: N_("已销项"),
    RectificationState.FAILED: N_("复查未通过"),
    RectificationState.ESCALATED: N_("已升级"),
}
