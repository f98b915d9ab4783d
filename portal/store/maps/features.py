"""Features of layers as GeoJSON, assembled in PostGIS: complete, never capped."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Text, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from portal.models import Community, ServiceScore, Street
from portal.scope import Scope
from portal.store.communities import unnamed_keys
from portal.store.communities.scores import band, scored
from portal.terms import CommunityStatus


def with_scores(scope: Scope, *columns: Any) -> Select[Any]:
    """Return a SELECT of ``columns`` over active communities, joined to the scope's scores and streets."""
    statement = (
        select(*columns)
        .select_from(Community)
        .outerjoin(ServiceScore, scored(scope.period))
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.status == CommunityStatus.ACTIVE)
    )
    if scope.street_ids is not None:
        statement = statement.where(Community.street_id.in_(scope.street_ids))
    return statement


def visible_points(street_id: int | None) -> ColumnElement[Any]:
    """Return the score's points, null outside the one street whose details the viewer may see."""
    if street_id is None:
        return ServiceScore.points.expression
    return case((Community.street_id == street_id, ServiceScore.points), else_=None)


def collection(
    session: Session, rows: Select[Any], identifier: Any, properties: dict[str, Any], geometry: Any
) -> bytes:
    """Return the rows of a SELECT as a FeatureCollection in the order of ``identifier``.

    Their columns are replaced by ``properties``.
    """
    pairs = [part for name, column in properties.items() for part in (literal(name), column)]
    feature = func.json_build_object(
        literal("type"),
        literal("Feature"),
        literal("id"),
        identifier,
        literal("geometry"),
        cast(func.ST_AsGeoJSON(func.ST_ForcePolygonCCW(geometry), 6), JSON),
        literal("properties"),
        func.json_build_object(*pairs),
    )
    joined = func.string_agg(cast(feature, Text), aggregate_order_by(literal(","), identifier))
    text = session.scalar(rows.with_only_columns(joined, maintain_column_froms=True))
    return b'{"type":"FeatureCollection","features":[' + (text or "").encode() + b"]}"


def communities(session: Session, scope: Scope, details_street_id: int | None) -> bytes:
    """Return every located community: outline, or point where there is no outline."""
    rows = with_scores(scope, Community.id).where(Community.location.is_not(None))
    properties = {
        "name": Community.name,
        "key": unnamed_keys.key(),
        "street": Street.name,
        "band": band(),
        "points": visible_points(details_street_id),
    }
    shape = func.coalesce(Community.outline, Community.location)
    return collection(session, rows, Community.id, properties, shape)


def band_counts(session: Session, scope: Scope) -> dict[str, int]:
    """Return the number of communities in each band, and under ``none`` those without a score."""
    code = band()
    rows = session.execute(with_scores(scope, code, func.count()).group_by(code))
    return {row[0]: row[1] for row in rows}
