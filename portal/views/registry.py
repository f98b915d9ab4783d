"""Every blueprint of the portal."""

from __future__ import annotations

from portal.views import accounts, administration, health, layers, map, queries

BLUEPRINTS = (
    accounts.blueprint,
    administration.blueprint,
    health.blueprint,
    layers.blueprint,
    map.blueprint,
    queries.blueprint,
)
