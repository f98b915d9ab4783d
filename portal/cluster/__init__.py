"""The embedded default: a private PostGIS cluster under the instance folder.

Knows nothing of the portal's tables. `programs` finds and runs PostgreSQL's
programs, `place` keeps where a cluster lies, `server` starts and stops it,
`databases` makes roles and databases. ``python -m portal.cluster --help`` is
its command line.
"""

from __future__ import annotations

from portal.cluster.databases import (
    admin_url,
    check_server,
    database_of,
    ensure_database,
    owner_url,
    portal_url,
    resolve,
    test_admin_url,
)
from portal.cluster.place import Place, forget, main_place, test_place
from portal.cluster.server import is_running, start, stop

__all__ = [
    "Place",
    "admin_url",
    "check_server",
    "database_of",
    "ensure_database",
    "forget",
    "is_running",
    "main_place",
    "owner_url",
    "portal_url",
    "resolve",
    "start",
    "stop",
    "test_admin_url",
    "test_place",
]
