"""Where a cluster lies, and what is remembered about it between runs.

``instance/<name>.json`` holds its port and folder, ``instance/<name>.secrets.json``
(readable by its owner only) the passwords of its roles. The folder itself is
``instance/<name>/``, unless root set it up in a clone that the account running
PostgreSQL cannot enter: then it is ``/var/lib/wuye-atlas/<hash of the path>/<name>/``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import random
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.cluster.programs import Account, can_enter
from portal.errors import Unavailable

OUTSIDE = Path("/var/lib/wuye-atlas")
ROLES = ("postgres", "atlas_owner", "atlas_portal")
PASSWORD_BYTES = 24
# Below the range from which the system hands out ports to outgoing connections.
PORTS = range(20_000, 32_000)
# The system's limit on a socket's path is 107 bytes; PostgreSQL appends "/.s.PGSQL.NNNNN.lock".
SOCKET_FOLDER_BYTES = 85


@dataclass(frozen=True)
class Place:
    """One cluster of an instance: the portal's, or the throw-away one of the tests."""

    instance_dir: Path
    name: str
    throw_away: bool = False

    @property
    def state_file(self) -> Path:
        """The file that remembers port and folder."""
        return self.instance_dir / f"{self.name}.json"

    @property
    def left_file(self) -> Path:
        """The file that asks the last one who works with the cluster to stop it."""
        return self.instance_dir / f"{self.name}.left"

    @property
    def secrets_file(self) -> Path:
        """The file with the roles' passwords."""
        return self.instance_dir / f"{self.name}.secrets.json"


@dataclass(frozen=True)
class State:
    """What is remembered of a cluster: port, folder, folder of its socket."""

    port: int
    home: Path
    socket_dir: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"


def main_place(instance_dir: Path) -> Place:
    """Return the place of the portal's own cluster."""
    return Place(instance_dir, "cluster")


def test_place(instance_dir: Path) -> Place:
    """Return the place of the tests' cluster, whose data may be lost at any time."""
    return Place(instance_dir, "test-cluster", throw_away=True)


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Hold the place against other processes that would start or stop its cluster."""
    place.instance_dir.mkdir(parents=True, exist_ok=True)
    with (place.instance_dir / f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load_state(place: Place) -> State | None:
    """Return what is remembered of the cluster, None when there is none yet."""
    if not place.state_file.is_file():
        return None
    kept = json.loads(place.state_file.read_text("utf-8"))
    home = place.instance_dir / kept["home"]
    return State(port=int(kept["port"]), home=home, socket_dir=home / kept["socket_dir"])


def save_state(place: Place, state: State) -> None:
    """Remember ``state``; paths inside the instance folder stay valid when it is moved."""
    home = _relative(state.home, place.instance_dir)
    kept = {"port": state.port, "home": home, "socket_dir": _relative(state.socket_dir, state.home)}
    _write_private(place.state_file, kept)


def load_passwords(place: Place) -> dict[str, str]:
    """Return the password of each role.

    Raises
    ------
    Unavailable
        The cluster has not been set up.
    """
    if not place.secrets_file.is_file():
        raise say_absent(place)
    passwords: dict[str, str] = json.loads(place.secrets_file.read_text("utf-8"))
    return passwords


def say_absent(place: Place) -> Unavailable:
    """Return the error that no cluster has been set up here."""
    return Unavailable(f"there is no {place.name} in {place.instance_dir}", remedy="Start it with ./run.")


def make_passwords(place: Place) -> dict[str, str]:
    """Draw a password for each role and keep them; return them."""
    passwords = {role: secrets.token_urlsafe(PASSWORD_BYTES) for role in ROLES}
    _write_private(place.secrets_file, passwords)
    return passwords


def choose_home(place: Place, account: Account | None) -> Path:
    """Return the folder for a new cluster: in the instance, or outside when ``account`` cannot enter it."""
    if account is None or can_enter(account, place.instance_dir):
        return place.instance_dir / place.name
    digest = hashlib.sha256(os.fsencode(place.instance_dir.resolve())).hexdigest()[:12]
    return OUTSIDE / digest / place.name


def lies_outside(home: Path) -> bool:
    """Whether a cluster's folder is not in its instance, and so outlives it."""
    return OUTSIDE in home.parents


def make_home(home: Path, account: Account | None) -> None:
    """Make the cluster's folder, open to the account that runs it and nobody else."""
    if lies_outside(home):
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    home.mkdir(mode=0o700, exist_ok=True)
    _hand_over(home, account)


def make_socket_dir(state: State, account: Account | None) -> Path:
    """Return the folder of the cluster's socket, made anew when it is gone.

    It lies in the cluster's folder, or under the system's temporary folder where
    that path would be too long for a socket.
    """
    owner = account.uid if account else os.geteuid()
    if state.socket_dir.is_dir() and state.socket_dir.stat().st_uid == owner:
        return state.socket_dir
    folder = state.home / "socket"
    if len(os.fsencode(folder)) > SOCKET_FOLDER_BYTES:
        folder = Path(tempfile.mkdtemp(prefix="wuye-"))
    folder.mkdir(mode=0o700, exist_ok=True)
    _hand_over(folder, account)
    return folder


def forget(place: Place) -> None:
    """Delete a throw-away cluster and what is remembered of it."""
    if not place.throw_away:
        raise ValueError(f"{place.name} is not a throw-away cluster")
    state = load_state(place)
    if state is not None:
        shutil.rmtree(state.home, ignore_errors=True)
        shutil.rmtree(state.socket_dir, ignore_errors=True)
        if lies_outside(state.home) and not any(state.home.parent.iterdir()):
            state.home.parent.rmdir()
    place.state_file.unlink(missing_ok=True)
    place.secrets_file.unlink(missing_ok=True)


def free_port() -> int:
    """Return a port of this machine's loopback that nobody listens on."""
    for port in random.sample(PORTS, 200):
        if port_is_free(port):
            return port
    raise Unavailable("no free port was found on the loopback address")


def port_is_free(port: int) -> bool:
    """Whether the loopback's ``port`` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _relative(path: Path, base: Path) -> str:
    return str(path.relative_to(base) if path.is_relative_to(base) else path)


def _hand_over(folder: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def _write_private(path: Path, content: Mapping[str, object]) -> None:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(
        os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as out:
        json.dump(content, out, indent=1)
    partial.rename(path)
