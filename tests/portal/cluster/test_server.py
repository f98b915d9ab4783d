import os
import shutil
import signal
import socket
import stat
import threading
import time
from pathlib import Path

import psycopg
import pytest

from portal.cluster import Place, admin_url, is_running, start, stop
from portal.cluster import place as places
from portal.cluster.place import load_passwords, load_state
from portal.cluster.server import guard
from portal.errors import Unavailable


def answer(place: Place) -> object:
    with psycopg.connect(admin_url(place), connect_timeout=5) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return row[0]


def data_of(place: Place) -> Path:
    state = load_state(place)
    assert state is not None
    return state.data


@pytest.fixture(scope="module", autouse=True)
def kept_rows(place: Place) -> None:
    """The cluster holds a row that must survive everything done to it here."""
    assert start(place)
    with psycopg.connect(admin_url(place), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")


def test_starting_and_stopping_twice_is_harmless(place: Place) -> None:
    assert is_running(place)
    assert not start(place)
    assert stop(place)
    assert not is_running(place)
    assert not stop(place)
    assert start(place)
    assert answer(place) == 1


def test_it_listens_on_loopback_and_trusts_nobody(place: Place) -> None:
    state = load_state(place)
    assert state is not None
    with psycopg.connect(admin_url(place)) as connection:
        settings = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
                [["listen_addresses", "data_checksums", "password_encryption", "server_encoding"]],
            ).fetchall()
        )
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert settings == {
        "listen_addresses": "127.0.0.1",
        "data_checksums": "on",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
    }
    assert methods == [("scram-sha-256",)]
    assert stat.S_IMODE(state.data.stat().st_mode) == 0o700
    for host in ("127.0.0.1", str(state.socket_dir)):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=host, port=state.port, user="postgres", password="guess", dbname="postgres")


def test_a_killed_server_recovers(place: Place) -> None:
    pid = int((data_of(place) / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_running(place) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert start(place)
    assert answer(place) == 1


def test_a_guard_starts_what_does_not_run_and_waits_for_its_end(place: Place) -> None:
    stop(place)
    told: list[str] = []
    guarding = threading.Thread(target=guard, args=(place, told.append), daemon=True)
    guarding.start()
    deadline = time.monotonic() + 30
    while len(told) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert told == ["started anew", "watching the server"] and answer(place) == 1
    guarding.join(0.5)
    assert guarding.is_alive()
    os.kill(int((data_of(place) / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    guarding.join(10)
    assert not guarding.is_alive()
    assert start(place)


def test_a_guard_starts_nothing_where_nobody_would_find_it(place: Place) -> None:
    stop(place)
    state = load_state(place)
    assert state is not None
    with (
        socket.create_server(("127.0.0.1", state.port)),
        pytest.raises(Unavailable, match="another program listens"),
    ):
        guard(place)
    assert not is_running(place)
    assert start(place)


@pytest.mark.parametrize("content", ["", "not a number\n", "{mine}\n", "1\n"])
def test_a_stale_or_broken_pid_file_is_overcome(place: Place, content: str) -> None:
    stop(place)
    (data_of(place) / "postmaster.pid").write_text(content.format(mine=os.getpid()))
    assert not is_running(place)
    assert start(place)
    assert answer(place) == 1


def test_a_port_taken_by_another_program_is_given_up(place: Place) -> None:
    stop(place)
    before = load_state(place)
    assert before is not None
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", before.port))
        busy.listen()
        assert start(place)
        after = load_state(place)
        assert after is not None
        assert after.port != before.port
        assert answer(place) == 1


def test_lost_passwords_are_set_anew(place: Place) -> None:
    stop(place)
    before = load_passwords(place)
    place.secrets_file.unlink()
    assert start(place)
    assert load_passwords(place) != before
    assert answer(place) == 1


def test_a_broken_cluster_says_why_and_a_throw_away_one_is_made_anew(open_folder: Path) -> None:
    broken = Place(open_folder / "broken", "test-cluster", throw_away=True)
    start(broken)
    stop(broken)
    (data_of(broken) / "global/pg_control").unlink()
    with pytest.raises(Unavailable, match="pg_control"):
        start(Place(open_folder / "broken", "test-cluster"))
    assert start(broken)
    assert stop(broken)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps a cluster outside of its instance folder")
def test_beginning_anew_keeps_the_old_cluster_aside_and_uses_a_new_one(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "OUTSIDE", open_folder / "outside")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    place = Place(closed / "instance", "cluster")
    told: list[str] = []
    start(place, told.append)
    with psycopg.connect(admin_url(place), autocommit=True) as connection:
        connection.execute("CREATE TABLE of_the_old_one ()")
    old = data_of(place).parent
    shutil.rmtree(place.instance_dir)  # while it runs, as who begins anew may do
    assert start(place, told.append)
    with psycopg.connect(admin_url(place)) as connection:
        assert connection.execute("SELECT to_regclass('of_the_old_one')").fetchone() == (None,)
    kept = next(path for path in old.parent.iterdir() if path != old)
    assert len(told) == 1
    assert str(kept) in told[0]
    assert (kept / "data/PG_VERSION").is_file()
    shutil.rmtree(place.instance_dir)
    assert stop(place), "stopping finds the server of an instance folder that was deleted"
    assert not stop(place)
