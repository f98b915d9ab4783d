"""PostgreSQL's programs: which are installed, and who may run them.

PostgreSQL refuses to run as root, so root runs it as another account of the
machine; everyone else runs it as themselves.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from portal.errors import ConfigError, Unavailable

OLDEST_MAJOR = 15
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
DEBIAN_EXTENSIONS = "/usr/share/postgresql/{major}/extension/postgis.control"
NEEDED = ("initdb", "pg_ctl", "postgres")
SERVICE_ACCOUNT = "postgres"


@dataclass(frozen=True)
class Programs:
    """The folder of one PostgreSQL version's programs, and its major version."""

    folder: Path
    major: int


@dataclass(frozen=True)
class Account:
    """The account of the machine that runs the server instead of root."""

    name: str
    uid: int
    gid: int


def find_programs(major: int | None = None) -> Programs:
    """Return the newest installed PostgreSQL, one with PostGIS before one without.

    Parameters
    ----------
    major
        Demand this version, the one an existing data directory was made by.

    Raises
    ------
    ConfigError
        None is installed that would do.
    """
    found = [p for p in _installed() if p.major >= OLDEST_MAJOR and major in (None, p.major)]
    if not found:
        wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or later"
        raise ConfigError(
            f"{wanted} is not installed",
            remedy=f"Install postgresql-{major or 'VERSION'}, or set PORTAL_DATABASE_URL.",
        )
    return max(found, key=lambda p: (_has_postgis(p), p.major))


def server_account(data: Path) -> Account | None:
    """Return the account that runs the server of ``data``; None for the present user.

    Raises
    ------
    ConfigError
        The data directory belongs to somebody else, or root has no account to hand it to.
    """
    uid = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if uid != 0:
        if owner not in (None, uid):
            raise ConfigError(
                f"the cluster in {data} belongs to another user of this machine",
                remedy="Run this as the user who set it up.",
            )
        return None
    try:
        entry = pwd.getpwnam(SERVICE_ACCOUNT) if owner is None else pwd.getpwuid(owner)
    except KeyError:
        entry = None
    if entry is None or entry.pw_uid == 0:
        raise ConfigError(
            "root cannot run PostgreSQL, and there is no account to run it for root",
            remedy=f"Run: useradd --system {SERVICE_ACCOUNT}",
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether ``account`` may pass through ``folder`` and all folders above it."""
    return run_command(["test", "-x", str(folder)], account=account).returncode == 0


def run_program(
    programs: Programs, account: Account | None, name: str, *arguments: str, text: str | None = None
) -> str:
    """Run one of PostgreSQL's programs and return what it printed.

    Raises
    ------
    Unavailable
        It failed; the message carries its last lines.
    """
    done = run_command([str(programs.folder / name), *arguments], account=account, text=text)
    if done.returncode != 0:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise Unavailable(f"PostgreSQL's {name} failed: {words}")
    return done.stdout


def run_command(
    command: list[str],
    *,
    account: Account | None = None,
    text: str | None = None,
    password: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command from the root folder, however it ends; files in it are named by their whole paths.

    Parameters
    ----------
    account
        Who runs it; None for the present user.
    text
        What it reads, nothing where that is None.
    password
        Of the database it asks; on the command line it would show in the list of processes.
    """
    # Only what the programs need: a PGPORT or PGDATA of the caller must not lead them astray.
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
    if password is not None:
        environment["PGPASSWORD"] = password
    return subprocess.run(  # noqa: S603 - a fixed program, no shell
        command,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _installed() -> list[Programs]:
    folders = sorted(DEBIAN_PROGRAMS.glob("*/bin"))
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    found = [f for f in dict.fromkeys(folders) if all((f / name).is_file() for name in NEEDED)]
    return [Programs(folder, major) for folder in found if (major := _major_of(folder))]


def _major_of(folder: Path) -> int | None:
    if folder.parent.parent == DEBIAN_PROGRAMS:
        return int(folder.parent.name) if folder.parent.name.isdecimal() else None
    said = re.search(r"\(PostgreSQL\) (\d+)", run_command([str(folder / "postgres"), "--version"]).stdout)
    return int(said[1]) if said else None


def _has_postgis(programs: Programs) -> bool:
    return Path(DEBIAN_EXTENSIONS.format(major=programs.major)).is_file()
