"""The portal's settings: one frozen value, made from the environment and nothing else.

Each field of `Config` names its environment variable; ``docs/settings.md``
explains them all. A wrong value is a `ConfigError` that says what to do;
``scripts/check_settings.py`` asks for all of them before `./run` does anything.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from portal.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
BASEMAPS = ("roads", "pmtiles", "tianditu", "none")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECRET_KEY_CHARACTERS = 32
DIGITS = 9

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_POSTGRES = re.compile(r"^postgres(ql)?(\+psycopg)?://")


def _setting(variable: str) -> Any:
    return field(metadata={"variable": variable})


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the portal is told from outside. Make it with `from_environ`.

    Parameters
    ----------
    database_url
        libpq URL of the portal's role in an existing PostGIS; None means the
        embedded cluster, whose URLs `portal.cluster.resolve` fills in.
    owner_database_url
        libpq URL of the role that owns the tables and runs migrations.
    instance_dir
        Folder of everything this installation keeps: cluster, keys, uploads, logs.
    secret_key
        Signs sessions and forms, encrypts personal data; "" until set-up has made one.
    city
        Code of the city; the embedded cluster keeps one database for each.
    policy_path
        The policy document that seeds version 1.
    demo_accounts
        Whether the demo accounts may log in; never off loopback.
    bind_host, bind_port
        Where the service listens.
    behind_tls
        Browsers reach the portal by HTTPS, so cookies are marked secure.
    proxy_hops
        Number of trusted reverse proxies in front (0: none).
    tianditu_key
        Key of Tianditu's tile service; stays on the server.
    pmtiles_path
        A PMTiles file for the base map.
    basemap
        One of `BASEMAPS`.
    log_level
        One of `LOG_LEVELS`.
    max_upload_mb, reader_memory_mb, reader_cpu_seconds
        Limits on an uploaded file and on the child process that reads it.
    """

    database_url: str | None = _setting("PORTAL_DATABASE_URL")
    owner_database_url: str | None = _setting("PORTAL_OWNER_DATABASE_URL")
    instance_dir: Path = _setting("PORTAL_INSTANCE")
    secret_key: str = _setting("PORTAL_SECRET_KEY")
    city: str = _setting("PORTAL_CITY")
    policy_path: Path = _setting("PORTAL_POLICY")
    demo_accounts: bool = _setting("PORTAL_DEMO_ACCOUNTS")
    bind_host: str = _setting("PORTAL_BIND")
    bind_port: int = _setting("PORTAL_BIND")
    behind_tls: bool = _setting("PORTAL_BEHIND_TLS")
    proxy_hops: int = _setting("PORTAL_PROXY_HOPS")
    tianditu_key: str = _setting("PORTAL_TIANDITU_KEY")
    pmtiles_path: Path | None = _setting("PORTAL_PMTILES")
    basemap: str = _setting("PORTAL_BASEMAP")
    log_level: str = _setting("PORTAL_LOG_LEVEL")
    max_upload_mb: int = _setting("PORTAL_MAX_UPLOAD_MB")
    reader_memory_mb: int = _setting("PORTAL_READER_MEMORY_MB")
    reader_cpu_seconds: int = _setting("PORTAL_READER_CPU_SECONDS")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Config:
        """Read the settings in ``environ``; what is unset gets the documented default.

        The only file read is the secret key that set-up keeps in the instance folder.

        Raises
        ------
        ConfigError
            A value is malformed, or two of them contradict each other.
        """
        instance = instance_of(environ)
        host, port = parse_bind(environ.get("PORTAL_BIND") or "127.0.0.1:8000")
        database_url = _database_url(environ, "PORTAL_DATABASE_URL")
        hops = _integer(environ, "PORTAL_PROXY_HOPS", 0, least=0)
        pmtiles = _file(environ, "PORTAL_PMTILES")
        tianditu_key = environ.get("PORTAL_TIANDITU_KEY", "").strip()
        config = cls(
            database_url=database_url,
            owner_database_url=_database_url(environ, "PORTAL_OWNER_DATABASE_URL") or database_url,
            instance_dir=instance,
            secret_key=_secret_key(environ, instance),
            city=_city_code(environ),
            policy_path=_file(environ, "PORTAL_POLICY") or ROOT / "data" / "city.toml",
            demo_accounts=_flag(environ, "PORTAL_DEMO_ACCOUNTS", is_loopback(host) and hops == 0),
            bind_host=host,
            bind_port=port,
            behind_tls=_flag(environ, "PORTAL_BEHIND_TLS", hops > 0),
            proxy_hops=hops,
            tianditu_key=tianditu_key,
            pmtiles_path=pmtiles,
            basemap=_choice(environ, "PORTAL_BASEMAP", BASEMAPS, _basemap(pmtiles, tianditu_key)),
            log_level=_choice(environ, "PORTAL_LOG_LEVEL", LOG_LEVELS, "INFO"),
            max_upload_mb=_integer(environ, "PORTAL_MAX_UPLOAD_MB", 500, least=1),
            reader_memory_mb=_integer(environ, "PORTAL_READER_MEMORY_MB", 4096, least=256),
            reader_cpu_seconds=_integer(environ, "PORTAL_READER_CPU_SECONDS", 600, least=1),
        )
        _check(config, environ)
        return config

    @property
    def embedded(self) -> bool:
        """Whether the database is the private cluster under the instance folder."""
        return self.database_url is None


