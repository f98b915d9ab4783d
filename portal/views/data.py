"""The data pages: what the database holds, what waits for a person, and the pages below them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from geo.datum import spell_confidence
from portal.access import Permission
from portal.store import holdings, import_runs, places
from portal.views import (
    context,
    data_communities,
    data_complaints,
    data_imports,
    data_jurisdictions,
    data_places,
    data_words,
)
from portal.views.guard import needs

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
