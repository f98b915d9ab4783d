"""Whether the portal lives, and whether it is ready to answer."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.db import newest_schema
from portal.errors import N_, Unavailable
from portal.store import policy as policy_store
from portal.store.operations import check as checks
from portal.store.operations import jobs
from portal.views.operations import blueprint
from portal.web import context
from portal.web.guard import public


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer that the process runs."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer that the database, its newest schema and the policy are there; 503 otherwise.

    Without a worker pages are served all the same: that is only told.
    """
    policy_store.current_policy(context.session())
    found, wanted = checks.schema_version(context.session()), newest_schema()
    if found != wanted:
        raise Unavailable(
            N_("数据库结构是 {found} 版，程序需要 {wanted} 版"),
            remedy=N_("请运行 ./run portal db upgrade"),
            found=found,
            wanted=wanted,
        )
    return {"status": "ready", "worker": "alive" if jobs.worker_lives(context.session()) else "silent"}
