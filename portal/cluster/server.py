"""Start and stop a cluster, whatever state the last run left it in."""

from __future__ import annotations

import dataclasses
import logging
import os
import select
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from portal.cluster.place import (
    Place,
    State,
    choose_home,
    forget,
    free_port,
    lies_outside,
    load_state,
    locked,
    make_home,
    make_passwords,
    make_socket_dir,
    port_is_free,
    save_state,
)
from portal.cluster.programs import Account, Programs, find_programs, run_program, server_account
from portal.errors import Unavailable

log = logging.getLogger(__name__)

Tell = Callable[[str], None]

START_SECONDS = 60
ORPHAN_SECONDS = 10

CONFIGURATION = """
# --- Wuye Atlas: a small server of its own; edit freely, ./run changes nothing here ---
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
effective_cache_size = 1GB
random_page_cost = 1.1
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
jit = off
"""

# A crash may lose a throw-away cluster, which is then made anew.
THROW_AWAY_CONFIGURATION = """
fsync = off
full_page_writes = off
synchronous_commit = off
"""


def start(place: Place, tell: Tell = log.warning) -> bool:
    """Start the cluster, made first when there is none; return False when it ran already.

    Parameters
    ----------
    tell
        Called with what whoever starts it should know.

    Raises
    ------
    ConfigError
        PostgreSQL is not installed, or the data belongs to somebody else.
    Unavailable
        The server does not start; the message carries the end of its log.
    """
    with locked(place):
        if _running(load_state(place)):
            return False
        try:
            _start(place, tell)
        except Unavailable:
            if not place.throw_away:
                raise
            tell("the throw-away cluster did not start: making it anew")
            forget(place)
            _start(place, tell)
        return True


def stop(place: Place) -> bool:
    """Stop the cluster, cutting off who is connected; return False when it was not running."""
    with locked(place):
        state = load_state(place) or _abandoned(place)
        if state is None or not _running(state):
            return False
        _stop(state)
        return True


def guard(place: Place, tell: Tell = log.warning) -> None:
    """Start the cluster where it does not run, and return when its server has ended, however it did.

    Raises
    ------
    ConfigError, Unavailable
        As `start`; also where another program has taken the port meanwhile, since who works with the
        cluster would not find it at another.
    """
    state = load_state(place)
    if state and not _running(state) and not port_is_free(state.port):
        raise Unavailable(f"another program listens on {state.port}", remedy="End it, or start ./run anew.")
    if start(place, tell):
        tell("started anew")
    state = load_state(place)
    pid = _pid_of(state.data) if state else None
    try:
        handle = os.pidfd_open(pid) if pid else None
    except ProcessLookupError:
        return
    if handle is not None:
        tell("watching the server")
        select.select([handle], [], [])
        os.close(handle)


def is_running(place: Place) -> bool:
    """Whether the cluster's server runs."""
    return _running(load_state(place))


def _start(place: Place, tell: Tell) -> None:
    state = load_state(place)
    if state is None:
        _set_aside(place, tell)
        state = _new_state(place)
    account = server_account(state.data)
    make_home(state.home, account)
    programs = find_programs(_major_of(state.data))
    if not state.data.exists():
        _initialise(place, state, programs, account)
    elif not place.secrets_file.is_file():
        tell("the cluster's passwords are gone: setting new ones")
        _reset_password(place, state, programs, account)
    port = state.port if port_is_free(state.port) else free_port()
    state = dataclasses.replace(state, port=port, socket_dir=make_socket_dir(state, account))
    save_state(place, state)
    _clear_remains(state)
    _launch(state, programs, account)


def _stop(state: State) -> None:
    account = server_account(state.data)
    programs = find_programs(_major_of(state.data))
    run_program(programs, account, "pg_ctl", "stop", "-D", str(state.data), "-m", "fast", "-w")


def _new_state(place: Place) -> State:
    account = server_account(place.instance_dir / place.name / "data")
    home = choose_home(place, account)
    return State(port=free_port(), home=home, socket_dir=home / "socket")


def _abandoned(place: Place) -> State | None:
    """Return the cluster outside of an instance folder that was deleted without it, if there is one."""
    if place.state_file.is_file() or place.secrets_file.is_file():
        return None
    state = _new_state(place)
    return state if lies_outside(state.home) and state.data.exists() else None


