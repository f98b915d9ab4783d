"""Roads into the database: pieces are added, changed, and removed when their source no longer has them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import geopandas as gpd
from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from geo.frames import ROADS, check
from geo.roads.network import MissReason
from geo.roads.osm import LeftOut, WhyLeftOut
from geo.roads.parts import find_cut_off
from geo.roads.restrictions import ReadTurns, TurnNote
from portal.actions.transactions.import_run import Loaded, Remark, Severity, remark
from portal.actions.transactions.staging import FLAG, NUMBER, SHAPE, TEXT, WHOLE, stage
from portal.actions.transactions.upserts import rows_of, upsert
from portal.errors import N_, P_
from portal.models import Road
from portal.terms import Subject

# Why ways are not imported, and what to do about it.
_LEFT_OUT: dict[str, tuple[str, str]] = {
    WhyLeftOut.CLASS: (
        P_("{n:,} 条道路没有导入：类别不在行车道路之列（{classes}）"),
        N_("如可以行车，请在城市政策的 routes.class_speed_kmh 中写明这一类的车速，再重新导入"),
    ),
    WhyLeftOut.CLOSED: (
        P_("{n:,} 条道路没有导入：标注为机动车不能通行（{classes}）"),
        N_("如与实际不符，请在道路数据中更正后重新导入"),
    ),
    WhyLeftOut.REVERSIBLE: (
        P_("{n:,} 条道路没有导入：行车方向随时段变化（{classes}）"),
        N_("无需处理；路线不会经过这些道路"),
    ),
    WhyLeftOut.NOWHERE: (
        P_("{n:,} 条道路没有导入：文件中没有它们的节点，位置不明（{classes}）"),
        N_("请重新导出，保留道路的全部节点"),
    ),
}
# What is to be said of turn restrictions.
_TURNS: dict[str, tuple[str, str]] = {
    TurnNote.UNCLEAR: (
        P_("{n:,} 条转向限制没有导入：其道路没有在所写的路口相接，或相接不止一处"),
        N_("请在道路数据中更正这些转向限制后重新导入"),
    ),
    TurnNote.TIMED: (
        P_("{n:,} 条转向限制只在部分时段生效，路线全天遵守"),
        N_("无需处理；路线可能因此略微绕行"),
    ),
}
# How pieces are cut off from the others of their file.
_CUT_OFF: dict[str, str] = {
    MissReason.UNREACHABLE: P_("{n:,} 段道路与路网不连通，路线不经过、也不到达（{names}）"),
    MissReason.NO_WAY_BACK: P_("{n:,} 段道路只能驶入，不能驶回路网，路线不到达（{names}）"),
    MissReason.NO_WAY_THERE: P_("{n:,} 段道路只能驶出，不能从路网驶入，路线不到达（{names}）"),
}
_CHECK_ROADS = N_("如与实际不符，请在道路数据中检查那里的单行、障碍和路口后重新导入")
_SHOWN_CLASSES, _SHOWN_CHARACTERS = 8, 40


def tell_left_out(left_out: Sequence[LeftOut]) -> list[Remark]:
    """Return a remark on the whole file for each reason for which ways were left out."""
    by_reason = groupby(sorted(left_out, key=lambda one: one.why), key=lambda one: one.why)
    return [_tell(why, list(group)) for why, group in by_reason]


def tell_turns(turns: ReadTurns) -> list[Remark]:
    """Return a remark on the whole file for each thing to be said of its turn restrictions."""
    return [
        remark(Severity.NOTED, None, "turns", "", *_TURNS[note], n=count)
        for note, count in sorted(turns.notes.items())
    ]


def tell_cut_off(roads: gpd.GeoDataFrame) -> list[Remark]:
    """Return a remark on the whole file for each way in which roads of it are cut off from the others."""
    said = []
    for reason, rows in sorted(find_cut_off(roads).items()):
        names = list(dict.fromkeys(str(name) for name in roads["name"].iloc[rows].dropna()))
        shown = [name[:_SHOWN_CHARACTERS] for name in names[:_SHOWN_CLASSES]]
        shown += ["…"] if len(names) > len(shown) or not shown else []
        parts = {"n": len(rows), "names": shown}
        said.append(remark(Severity.NOTED, None, "geometry", "", _CUT_OFF[reason], _CHECK_ROADS, **parts))
    return said


def _tell(why: str, left_out: Sequence[LeftOut]) -> Remark:
    reason, remedy = _LEFT_OUT[why]
    # The classes are the file's own words.
    classes = [f"{one.highway[:_SHOWN_CHARACTERS]} {one.ways:,}" for one in left_out[:_SHOWN_CLASSES]]
    if len(left_out) > _SHOWN_CLASSES:
        classes.append("…")
    total = sum(one.ways for one in left_out)
    return remark(Severity.NOTED, None, "highway", "", reason, remedy, n=total, classes=classes)


def load(session: Session, frame: gpd.GeoDataFrame, *, source: str) -> Loaded:
    """Write road pieces; those of ``source`` that are not in ``frame`` are removed.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.ROADS`, WGS 84.
    source
        Names the file's origin; with `source_key` it identifies a piece.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, ROADS)
    staged = stage(
        session,
        {
            "source_key": (TEXT, frame["source_key"]),
            "way_id": (WHOLE, frame["way_id"]),
            "from_node": (WHOLE, frame["from_node"]),
            "to_node": (WHOLE, frame["to_node"]),
            "name": (TEXT, frame["name"]),
            "highway": (TEXT, frame["highway"]),
            "oneway": (TEXT, frame["oneway"]),
            "speed_kmh": (NUMBER, frame["speed_kmh"]),
            "access": (TEXT, frame["access"]),
            "may_stop": (FLAG, frame["may_stop"]),
            "from_barred": (FLAG, frame["from_barred"]),
            "to_barred": (FLAG, frame["to_barred"]),
            "turns": (TEXT, frame["turns"]),
            "line": (SHAPE, frame.geometry),
        },
    )
    gone = delete(Road).where(Road.source == source, Road.source_key.not_in(select(staged.c.source_key)))
    removed = rows_of(session, gone)
    given = select(literal(source).label("source"), *staged.c).subquery()
    written = upsert(session, Road, given, ("source", "source_key"))
    loaded = Loaded(
        new=written.new,
        changed=written.changed,
        unchanged=len(frame) - written.rows,
        removed=removed,
    )
    loaded.touch(Subject.ROADS, written.rows + removed)
    loaded.found = {
        "named": int(frame["name"].notna().sum()),
        "ways": int(frame["way_id"].nunique()),
    }
    return loaded
