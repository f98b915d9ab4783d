"""The data pages: what the database holds, what waits for a person, and the pages below them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from geo.datums.detection import spell_confidence
from portal.access import Permission
from portal.store.imports import holdings
from portal.store.imports import runs as import_runs
from portal.store.places import streets as places
from portal.views import complaints as data_complaints
from portal.views.communities import queues as data_places
from portal.views.communities import records as data_communities
from portal.views.imports import runs as data_imports
from portal.views.imports import words as data_words
from portal.views.places import jurisdictions as data_jurisdictions
from portal.web import context
from portal.web.guard import needs

blueprint = Blueprint("data", __name__, url_prefix="/data")
for part in (data_imports, data_places, data_communities, data_complaints, data_jurisdictions):
    blueprint.register_blueprint(part.blueprint)

RECENT_RUNS = 5


@blueprint.get("")
@needs(Permission.SEE_QUEUES)
def index() -> ResponseReturnValue:
    """Show what there is, the queues, and the newest imports; of the own street for a street official."""
    session, viewer = context.session(), context.viewer()
    street_id = viewer.street_id
    runs = import_runs.listed(session, 1, RECENT_RUNS) if viewer.may(Permission.SEE_IMPORTS) else None
    levels = holdings.complaint_levels(session, street_id)
    return render_template(
        "data/index.html",
        holdings=holdings.count(session, street_id),
        levels=levels,
        waiting=sum(line.waiting for line in levels),
        faults=data_jurisdictions.find(),
        changes=holdings.changes(session),
        runs=runs,
        own_street=None if street_id is None else places.street(session, street_id).name,
        words=data_words,
        datum_name=data_imports.datum_name,
        spell_confidence=spell_confidence,
    )
