"""Whether the portal lives, and whether it is ready to answer."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.store import system
from portal.views import context
from portal.views.guard import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer that the process runs."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer that database and policy are there; 503 otherwise."""
    system.current_policy(context.session())
    return {"status": "ready"}
