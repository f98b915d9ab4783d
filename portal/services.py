"""What one running portal holds: its settings, its database, the city's policy — injected, never global."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.city import City, parse_city
from portal.config import Config
from portal.db import SessionFactory
from portal.store import system


@lru_cache(maxsize=8)
def _parsed(document: bytes) -> City:
    return parse_city(orjson.loads(document))


@dataclass(frozen=True)
class Services:
    """The parts that `portal.app.create_app` wires together.

    Parameters
    ----------
    config
        Settings.
    engine
        Pool of connections, as the portal's role.
    sessions
        Makes a session for each request.
    """

    config: Config
    engine: Engine
    sessions: SessionFactory = field(repr=False)

    def city(self, session: Session) -> City:
        """Return the policy in force today; parsed once for each version."""
        return _parsed(system.current_policy(session))
