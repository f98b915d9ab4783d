"""What one running portal holds: its settings, its database, the city's policy — injected, never global."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.policy.city import City, parse_city
from geo.policy.routes import RoutePolicy
from geo.roads.engine import open_network
from geo.roads.network import Network
from portal.byte_cache import ByteCache
from portal.config import Config
from portal.db import SessionFactory
from portal.privacy import Cipher
from portal.store import data_versions
from portal.store import policy as policy_store
from portal.store.places import roads
from portal.terms import Subject
from portal.tianditu import Tianditu

ANSWER_CACHE_BYTES = 64 * 1024 * 1024


@dataclass
class _NetworkCache:
    """The network of the newest roads; building it takes a second, so threads wait for one."""

    lock: Lock = field(default_factory=Lock)
    key: tuple[str, RoutePolicy, int] | None = None
    network: Network | None = None


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
    tianditu
        Client of the tile service.
    answers
        Tiles and layers as last sent, by ETag.
    """

    config: Config
    engine: Engine
    sessions: SessionFactory = field(repr=False)
    tianditu: Tianditu = field(repr=False)
    answers: ByteCache = field(default_factory=lambda: ByteCache(ANSWER_CACHE_BYTES), repr=False)
    _networks: _NetworkCache = field(default_factory=_NetworkCache, repr=False)

    @property
    def cipher(self) -> Cipher:
        """What hides addresses and names of complaints in the database."""
        return Cipher.from_secret(self.config.secret_key)

    def city(self, session: Session) -> City:
        """Return the policy in force today; parsed once for each version."""
        return _parsed(policy_store.current_policy(session))

    def network(self, session: Session) -> Network:
        """Return the network of the imported roads, straight lines where there are none."""
        city = self.city(session)
        key = (data_versions.version_tag(session, [Subject.ROADS]), city.routes, city.metric_epsg)
        with self._networks.lock:
            if self._networks.key != key or self._networks.network is None:
                self._networks.network = open_network(roads.frame(session), city)
                self._networks.key = key
            return self._networks.network
