"""Every blueprint of the portal."""

from __future__ import annotations

from portal.views import (
    accounts,
    administration,
    basemap,
    communities,
    data,
    health,
    layers,
    map,
    queries,
    routes,
)

BLUEPRINTS = (
    accounts.blueprint,
    administration.blueprint,
    basemap.blueprint,
    communities.blueprint,
    data.blueprint,
    health.blueprint,
    layers.blueprint,
    map.blueprint,
    queries.blueprint,
    routes.blueprint,
)
