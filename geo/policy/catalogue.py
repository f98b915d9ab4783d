"""Every key of the policy by noun: what it is called, and the check of a document before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo.errors import PolicyError
from geo.policy import complaints, firms, places, routes, scores
from geo.policy.city import City, parse_city
from geo.policy.keys import CODE, Flag, Group, Key, Number, Rows, Text, check_names
from geo.texts import N_, Phrase

CITY_GROUP = Group(
    "city",
    N_("城市"),
    (
        Key("city.name", N_("城市名称"), N_("页首、打印件和导出文件里的名称。"), Text(most=30)),
        Key("city.name_en", N_("英文名称"), N_("英文界面里的名称。"), Text(most=60)),
        Key(
            "city.metric_epsg",
            N_("量算坐标系"),
            N_("以米为单位的投影坐标系的 EPSG 编号，面积、距离和密度都按它量算；须在导入街道之前设好。"),
            Number(1024, 32_767, whole=True),
        ),
        Key(
            "city.map_approval_number",
            N_("审图号"),
            N_("填写后显示在地图左下角和打印件上。"),
            Text(fewest=0, most=60),
        ),
        Key(
            "city.timezone",
            N_("时区"),
            N_("日期、时刻和季度按这个时区计算和显示。"),
            Text(1, 60, r"[A-Za-z0-9_+\-/]+", N_("时区名，例如 Asia/Shanghai")),
        ),
        Key("city.code", N_("城市代码"), N_("操作日志里对城市的简称，不改变所用的数据库。"), CODE),
        Key(
            "city.fictional",
            N_("虚构的示例城市"),
            N_("是则处处注明“虚构示例数据”；真实城市须为否。"),
            Flag(),
        ),
    ),
)
GROUPS = (
    CITY_GROUP,
    scores.GROUP,
    complaints.GROUP,
    firms.GROUP,
    routes.GROUP,
    places.DATUM_GROUP,
    places.SHAPE_GROUP,
    places.COORDINATE_GROUP,
)
KEYS: dict[str, Key] = {key.path: key for group in GROUPS for key in group.keys}


def key_of(path: str) -> Key | None:
    """Return the key that a place of a document is, or is part of; None where it is no place of one."""
    parts = path.split(".")
    tried = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((KEYS[name] for name in tried if name in KEYS), None)


def title_of(path: str) -> Phrase:
    """Return what a place of a document is called: its key, and which part of it.

    Examples
    --------
    >>> title_of("fees.allowed_float"), title_of("scores.bands.good.at_least")
    ('允许上浮', '等级 · good · 最低分')
    """
    key = key_of(path)
    if key is None:
        return Phrase("{path}", path=path)
    columns = {column.code: column.name for column in key.kind.columns} if isinstance(key.kind, Rows) else {}
    said = Phrase(key.name)
    for part in filter(None, path[len(key.path) + 1 :].split(".")):
        said = Phrase(
            N_("{whole} · {part}"), whole=said, part=Phrase(columns[part]) if part in columns else part
        )
    return said


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path of a document; KeyError where there is none."""
    found: Any = document
    for name in path.split("."):
        found = found[name]
    return found


def only_known(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without what is no key: another version of the portal may have kept some."""
    found: dict[str, Any] = {}
    for path in KEYS:
        *parents, last = path.split(".")
        place, held = found, document
        for name in parents:
            held = held.get(name, {})
            place = place.setdefault(name, {})
        if last in held:
            place[last] = held[last]
    return found


def check_document(document: Mapping[str, Any]) -> City:
    """Return the policy of a document that somebody wants to keep.

    Stricter than `geo.policy.city.parse_city`, which also reads what earlier versions kept: every key
    must be known and within its range, so that a slip of the pen has no consequences.

    Raises
    ------
    PolicyError
        It names the key (``field``), the value and what to do.
    """
    _check_shape(document, "")
    for key in KEYS.values():
        key.kind.check(key.path, value_at(document, key.path))
    city = parse_city(document)
    _check_zone(city)
    if city.complaints.density.bandwidth_m < city.complaints.density.cell_m:
        raise PolicyError(
            N_("{field}：{value} 小于格距"),
            remedy=N_("请填写不小于格距的数"),
            field="complaints.density_bandwidth_m",
            value=city.complaints.density.bandwidth_m,
        )
    return city


def _check_zone(city: City) -> None:
    try:
        ZoneInfo(city.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PolicyError(
            N_("{field}：没有 {value} 这个时区"),
            remedy=N_("请填写时区名，例如 Asia/Shanghai"),
            field="city.timezone",
            value=city.timezone,
        ) from error


def _check_shape(table: Mapping[str, Any], path: str) -> None:
    """Refuse a document that lacks a table or key, or has one that nothing reads."""
    depth = len(path.split(".")) if path else 0
    below = [key.split(".") for key in KEYS if not path or key.startswith(f"{path}.")]
    check_names(path, table, {parts[depth] for parts in below})
    for name in sorted({parts[depth] for parts in below if len(parts) > depth + 1}):
        inner = f"{path}.{name}" if path else name
        if not isinstance(table[name], Mapping):
            raise PolicyError(
                N_("{field}：{value} 的类型不对，应是表"), field=inner, value=str(table[name])[:40]
            )
        _check_shape(table[name], inner)
