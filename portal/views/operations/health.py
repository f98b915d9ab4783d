"""Whether the portal lives, and whether it is ready to answer."""

from __future__ import annotations

import shutil

from flask.typing import ResponseReturnValue

from portal.db import newest_schema
from portal.errors import N_, Unavailable
from portal.store import policy as policy_store
from portal.store.operations import check as checks
from portal.store.operations import jobs
from portal.views.operations import blueprint
from portal.web import context
from portal.web.guard import public

SPARE_MB = 20  # as scripts/common.sh


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer that the process runs."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer that the database, its newest schema and the policy are there, and room to write; 503 otherwise.

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
    checks.write_something(context.session())
    free_mb = shutil.disk_usage(context.services().config.instance_dir).free // 2**20
    if free_mb < SPARE_MB:
        raise Unavailable(
            N_("门户所在的磁盘只剩 {free} MB"),
            remedy=N_("请告诉系统管理员：腾出磁盘空间后再试"),
            free=free_mb,
        )
    return {"status": "ready", "worker": "alive" if jobs.worker_lives(context.session()) else "silent"}