def variables() -> dict[str, str]:
    """Return the environment variable of each field of `Config`."""
    return {f.name: f.metadata["variable"] for f in fields(Config)}


def instance_of(environ: Mapping[str, str]) -> Path:
    """Return the folder of everything this installation keeps."""
    return _path(environ, "PORTAL_INSTANCE", ROOT / "instance")


def role_of(url: str) -> str:
    """Return the role that a database URL logs in as, "" when it names none."""
    return unquote(urlsplit(url).username or "")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_bind(value: str) -> tuple[str, int]:
    """Split ``HOST:PORT`` (``[::1]:8000`` for IPv6) into host and port.

    Raises
    ------
    ConfigError
        It has no host, or no port of 1 to 65535.
    """
    host, _, port = value.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError(
            f"PORTAL_BIND is {value!r}, not HOST:PORT",
            remedy="Write for example 127.0.0.1:8000 or [::1]:8000.",
        )
    return host, int(port)


def _check(config: Config, environ: Mapping[str, str]) -> None:
    local = is_loopback(config.bind_host)
    if config.demo_accounts and not (local and config.proxy_hops == 0):
        raise ConfigError(
            "PORTAL_DEMO_ACCOUNTS is on, but other machines can reach the portal",
            remedy="Leave it unset, or bind to 127.0.0.1 without a proxy.",
        )
    if not local and not config.behind_tls:
        raise ConfigError(
            f"PORTAL_BIND opens {config.bind_host} to other machines without TLS",
            remedy="Use ./run --bind with --certfile and --keyfile, or --behind-proxy.",
        )
    if environ.get("PORTAL_OWNER_DATABASE_URL") and config.embedded:
        raise ConfigError(
            "PORTAL_OWNER_DATABASE_URL is set without PORTAL_DATABASE_URL",
            remedy="Set both for an existing PostGIS, or neither for the embedded one.",
        )
    if config.basemap == "pmtiles" and config.pmtiles_path is None:
        raise ConfigError("PORTAL_BASEMAP is pmtiles without a file", remedy="Set PORTAL_PMTILES.")
    if config.basemap == "tianditu" and not config.tianditu_key:
        raise ConfigError("PORTAL_BASEMAP is tianditu without a key", remedy="Set PORTAL_TIANDITU_KEY.")


