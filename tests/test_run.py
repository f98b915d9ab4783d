"""``./run`` as far as it can be tried without installing anything."""

import re
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(
    *arguments: str, instance: Path, cwd: Path = ROOT, **environ: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PORTAL_INSTANCE": str(instance), **environ}
    return subprocess.run(
        [ROOT / "run", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def in_shell(script: str, logs: Path) -> subprocess.CompletedProcess[str]:
    setup = f'set -euo pipefail; LOGS="{logs}"; source scripts/common.sh;'
    return subprocess.run(
        ["bash", "-c", setup + script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield busy.getsockname()[1]


def test_help_names_every_command_and_option(tmp_path: Path) -> None:
    said = run("--help", instance=tmp_path / "none")
    assert said.returncode == 0
    for word in ("test", "portal", "setup", "stop", "--bind", "--certfile", "--keyfile", "--behind-proxy"):
        assert word in said.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--bind", "0.0.0.0:8000"], "without TLS"),
        (["--bind", "[::]:8000"], "without TLS"),
        (["--bind=portal.example:8000"], "without TLS"),
        (["--bind", "8000"], "not HOST:PORT"),
        (["--bind"], "--bind needs a value"),
        (["--bind", "0.0.0.0:8000", "--certfile", "/etc/passwd"], "belong together"),
        (["--certfile", "/no/such", "--keyfile", "/no/such"], "cannot read /no/such"),
        (["--behind-proxy=two"], "not a number"),
        (["--fast"], "Unknown: --fast"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_done(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    said = run(*arguments, instance=tmp_path)
    assert said.returncode == 1
    assert words in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_the_environment_is_held_to_the_same_rule(tmp_path: Path) -> None:
    said = run(instance=tmp_path, PORTAL_BIND="0.0.0.0:8000")
    assert said.returncode == 1
    assert "without TLS" in said.stderr


@pytest.mark.skipif(not (ROOT / ".venv/bin/python").exists(), reason="before set-up nothing reads settings")
@pytest.mark.parametrize("arguments", [["portal", "check"], ["stop"]])
def test_a_wrong_setting_is_told_once(tmp_path: Path, arguments: list[str]) -> None:
    refused = run(*arguments, instance=tmp_path, PORTAL_LOG_LEVEL="LOUD")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "PORTAL_LOG_LEVEL is 'LOUD'",
        "  Use one of: DEBUG, INFO, WARNING, ERROR.",
    ]
    assert refused.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_logs_are_their_owners_only(tmp_path: Path) -> None:
    run("--bind", "0.0.0.0:8000", instance=tmp_path)
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_the_secret_key_is_its_owners_only(tmp_path: Path) -> None:
    made = in_shell(f'INSTANCE="{tmp_path}"; source scripts/service.sh; make_secret_key', tmp_path)
    assert made.returncode == 0
    key = tmp_path / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) == 64


def test_a_taken_port_is_told_at_once(tmp_path: Path, busy_port: int) -> None:
    said = run("--bind", f"127.0.0.1:{busy_port}", instance=tmp_path)
    assert said.returncode == 1
    assert f"Something listens on 127.0.0.1:{busy_port} already" in said.stderr


def test_a_step_tells_its_time_and_keeps_its_words_in_the_log(tmp_path: Path) -> None:
    said = in_shell('step "Quiet tool" echo hello; say after', tmp_path)
    assert re.fullmatch(r"  Quiet tool +\d+\.\d s\nafter\n", said.stdout)
    assert (tmp_path / "setup.log").read_text() == "\n== Quiet tool\nhello\n"


def test_a_failing_step_shows_its_own_words_and_ends_the_run(tmp_path: Path) -> None:
    script = 'fail() { echo cause; return 3; }; step First echo earlier; step "Tool" fail; say after'
    said = in_shell(script, tmp_path)
    assert said.returncode == 1
    assert "cause" in said.stdout
    assert "earlier" not in said.stdout
    assert "after" not in said.stdout
    assert "This step failed: Tool" in said.stderr


def test_a_step_leaves_no_process_that_keeps_the_output_open(tmp_path: Path) -> None:
    # Collecting the output would wait for any such process, beyond the time limit.
    assert in_shell("step Short true", tmp_path).returncode == 0


def test_a_stamp_holds_only_for_the_same_content(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("one")
    script = f"""cd {tmp_path}; digest_of lock > stamp
        stamp_is stamp "$(digest_of lock)" && echo same
        echo two > lock; stamp_is stamp "$(digest_of lock)" || echo changed
        stamp_is none x || echo none"""
    assert in_shell(script, tmp_path).stdout.split() == ["same", "changed", "none"]


def test_requirements_of_development_hold_all_of_the_service() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text("utf-8")
        return set(re.findall(r"^[a-z0-9][a-z0-9._-]*==[^ \\]+", text, flags=re.MULTILINE))

    service, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert len(service) > 20
    assert service <= development


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_each_requirement_is_hashed_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
