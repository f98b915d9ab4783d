"""``portal backup | restore | check | worker``."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.cluster.dumps import restoring_alone
from portal.config import Config
from tests.portal.cli.conftest import Run


def test_backup_writes_a_private_file_and_never_over_another(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    target = tmp_path / "city.dump"
    done = run("backup", target)
    assert done.exit_code == 0, done.output
    assert target.stat().st_size > 10_000
    assert target.stat().st_mode & 0o077 == 0
    assert "已存在" in run("backup", target).output


def test_restore_asks_first(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    target = tmp_path / "city.dump"
    run("backup", target)
    assert run("restore", target, given="n\n").exit_code == 1


def test_the_second_of_two_restores_is_told_so(run: Run, own_config: Config, tmp_path: Path) -> None:
    run("db", "upgrade")
    target = tmp_path / "city.dump"
    run("backup", target)
    with restoring_alone(own_config.instance_dir):
        done = run("restore", target, "--yes")
    assert done.exit_code == 1
    assert done.output.startswith("Error: 另一个恢复正在进行")
    assert "另一个恢复" not in run("restore", target, "--yes").output


def test_restore_looks_at_the_file_before_it_asks(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    done = run("restore", tmp_path / "nowhere.dump", given="y\n")
    assert done.exit_code == 1
    assert done.output.startswith("Error: 没有文件 nowhere.dump")


def test_check_passes_on_a_sound_database(run: Run) -> None:
    run("db", "upgrade")
    looked = run("check")
    assert looked.exit_code == 0, looked.output
    assert "正常  操作日志对门户只增不改" in looked.output
    assert "正常  所有者与门户是两个角色" in looked.output


def test_check_fails_when_a_street_level_complaint_has_a_point(run: Run, committed_session: Session) -> None:
    run("db", "upgrade")
    street = committed_session.execute(
        text(
            "INSERT INTO street (source_key, name, outline, area_m2, source_datum) VALUES ('k', '甲', "
            "'SRID=4326;MULTIPOLYGON(((118 26,118.1 26,118.1 26.1,118 26)))', 1, 'wgs84') RETURNING id"
        )
    ).scalar_one()
    committed_session.execute(
        text(
            "INSERT INTO complaint (source, source_key, received_at, property_related, place_level, "
            "place_how, street_id, point, content_hash) "
            "VALUES ('t', 'k', now(), false, 'street', 'street', :street, "
            "'SRID=4326;POINT(118.05 26.01)', '\\x00')"
        ),
        {"street": street},
    )
    committed_session.commit()
    looked = run("check")
    assert looked.exit_code == 1
    assert "异常  只知街道的投诉都没有点位：有点位的 1 件" in looked.output
    committed_session.execute(text("DELETE FROM complaint"))
    committed_session.execute(text("DELETE FROM street"))
    committed_session.commit()


def test_worker_empties_the_queue_and_stops(run: Run) -> None:
    run("db", "upgrade")
    done = run("worker", "--once")
    assert done.exit_code == 0, done.output


def test_a_backup_to_an_impossible_path_ends_in_plain_words(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "none/city.dump", tmp_path / "file/city.dump", tmp_path / ("x" * 300)):
        refused = run("backup", target)
        assert refused.exit_code == 1
        assert isinstance(refused.exception, SystemExit), refused.exception
        assert refused.output.startswith("Error: ")
        assert "→ " in refused.output
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
