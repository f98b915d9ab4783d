"""Every blueprint of the portal."""

from __future__ import annotations

from portal.views import operations as health
from portal.views.accounts import administration
from portal.views.accounts import login as accounts
from portal.views.communities import card as communities
from portal.views.imports import index as data
from portal.views.maps import basemap, layers
from portal.views.maps import page as map
from portal.views.queries import results as queries
from portal.views.routes import pages as routes

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
