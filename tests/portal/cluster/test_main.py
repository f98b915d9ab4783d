import psycopg
import pytest

from portal.cluster import Place, admin_url, is_running
from portal.cluster.__main__ import NOT_RUNNING, main


def test_a_day_of_a_cluster_by_hand(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(place.instance_dir))
    assert main(["status"]) == NOT_RUNNING
    assert main(["start", "--city", "second"]) == 0
    assert main(["start", "--city", "second"]) == 0
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "not running",
        "made the database of second",
        f"started, in {place.instance_dir}/cluster",
        f"running already, in {place.instance_dir}/cluster",
    ]
    assert main(["url", "--city", "second", "--role", "owner"]) == 0
    assert capsys.readouterr().out.startswith("postgresql://atlas_owner:")
    assert main(["stop"]) == 0
    assert main(["stop"]) == 0
    assert capsys.readouterr().out.splitlines() == ["stopped", "was not running"]


def test_who_leaves_stops_it_only_where_nobody_else_is_connected(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(place.instance_dir))
    assert main(["start"]) == 0
    with psycopg.connect(admin_url(place)):
        assert main(["leave"]) == 0
        assert is_running(place)
        assert place.left_file.exists()
    assert main(["leave"]) == 0
    assert not is_running(place)
    assert not place.left_file.exists()
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "left running: somebody else works with it",
        "stopped",
    ]


def test_an_error_is_one_message_with_its_remedy(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(place.instance_dir))
    monkeypatch.setenv("PORTAL_CITY", "Bad City")
    assert main(["start"]) == 1
    assert "PORTAL_CITY" in capsys.readouterr().err
