"""What a change of the policy and its consequences are called, in the browser and on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.policy.catalogue import title_of
from geo.policy.differences import Difference
from geo.policy.keys import spell_number
from geo.texts import N_, P_, Phrase
from portal.actions.policy.consequences import Consequences, Effect
from portal.scope import parse_period

_TEXTS = {
    Effect.NAMES: N_("新的名称和标注在保存后的每一页、每份文件里立即使用；英文界面用英文名称，须另改。"),
    Effect.CLOCK: N_("日期和时刻改按新时区显示；记录属于哪一天、哪个季度也按新时区重新计算。"),
    Effect.LAYERS: N_("地图图层和图例在下次打开时按新值重画。"),
    Effect.GAPS: N_("街道的空隙与重叠按新值重新查找。"),
    Effect.FEES: N_("小区卡片自生效之日起按新的指导价核对，过去的日子不变。"),
    Effect.IMPORTS: N_("导入时的检查按新值：只影响以后的导入，已导入的记录保持原样。"),
    Effect.AUDIT: N_("以后的操作日志用新的代码，已有的不变。"),
    Effect.LATER: N_("目前没有页面使用这一项，只是记录下来。"),
}


def tell(foreseen: Consequences) -> Iterator[Phrase]:
    """Yield what follows from a change, a sentence each."""
    for effect in foreseen.effects:
        if effect is Effect.SCORES:
            yield from _tell_scores(foreseen)
        elif effect is Effect.AREAS:
            yield Phrase(
                P_("{n:,} 个街道的面积随保存重新量算：合计 {was:,.1f} km² → {becomes:,.1f} km²。"),
                n=foreseen.streets,
                was=foreseen.was_km2,
                becomes=foreseen.becomes_km2,
            )
            yield Phrase(N_("小区面积和距离查询按椭球面计算，不随坐标系改变。"))
        elif effect is Effect.COMPLAINTS:
            told = P_("已导入的 {n:,} 件投诉保留原来的类别；新的匹配词用于以后导入的投诉。")
            yield Phrase(told, n=foreseen.complaints)
        elif effect is Effect.ROUTES:
            told = P_("以后新排的路线按新值计算；已排好的 {n:,} 条路线不变。")
            yield Phrase(told, n=foreseen.routes)
        elif effect is Effect.ROADS:
            told = P_("已导入的 {n:,} 条道路保留原来的车速；重新导入道路后才按新值。")
            yield Phrase(told, n=foreseen.roads)
        else:
            yield Phrase(_TEXTS[effect])


def spell(value: Any) -> Phrase | str:
    """Return a value as people read it."""
    if value is None:
        return Phrase(N_("（无）"))
    if isinstance(value, bool):
        return Phrase(N_("是")) if value else Phrase(N_("否"))
    if isinstance(value, (int, float)):
        return spell_number(value)
    if isinstance(value, list):
        return Phrase("{listed}", listed=[spell(one) for one in value])
    return str(value) or Phrase(N_("（空）"))


def spell_short(value: Any) -> Phrase | str:
    """Return a value as people read it; of what has parts, only how many."""
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return Phrase(P_("{n} 项"), n=len(value))
    return spell(value)


def tell_change(change: Difference) -> Phrase:
    """Return a change in one line."""
    return Phrase(
        N_("{title}：{before} → {after}"),
        title=title_of(change.path),
        before=spell(change.before),
        after=spell(change.after),
    )


def _tell_scores(foreseen: Consequences) -> Iterator[Phrase]:
    if not foreseen.periods:
        yield Phrase(
            N_("评分不变：已结束的季度仍按当时有效的一版，{day} 以后的季度还没有评分依据。"), day=foreseen.day
        )
        return
    periods = [parse_period(code) for code in foreseen.periods]
    named = [Phrase(N_("{year}年第{quarter}季度"), year=one.year, quarter=one.quarter) for one in periods]
    yield Phrase(N_("{periods}的评分随后自动重新计算；更早的季度仍按当时有效的一版。"), periods=named)
    changed = foreseen.better + foreseen.worse
    if changed:
        told = P_("{n:,} 个评分的等级会变：{better:,} 个升高，{worse:,} 个降低或失去等级。")
        yield Phrase(told, n=changed, better=foreseen.better, worse=foreseen.worse)
    else:
        yield Phrase(N_("没有小区的等级会变。"))
