"""Browsers that have opened an account before: a signed cookie, which opens nothing by itself.

It holds a key of the browser and keyed hashes of the names it opened, so that others' failures with these
names do not hold it up. Where it is missing, forged or old, the browser is one of any.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.config import Config

COOKIE = "atlas_device"
AGE = timedelta(days=180)
_MOST_NAMES = 8  # of a computer that several use


def device_of(config: Config, username: str) -> str:
    """Return the key of the browser where it has opened the account of this name before, else \"\"."""
    key, names = _read(config)
    return key if _digest(config, username) in names else ""


def remember(config: Config, username: str, answer: Response) -> None:
    """Let the browser keep that it has opened the account of this name."""
    key, names = _read(config)
    own = _digest(config, username)
    names = [own, *(name for name in names if name != own)][:_MOST_NAMES]
    answer.set_cookie(
        COOKIE,
        _serializer(config).dumps([key or secrets.token_hex(16), names]),
        max_age=AGE,
        httponly=True,
        secure=config.behind_tls,
        samesite="Lax",
    )


def _read(config: Config) -> tuple[str, list[str]]:
    try:
        key, names = _serializer(config).loads(
            request.cookies.get(COOKIE, ""), max_age=int(AGE.total_seconds())
        )
    except (BadData, ValueError, TypeError):
        return "", []
    return str(key), [str(name) for name in names]


def _serializer(config: Config) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config.secret_key, salt="browsers that opened an account")


def _digest(config: Config, username: str) -> str:
    name = username.strip()[:80]
    return hmac.digest(config.secret_key.encode(), f"device of {name}".encode(), "sha256")[:16].hex()
