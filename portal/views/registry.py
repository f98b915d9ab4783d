"""Every blueprint of the portal: one a noun, to which the noun's modules add their routes when imported."""

from __future__ import annotations

from portal.views import (
    accounts,
    communities,
    complaints,
    firms,
    imports,
    maps,
    operations,
    places,
    policy,
    queries,
    routes,
    scores,
)
from portal.views.accounts import administration, login
from portal.views.communities import card, doubles, linking, queues, records, told, working
from portal.views.complaints import doubtful, unplaced
from portal.views.imports import index, runs, uploads
from portal.views.maps import basemap, layers, page
from portal.views.operations import health, jobs
from portal.views.places import jurisdictions, streets
from portal.views.policy import history
from portal.views.policy import page as policy_page
from portal.views.queries import results, search
from portal.views.routes import pages

BLUEPRINTS = (
    accounts.blueprint,
    communities.blueprint,
    complaints.blueprint,
    firms.blueprint,
    imports.blueprint,
    maps.blueprint,
    operations.blueprint,
    places.blueprint,
    policy.blueprint,
    queries.blueprint,
    routes.blueprint,
    scores.blueprint,
)
MODULES = (
    administration,
    basemap,
    card,
    doubles,
    doubtful,
    firms,
    health,
    history,
    index,
    jobs,
    jurisdictions,
    layers,
    linking,
    login,
    page,
    pages,
    policy_page,
    queues,
    records,
    results,
    runs,
    scores,
    search,
    streets,
    told,
    unplaced,
    uploads,
    working,
)
