"""Tianditu's tiles, fetched by the server so that the key stays here: fixed hosts, fixed layers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Lock
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from portal.byte_cache import ByteCache
from portal.errors import N_, BadRequest, NotFound, Unavailable

log = logging.getLogger("portal.tianditu")

LAYERS = ("vec", "cva", "img", "cia", "ter", "cta")
MAX_ZOOM = 18
HOSTS = tuple(f"https://t{n}.tianditu.gov.cn" for n in range(8))
TIMEOUT_S = 6.0
MAX_TILE_BYTES = 1024 * 1024
CACHE_BYTES = 32 * 1024 * 1024
SILENT_AFTER = 2  # requests in a row without an answer
SILENT_S = 30.0


class _NoRedirect(HTTPRedirectHandler):
    """A redirect could lead anywhere: it counts as an error."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_opener = build_opener(_NoRedirect)


class Silence:
    """Remembers for `SILENT_S` that the servers do not answer, so that nobody waits for each tile in vain.

    Parameters
    ----------
    now
        The clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._missed = 0
        self._until = 0.0

    def lasts(self) -> bool:
        """Return whether to leave the servers alone; when it is over, one request tries for all."""
        with self._lock:
            if self._missed < SILENT_AFTER:
                return False
            silent = self._now() < self._until
            self._until = self._until if silent else self._now() + SILENT_S
            return silent

    def note(self, *, answered: bool) -> None:
        """Remember how a request went."""
        with self._lock:
            self._missed = 0 if answered else self._missed + 1
            self._until = self._now() + SILENT_S


@dataclass(frozen=True)
class Tianditu:
    """A client of the WMTS, matrix set ``w`` (Web Mercator).

    Parameters
    ----------
    key
        The city's key; "" where it has none, and every request is refused.
    hosts
        Servers, chosen by column and row so that a tile always comes from the same.
    timeout_s
        How long a server may take.
    cache
        Tiles as last sent.
    silence
        What is remembered of requests without an answer.
    """

    key: str
    hosts: tuple[str, ...] = HOSTS
    timeout_s: float = TIMEOUT_S
    cache: ByteCache = field(default_factory=lambda: ByteCache(CACHE_BYTES), repr=False)
    silence: Silence = field(default_factory=Silence, repr=False)

    def tile(self, layer: str, z: int, x: int, y: int) -> bytes:
        """Return one tile, PNG or JPEG.

        Raises
        ------
        NotFound
            There is no such layer, or Tianditu is not configured.
        BadRequest
            There is no such tile.
        Unavailable
            The server does not answer, or not with a picture; or it did not a moment ago,
            and is not asked again yet.
        """
        if layer not in LAYERS or not self.key:
            raise NotFound(N_("没有底图 {name}"), name=layer)
        if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
            raise BadRequest(N_("没有切片 {z}/{x}/{y}"), z=z, x=x, y=y)
        name = f"{layer}/{z}/{x}/{y}"
        picture = self.cache.get(name)
        if picture is None:
            if self.silence.lasts():
                raise _unavailable()
            picture = self._fetch(layer, z, x, y)
            self.cache.put(name, picture)
        return picture

    def _fetch(self, layer: str, z: int, x: int, y: int) -> bytes:
        query = {
            "SERVICE": "WMTS",
            "REQUEST": "GetTile",
            "VERSION": "1.0.0",
            "LAYER": layer,
            "STYLE": "default",
            "TILEMATRIXSET": "w",
            "FORMAT": "tiles",
            "TILEMATRIX": z,
            "TILEROW": y,
            "TILECOL": x,
            "tk": self.key,
        }
        host = self.hosts[(x + y) % len(self.hosts)]
        request = Request(f"{host}/{layer}_w/wmts?{urlencode(query)}", headers={"User-Agent": "wuye-atlas"})  # noqa: S310
        try:
            with _opener.open(request, timeout=self.timeout_s) as answer:
                picture: bytes = answer.read(MAX_TILE_BYTES + 1)
        except (HTTPException, OSError) as error:
            if isinstance(error, HTTPError):
                error.close()
            self.silence.note(answered=isinstance(error, HTTPError))
            # The address holds the key: log the kind of error only.
            log.warning("tianditu does not answer: %s", type(error).__name__)
            raise _unavailable() from None
        self.silence.note(answered=True)
        if len(picture) > MAX_TILE_BYTES or content_type(picture) is None:
            log.warning("tianditu answered with something that is no picture")
            raise _unavailable()
        return picture


def content_type(picture: bytes) -> str | None:
    """Return the type of a picture by its first bytes, None when it is neither PNG nor JPEG."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/jpeg" if picture.startswith(b"\xff\xd8\xff") else None


def _unavailable() -> Unavailable:
    return Unavailable(N_("天地图暂时没有应答"), remedy=N_("请稍后再试，或改用其他底图"))