def _basemap(pmtiles: Path | None, tianditu_key: str) -> str:
    if pmtiles is not None:
        return "pmtiles"
    return "tianditu" if tianditu_key else "roads"


def _secret_key(environ: Mapping[str, str], instance: Path) -> str:
    kept = instance / "secret_key"
    stated = environ.get("PORTAL_SECRET_KEY", "").strip()
    try:
        key = stated or (kept.read_text("utf-8").strip() if kept.is_file() else "")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{kept} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}",
            remedy="Run this as the user whom it belongs to, or set PORTAL_SECRET_KEY.",
        ) from error
    if key and len(key) < SECRET_KEY_CHARACTERS:
        raise ConfigError(
            f"{'PORTAL_SECRET_KEY' if stated else kept} is shorter than {SECRET_KEY_CHARACTERS} characters",
            remedy="Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )
    return key


def _city_code(environ: Mapping[str, str]) -> str:
    code = environ.get("PORTAL_CITY") or "sample"
    # A backup is restored beside its city, under that ending.
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", code) or code.endswith("_restoring"):
        raise ConfigError(
            f"PORTAL_CITY is {code!r}",
            remedy="Use up to 31 small letters, digits and _, a letter first, not _restoring last: shenzhen.",
        )
    return code


def _database_url(environ: Mapping[str, str], variable: str) -> str | None:
    value = environ.get(variable, "").strip()
    if not value:
        return None
    if not _POSTGRES.match(value):
        raise ConfigError(
            f"{variable} is not a PostgreSQL URL",
            remedy="Write postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE.",
        )
    from psycopg import ProgrammingError  # costs more than all the rest, and few installations name a URL
    from psycopg.conninfo import conninfo_to_dict

    url = _POSTGRES.sub("postgresql://", value)
    try:
        ports = conninfo_to_dict(url).get("port") or ""
    except ProgrammingError:  # its words may quote the password
        ports = "?"
    if not all(port.isdecimal() for port in str(ports).split(",") if port):
        raise ConfigError(
            f"{variable} is not a PostgreSQL URL, from its role or port on",
            remedy="Write postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE; signs in a password as %XX.",
        )
    return url


def _path(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    value = environ.get(variable, "").strip()
    return Path(value).expanduser().resolve() if value else default


def _file(environ: Mapping[str, str], variable: str) -> Path | None:
    if not environ.get(variable, "").strip():
        return None
    path = _path(environ, variable, ROOT)
    if not os.path.isfile(path):  # noqa: PTH113 - no path is too long or too hidden for it
        raise ConfigError(f"{variable} names {path}, which is not a file", remedy="Correct the path.")
    if not os.access(path, os.R_OK):
        raise ConfigError(f"{variable} names {path}, which cannot be read", remedy="Let its user read it.")
    return path


def _flag(environ: Mapping[str, str], variable: str, default: bool) -> bool:
    value = environ.get(variable, "").strip().lower()
    if not value:
        return default
    if value not in _YES + _NO:
        raise ConfigError(f"{variable} is {value!r}, neither yes nor no", remedy="Use 1 or 0.")
    return value in _YES


def _integer(environ: Mapping[str, str], variable: str, default: int, *, least: int) -> int:
    value = environ.get(variable, "").strip()
    if not value:
        return default
    if not value.isdecimal() or len(value) > DIGITS or int(value) < least:
        raise ConfigError(
            f"{variable} is {value!r}",
            remedy=f"Use a whole number of at least {least}, of {DIGITS} digits at most.",
        )
    return int(value)


def _choice(environ: Mapping[str, str], variable: str, choices: tuple[str, ...], default: str) -> str:
    value = environ.get(variable, "").strip() or default
    found = next((choice for choice in choices if choice.lower() == value.lower()), None)
    if found is None:
        raise ConfigError(f"{variable} is {value!r}", remedy=f"Use one of: {', '.join(choices)}.")
    return found