def _set_aside(place: Place, tell: Tell) -> None:
    """Move an abandoned cluster out of the way.

    The key of its accounts and its encrypted columns went with the instance folder, so
    what a new key says of it would be wrong; the data may still be wanted.
    """
    state = _abandoned(place)
    if state is None:
        return
    if _running(state):
        _stop(state)
    if place.throw_away:
        shutil.rmtree(state.home)
        return
    kept = state.home.with_name(f"{place.name}.before-{datetime.now():%Y%m%d-%H%M%S}")
    state.home.rename(kept)
    tell(
        f"{place.instance_dir} was begun anew: the database that belonged to the old one is kept in {kept},"
        " see docs/operations.md"
    )


def _initialise(place: Place, state: State, programs: Programs, account: Account | None) -> None:
    """Make the data directory beside its final place, so that an interrupted run leaves none."""
    fresh = state.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    password = make_passwords(place)["postgres"]
    with tempfile.NamedTemporaryFile("w", dir=state.home, encoding="utf-8") as file:
        file.write(password)
        file.flush()
        if account is not None:
            os.fchown(file.fileno(), account.uid, account.gid)
        run_program(
            programs, account, "initdb", "--pgdata", str(fresh),
            "--username=postgres", f"--pwfile={file.name}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
            *(["--no-sync"] if place.throw_away else []),
        )  # fmt: skip
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION + (THROW_AWAY_CONFIGURATION if place.throw_away else ""))
    fresh.rename(state.data)


def _reset_password(place: Place, state: State, programs: Programs, account: Account | None) -> None:
    """Give the administrator a new password: the data outlived the file with the old one."""
    passwords = make_passwords(place)
    command = f"ALTER ROLE postgres PASSWORD '{passwords['postgres']}'"
    run_program(
        programs, account, "postgres", "--single", "-D", str(state.data), "postgres", text=f"{command}\n"
    )


def _launch(state: State, programs: Programs, account: Account | None) -> None:
    options = ["-p", str(state.port), "-k", str(state.socket_dir), "-c", "listen_addresses=127.0.0.1"]
    server_log = state.home / "server.log"
    if server_log.is_file():
        server_log.rename(server_log.with_suffix(".log.1"))
    try:
        run_program(
            programs, account, "pg_ctl", "start", "-D", str(state.data), "-w", "-t", str(START_SECONDS),
            "-l", str(server_log), "-o", shlex.join(options),
        )  # fmt: skip
    except Unavailable as error:
        words = server_log.read_text("utf-8", "replace") if server_log.is_file() else ""
        raise Unavailable(f"{error.message}\n{words[-1500:]}", remedy=f"See {server_log}.") from error


def _running(state: State | None) -> bool:
    pid = _pid_of(state.data) if state else None
    return state is not None and pid is not None and _works_in(pid, state.data)


def _pid_of(data: Path) -> int | None:
    try:
        first = (data / "postmaster.pid").read_text("utf-8").partition("\n")[0].strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return int(first) if first.isdecimal() else None


def _works_in(pid: int, data: Path) -> bool:
    # Each of the server's processes has the data directory as its working directory.
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False


def _has_processes(data: Path) -> bool:
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return any(_works_in(number, data) for number in numbers)


def _clear_remains(state: State) -> None:
    """Remove the lock files of a server that is gone.

    PostgreSQL does so itself unless a file is broken or its process number has
    passed to another program. They must stay while processes of the dead server
    still hold its memory.
    """
    remains = [*state.data.glob("postmaster.pid"), *state.socket_dir.glob(".s.PGSQL.*")]
    deadline = time.monotonic() + ORPHAN_SECONDS
    while remains and _has_processes(state.data):
        if time.monotonic() > deadline:
            raise Unavailable(f"processes of a dead server still use {state.data}", remedy="End them.")
        time.sleep(0.1)
    for file in remains:
        file.unlink(missing_ok=True)


def _major_of(data: Path) -> int | None:
    file = data / "PG_VERSION"
    return int(file.read_text("utf-8")) if file.is_file() else None
