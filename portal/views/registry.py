"""Every blueprint of the portal."""

from __future__ import annotations

from portal.views import accounts, administration, basemap, communities, health, layers, map, queries

BLUEPRINTS = (
    accounts.blueprint,
    administration.blueprint,
    basemap.blueprint,
    communities.blueprint,
    health.blueprint,
    layers.blueprint,
    map.blueprint,
    queries.blueprint,
)
