"""Every blueprint of the portal."""

from __future__ import annotations

from portal.views import accounts, health, layers, map

BLUEPRINTS = (
    accounts.blueprint,
    health.blueprint,
    layers.blueprint,
    map.blueprint,
)
