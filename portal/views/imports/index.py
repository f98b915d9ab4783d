"""The page 数据: what the database holds, what waits for a person, the newest imports."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from geo.datums.detection import spell_confidence
from portal.access import Permission
from portal.actions.imports.registry import IMPORTS
from portal.models import Base
from portal.store import data_versions
from portal.store.communities import doubles, links
from portal.store.imports import holdings
from portal.store.imports import runs as import_runs
from portal.store.operations import deeds
from portal.store.places import streets as places
from portal.terms import Subject
from portal.views.imports import blueprint, words
from portal.views.imports.runs import datum_name
from portal.views.places import jurisdictions
from portal.web import context
from portal.web.guard import needs

RECENT_RUNS = 5


@blueprint.get("/data")
@needs(Permission.SEE_QUEUES)
def index() -> ResponseReturnValue:
    """Show what there is, the queues, and the newest imports; of the own street for a street official."""
    session, viewer = context.session(), context.viewer()
    street_id = viewer.street_id
    runs = import_runs.listed(session, 1, RECENT_RUNS) if viewer.may(Permission.SEE_IMPORTS) else None
    levels = holdings.complaint_levels(session, street_id)
    # Complaints are many, and counted by level already.
    models: dict[str, type[Base]] = {
        key: entry.model for key, entry in IMPORTS.items() if key is not Subject.COMPLAINTS
    }
    held = holdings.count(session, street_id, models)
    rows = held.rows | {Subject.COMPLAINTS: sum(line.n for line in levels)}
    linked = deeds.newest(session, "link_all") if viewer.may(Permission.UNDO_CHANGES) else []
    return render_template(
        "imports/index.html",
        holdings=held,
        held=[(entry, rows[key]) for key, entry in IMPORTS.items() if key in rows and entry.part_of is None],
        evidence=[(entry, rows[key]) for key, entry in IMPORTS.items() if key in rows and entry.part_of],
        levels=levels,
        waiting=sum(line.waiting for line in levels),
        doubtful=sum(line.doubtful for line in levels),
        faults=jurisdictions.find(),
        linkable=len(links.propose(session, street_id).pairs),
        doubles=len(doubles.propose(session)) if viewer.may(Permission.EDIT_COMMUNITIES) else 0,
        linked=linked,
        undoable=deeds.undoable(session, [str(deed.id) for deed, _, _ in linked]),
        changes=holdings.changes(session),
        runs=runs,
        outdated=data_versions.scores_outdated(session),
        own_street=None if street_id is None else places.street(session, street_id).name,
        words=words,
        datum_name=datum_name,
        spell_confidence=spell_confidence,
    )
