import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from portal.cluster import place as module
from portal.cluster.place import (
    Place,
    State,
    choose_home,
    forget,
    free_port,
    load_passwords,
    load_state,
    locked,
    main_place,
    make_home,
    make_passwords,
    make_socket_dir,
    port_is_free,
    save_state,
)
from portal.cluster.place import (
    test_place as throw_away_place,
)
from portal.cluster.programs import Account
from portal.errors import Unavailable


def test_what_is_remembered_survives_a_move_of_the_instance(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    home = tmp_path / "old/cluster"
    save_state(main_place(tmp_path / "old"), State(21000, home, home / "socket"))
    (tmp_path / "old").rename(tmp_path / "new")
    state = load_state(main_place(tmp_path / "new"))
    assert state == State(21000, tmp_path / "new/cluster", tmp_path / "new/cluster/socket")


def test_folders_outside_are_remembered_as_they_are(tmp_path: Path) -> None:
    state = State(21000, Path("/var/lib/x/cluster"), Path("/tmp/wuye-1"))
    save_state(main_place(tmp_path), state)
    assert load_state(main_place(tmp_path)) == state


def test_passwords_differ_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    place = main_place(tmp_path)
    with pytest.raises(Unavailable):
        load_passwords(place)
    passwords = make_passwords(place)
    assert load_passwords(place) == passwords
    assert len(set(passwords.values())) == len(module.ROLES)
    assert min(map(len, passwords.values())) >= 32
    assert stat.S_IMODE(place.secrets_file.stat().st_mode) == 0o600


def test_a_port_in_use_is_not_free() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        assert not port_is_free(busy.getsockname()[1])
    assert free_port() in module.PORTS


def test_the_socket_moves_out_of_a_deep_folder(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 25)
    make_home(home, None)
    folder = make_socket_dir(State(21000, home, home / "socket"), None)
    assert len(str(folder)) < module.SOCKET_FOLDER_BYTES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert make_socket_dir(State(21000, home, folder), None) == folder
    folder.rmdir()


def test_a_throw_away_cluster_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OUTSIDE", tmp_path / "outside")
    place = throw_away_place(tmp_path / "closed")
    home = module.OUTSIDE / "0123456789ab" / place.name
    place.instance_dir.mkdir()
    make_home(home, None)
    save_state(place, State(21000, home, home / "socket"))
    make_passwords(place)
    forget(place)
    assert list(module.OUTSIDE.iterdir()) == list(place.instance_dir.iterdir()) == []


def test_the_home_is_private(tmp_path: Path) -> None:
    home = choose_home(main_place(tmp_path), None)
    assert home == tmp_path / "cluster"
    make_home(home, None)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_the_home_lies_outside_a_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(module, "OUTSIDE", tmp_path / "outside")
    account = Account("nobody", 65534, 65534)
    home = choose_home(main_place(tmp_path), account)
    assert home.is_relative_to(tmp_path / "outside")
    assert choose_home(main_place(tmp_path / "other"), account) != home
    make_home(home, account)
    assert home.stat().st_uid == account.uid


def test_only_a_throw_away_cluster_is_forgotten(tmp_path: Path) -> None:
    place = throw_away_place(tmp_path)
    home = tmp_path / "test-cluster"
    (home / "data").mkdir(parents=True)
    save_state(place, State(21000, home, home / "socket"))
    make_passwords(place)
    forget(place)
    assert not home.exists()
    assert load_state(place) is None
    with pytest.raises(ValueError, match="not a throw-away"):
        forget(Place(tmp_path, "cluster"))


def test_the_lock_keeps_another_process_out(tmp_path: Path) -> None:
    script = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    lock = str(tmp_path / "cluster.lock")
    with locked(main_place(tmp_path)):
        assert subprocess.run([sys.executable, "-c", script, lock], capture_output=True).returncode != 0
    assert subprocess.run([sys.executable, "-c", script, lock], capture_output=True).returncode == 0
