"""A clerk corrects one community's record: its name, its point, its outline.

Each change is one transaction with history and audit; what the clerk has set
is not overwritten by a later import of the register.
"""

from __future__ import annotations

import math

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geo.datums.crs import WGS84_EPSG, Datum, convert
from portal.access import Viewer
from portal.actions.communities.changes import Change, Changed, change, check_version, take_over
from portal.actions.communities.register_rows import add_aliases
from portal.errors import N_, BadRequest, Conflict
from portal.models import Community, CommunityAlias
from portal.personal_numbers import mask_numbers
from portal.place_names import pinyin, pinyin_initials
from portal.privacy import Cipher
from portal.terms import HistoryKind, Ruling

NAME_CHARACTERS = 100


def rename(
    session: Session,
    viewer: Viewer,
    community_id: int,
    name: str,
    *,
    cipher: Cipher,
    version: str | None = None,
) -> Changed:
    """Give a community another name; the old one stays as a former name, by which it is still found.

    Parameters
    ----------
    cipher
        Opens the addresses of complaints that may have another place now.
    version
        Of the record as the clerk saw it; None does not ask.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `portal.actions.communities.changes.change`; also where another community
        of the street has this name, or the record has changed since.
    BadRequest
        The name is empty, too long, or the one it has.
    """
    name = clean_name(name)
    with change(session, viewer, cipher, "rename", [community_id]) as made:
        check_version(session, community_id, version)
        community = session.get_one(Community, community_id)
        old = community.name
        if old == name:
            raise BadRequest(N_("name：名称没有变化"))
        check_name_is_free(session, community, name)
        community.name, community.pinyin = name, pinyin(name)
        community.pinyin_initials = pinyin_initials(name)
        session.flush()
        own = CommunityAlias.community_id == community_id
        session.execute(delete(CommunityAlias).where(own, CommunityAlias.alias == name))
        if old is not None:
            add_aliases(session, [(community_id, old)], former=True)
        take_over(session, community_id, "name")
        made.remember(community_id, HistoryKind.RENAMED, {"from": old, "to": name})
        return made.settle(community_id)


def pin(
    session: Session,
    viewer: Viewer,
    community_id: int,
    lon: float,
    lat: float,
    *,
    cipher: Cipher,
    datum: Datum = Datum.WGS84,
    version: str | None = None,
) -> Changed:
    """Put a community at a point; its street follows, unless it has an outline or a clerk chose it.

    Parameters
    ----------
    lon, lat
        Degrees in ``datum``.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `rename`.
    DatumError
        The coordinates are not on Earth.
    """
    x, y = convert(lon, lat, datum)
    with change(session, viewer, cipher, "pin", [community_id]) as made:
        check_version(session, community_id, version)
        community = session.get_one(Community, community_id)
        community.pin = from_shape(shapely.Point(float(x), float(y)), srid=WGS84_EPSG)
        if community.outline is None:
            _keep_raw(community, shapely.Point(lon, lat), datum)
        take_over(session, community_id, "pin")
        made.remember(community_id, HistoryKind.PINNED, {"lon": float(x), "lat": float(y)})
        return made.settle(community_id)


def dismiss_pin(
    session: Session, viewer: Viewer, community_id: int, *, cipher: Cipher, version: str | None = None
) -> Changed:
    """Rule that a source's doubtful point does not hold: the community stays where it is registered.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `rename`; also where there is no doubtful point to rule on.
    """
    with change(session, viewer, cipher, "dismiss_pin", [community_id]) as made:
        check_version(session, community_id, version)
        community = session.get_one(Community, community_id, populate_existing=True)
        if community.doubt is None or community.ruling is not None:
            raise Conflict(N_("这个小区没有待核定的点位"), remedy=N_("请刷新页面再试"))
        community.ruling = Ruling.NAMED
        return made.settle(community_id)


def draw(
    session: Session,
    viewer: Viewer,
    community_id: int,
    outline: shapely.Polygon | shapely.MultiPolygon,
    *,
    cipher: Cipher,
    version: str | None = None,
) -> Changed:
    """Give a community an outline, drawn on the map in WGS 84.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `rename`.
    BadRequest
        The outline is not a valid area.
    """
    area = clean_outline(outline)
    with change(session, viewer, cipher, "draw", [community_id]) as made:
        check_version(session, community_id, version)
        set_outline(made, session.get_one(Community, community_id), area)
        made.remember(community_id, HistoryKind.DRAWN, {"vertices": len(shapely.get_coordinates(area))})
        return made.settle(community_id)


def set_outline(made: Change, community: Community, area: shapely.MultiPolygon) -> None:
    """Set a drawn outline and take it away from the sources."""
    community.outline = from_shape(area, srid=WGS84_EPSG)
    _keep_raw(community, area, Datum.WGS84)
    take_over(made.session, community.id, "outline")


def clean_name(name: str) -> str:
    """Return a name as it is stored.

    Raises
    ------
    BadRequest
        It is empty or too long, or holds characters that nobody sees, or the number of a person.
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_CHARACTERS:
        raise BadRequest(N_("name：请填写名称（{most} 字以内）"), most=NAME_CHARACTERS)
    if not name.isprintable():
        raise BadRequest(N_("name：含有看不见的字符"), remedy=N_("请重新输入名称"))
    if mask_numbers(name, telephone=True) != name:
        raise BadRequest(
            N_("name：含有像是个人号码的内容（电话、证件、车牌等）"), remedy=N_("名称谁都能看到，请删去号码")
        )
    return name


def clean_outline(outline: shapely.Geometry) -> shapely.MultiPolygon:
    """Return an outline as it is stored.

    Raises
    ------
    BadRequest
        It is no valid area, or not on Earth.
    """
    parts = list(shapely.get_parts(outline))
    west, south, east, north = shapely.total_bounds(outline)
    on_earth = math.isfinite(west) and -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not on_earth or any(part.geom_type != "Polygon" for part in parts):
        raise BadRequest(N_("outline：请画出一个面"))
    area = shapely.MultiPolygon(parts)
    if area.area == 0 or not area.is_valid:
        raise BadRequest(N_("outline：边界自相交或没有面积"), remedy=N_("请重新画，线不要交叉"))
    return area


def check_name_is_free(session: Session, community: Community, name: str) -> None:
    """Raise Conflict where another active community of the same street has this name."""
    twin = session.scalar(
        select(Community.id).where(
            Community.name == name,
            Community.street_id == community.street_id,
            Community.status == community.status,
            Community.id != community.id,
        )
    )
    if twin is not None:
        raise Conflict(N_("同一街道已有小区叫“{name}”"), remedy=N_("如果是同一个小区，请合并"), name=name)


def _keep_raw(community: Community, shape: shapely.Geometry, datum: Datum) -> None:
    community.raw_geometry, community.source_datum = shapely.to_wkb(shape), datum
