"""``./run`` as far as it can be tried without installing anything."""

import os
import pty
import re
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts.test_check_certificate import make_certificate

ROOT = Path(__file__).resolve().parents[1]
PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


def run(
    *arguments: str, instance: Path, cwd: Path = ROOT, **environ: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": PATH, "PORTAL_INSTANCE": str(instance), **environ}
    return subprocess.run(
        [ROOT / "run", *arguments],
        env=environment, cwd=cwd, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


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


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORTAL_BIND", "0.0.0.0:8000", "without TLS"),
        ("PORTAL_BIND", "8000", "not HOST:PORT"),
        ("PORTAL_BIND", "127.0.0.1:99999", "not HOST:PORT"),
        ("PORTAL_PROXY_HOPS", "two", "not a number"),
        ("PORTAL_PROXY_HOPS", "-1", "not a number"),
        ("PORTAL_POLICY", "README.md", f"names {ROOT}/README.md, which is no policy"),
        ("PORTAL_PMTILES", "README.md", f"names {ROOT}/README.md, which is no PMTiles file"),
        ("PORTAL_PMTILES", "none", f"names {ROOT}/none, which is not a file"),
    ],
)
def test_a_wrong_setting_is_named_and_has_its_own_exit_code(
    tmp_path: Path, variable: str, value: str, words: str
) -> None:
    said = run(instance=tmp_path, **{variable: value})
    assert said.returncode == 2
    message, remedy = said.stderr.strip().splitlines()
    assert message.startswith(variable)
    assert words in message
    assert remedy.strip()
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_files_of_settings_are_named_as_seen_from_the_caller(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("")
    said = run(instance=tmp_path / "instance", cwd=tmp_path, PORTAL_POLICY="own.toml")
    assert f"PORTAL_POLICY names {tmp_path}/own.toml, which is no policy" in said.stderr


def test_a_folder_that_cannot_be_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = run("setup", instance=tmp_path / "file/instance")
    assert said.returncode == 2
    assert said.stderr.strip().splitlines() == [
        f"PORTAL_INSTANCE: cannot write to {tmp_path}/file/instance: Not a directory",
        f"  {tmp_path}/file is no folder: name another by PORTAL_INSTANCE, or move it away.",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_a_folder_of_somebody_elses_is_named_with_its_owner() -> None:
    # A copy, since nobody may enter the folder of this clone, perhaps.
    with tempfile.TemporaryDirectory(prefix="atlas-") as name:
        clone = Path(name)
        shutil.copy(ROOT / "run", clone)
        shutil.copytree(ROOT / "scripts", clone / "scripts")
        (clone / "instance").mkdir()
        clone.chmod(0o755)
        # Not the environment of the tests: it names this clone's instance.
        said = subprocess.run(
            [clone / "run", "setup"],
            env={"PATH": PATH}, cwd=clone, capture_output=True, text=True, timeout=60, user=65534,
        )  # fmt: skip
    assert said.returncode == 1
    assert f"cannot write to {clone}/instance: " in said.stderr
    assert "It belongs to root: run this as that user, or let root run: chown -R nobody" in said.stderr


def test_stopping_where_nothing_was_set_up_says_so(tmp_path: Path) -> None:
    for name in ("run", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "run", tmp_path / "clone-run")  # a link would lead back to this clone
    (tmp_path / "run").unlink()
    (tmp_path / "clone-run").rename(tmp_path / "run")
    said = subprocess.run(
        [tmp_path / "run", "stop"], env={"PATH": PATH}, capture_output=True, text=True, timeout=60
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "Nothing was set up here, so nothing runs.\n"
    assert not (tmp_path / "instance").exists()


DISKS = '" Avail 1M-blocks Mounted on" "3M 100M /srv/data" "900M 1000M /tmp" "0M 0M /proc"'
FULL = f"df() {{ printf '%s\\n' {DISKS}; }}; "


def test_a_full_disk_is_named_whatever_fails(tmp_path: Path) -> None:
    said = in_shell(FULL + 'die "It failed."', tmp_path)
    assert said.returncode == 1
    assert said.stderr.strip().splitlines() == [
        "It failed.",
        "  The disk at /srv/data is full (3 MB left): make room, then run this again.",
    ]
    assert "full" not in in_shell('die "It failed."', tmp_path).stderr
    assert in_shell(FULL + "SPARE_MB=1 full_disks", tmp_path).stdout == ""


def test_a_disk_that_ran_full_and_has_room_again_is_named_by_the_tools_words(tmp_path: Path) -> None:
    script = 'fail() { echo "initdb: No space left on device"; return 1; }; step Cluster fail'
    said = in_shell(script, tmp_path)
    assert "A disk ran full" in said.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"), days=1)


@pytest.mark.parametrize("swapped", ["key", "certificate"])
def test_a_bad_certificate_is_named_before_anything_is_done(
    tmp_path: Path, certificate: tuple[Path, Path], swapped: str
) -> None:
    files = {"certificate": certificate[0], "key": certificate[1], swapped: ROOT / "README.md"}
    said = run("--certfile", str(files["certificate"]), "--keyfile", str(files["key"]), instance=tmp_path)
    assert said.returncode == 1
    assert f"{ROOT}/README.md holds no {swapped} in PEM" in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


@pytest.mark.parametrize("arguments", [["portal", "check"], ["stop"], ["setup"]])
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


def test_a_wait_over_five_seconds_shows_that_it_goes_on(tmp_path: Path) -> None:
    # The clock runs faster: read, by which the ticker waits, gives up at once.
    script = 'read() { [[ $* != *-t\\ 5* ]] || { sleep 0.2; return 1; }; builtin read "$@"; };'
    for begin in ('step "Long tool" sleep 0.7', 'ticking "Long tool" sleep 0.7'):
        said = in_shell(f"{script} {begin}", tmp_path)
        assert said.returncode == 0, said.stderr
        assert said.stdout.splitlines()[:2] == ["  … Long tool (5 s)", "  … Long tool (10 s)"]
        assert said.stderr == ""


def test_a_package_can_be_pasted_where_apt_has_no_lists(tmp_path: Path) -> None:
    script = """source scripts/packages.sh
        apt-cache() { :; }; find() { :; }; missing=(postgresql fonts-noto-cjk); name_postgresql
        echo "${missing[*]}" """
    assert in_shell(script, tmp_path).stdout == "postgresql postgresql-postgis fonts-noto-cjk\n"


def test_a_worker_that_dies_begins_anew_and_the_portal_goes_on(tmp_path: Path) -> None:
    # The portal ends this: it lives as long as the worker's third life begins.
    (tmp_path / "python").write_text(f"#!/bin/sh\necho lived >> {tmp_path}/lives; kill -9 $$\n")
    (tmp_path / "python").chmod(0o755)
    portal = f"until [ $(wc -l < {tmp_path}/lives) = 3 ]; do sleep 0.1; done; echo why; exit 7"
    script = f"""declare -A PROCESSES=(); PYTHON={tmp_path}/python; touch {tmp_path}/lives
        source scripts/service.sh; begin portal sh -c '{portal}'; begin_again worker; watch"""
    said = in_shell(script, tmp_path)
    assert said.returncode == 1
    assert re.findall(r"The worker stopped \(exit 137\) and begins anew in (\d+) s", said.stdout)[:2] == [
        "1",
        "2",
    ]
    assert "The portal stopped by itself (exit 7)." in said.stderr
    assert "why" in said.stderr


def test_the_callers_other_servers_do_not_reach_the_own_cluster(tmp_path: Path) -> None:
    script = """source scripts/service.sh; export PGHOSTADDR=203.0.113.1 PGOPTIONS='-c search_path=x'
        forget_callers_servers; env | grep ^PG || echo none"""
    assert in_shell(script, tmp_path).stdout == "none\n"
    kept = in_shell("export PORTAL_DATABASE_URL=postgresql://a@b/c;" + script, tmp_path).stdout
    assert "PGHOSTADDR=203.0.113.1" in kept
    others = {"PGHOSTADDR": "203.0.113.1", "PGSERVICE": "none", "PGOPTIONS": "-c nonsense=1"}
    assert run("stop", instance=tmp_path / "instance", **others).returncode == 0
    assert "forget_callers_servers" in (ROOT / "run").read_text()


def test_a_database_that_dies_begins_anew_and_is_then_this_runs_to_stop(tmp_path: Path) -> None:
    (tmp_path / "python").write_text(f"#!/bin/sh\necho $3 >> {tmp_path}/lives\n")
    (tmp_path / "python").chmod(0o755)
    portal = f"until [ $(wc -l < {tmp_path}/lives) = 3 ]; do sleep 0.1; done; exit 7"
    script = f"""declare -A PROCESSES=(); PYTHON={tmp_path}/python; touch {tmp_path}/lives
        source scripts/service.sh; begin portal sh -c '{portal}'; begin_again database
        trap 'echo "${{CLUSTER_TO_STOP[*]}}"' EXIT; watch"""
    said = in_shell(script, tmp_path)
    assert re.findall(r"The database stopped and begins anew in (\d+) s", said.stdout)[:2] == ["1", "2"]
    assert "portal.cluster leave" in said.stdout
    assert (tmp_path / "lives").read_text().split() == ["guard"] * 3


def test_the_pause_of_a_worker_ends_with_the_run(tmp_path: Path) -> None:
    script = """declare -A PROCESSES=(); PYTHON=true; source scripts/service.sh
        begin_again worker 60; stop_processes; echo stopped"""
    assert in_shell(script, tmp_path).stdout == "stopped\n"


def test_the_question_for_a_password_is_announced(tmp_path: Path) -> None:
    """A terminal that nobody types at stands in for a user's."""
    script = """source scripts/packages.sh; sudo() { [[ $1 == -v ]] && echo "sudo asks"; }
        missing=(fonts-noto-cjk); get_root_rights"""
    user = 65534 if os.geteuid() == 0 else None
    leader, terminal = pty.openpty()
    said = subprocess.run(
        ["bash", "-c", f'set -euo pipefail; LOGS=/tmp; source scripts/common.sh; {script}'],
        cwd=ROOT, stdin=terminal, capture_output=True, text=True, timeout=60, user=user,
    )  # fmt: skip
    os.close(terminal), os.close(leader)
    assert said.stdout.splitlines() == [
        "  Debian packages are missing: fonts-noto-cjk",
        "  sudo may ask for your password, to install them:",
        "sudo asks",
    ]


def test_the_tests_end_by_saying_so(tmp_path: Path) -> None:
    script = """source scripts/checks.sh; PYTHON=echo; WORDS=$LOGS/words
        keep_words() { "$@" >"$WORDS"; }; run_npm() { echo "$@"; }; run_checks"""
    said = in_shell(script, tmp_path).stdout.splitlines()
    assert said[-1] == "all passed"
    assert "── tests in the browser" in said
    failing = in_shell(script.replace("PYTHON=echo", "PYTHON=false"), tmp_path)
    assert failing.returncode == 1
    assert "all passed" not in failing.stdout
    assert "Failed: ruff" in failing.stderr


def test_only_commands_that_need_a_city_get_one(tmp_path: Path) -> None:
    script = "source scripts/service.sh; needs_no_tables {} && echo none || echo city"
    for words, needed in (
        ("restore city.dump", "none"),
        ("db upgrade", "none"),
        ("--help", "none"),
        ("import roads --help", "none"),
        ("", "none"),
        ("check", "city"),
        ("accounts create restore", "city"),
        ("import roads x.pbf", "city"),
    ):
        assert in_shell(script.format(words), tmp_path).stdout.strip() == needed, words


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


def test_packages_for_tests_alone_are_installed_for_tests_alone(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    for name in ("package-lock.json", "scripts/vendor.py", "scripts/icons.txt"):
        (tmp_path / name).touch()
    script = f"""INSTANCE={tmp_path} ROOT={tmp_path} PYTHON=true; source scripts/frontend.sh; cd {tmp_path}
        has_npm() {{ true; }}; run_npm() {{ mkdir -p node_modules; echo "npm $*"; }}; step() {{ "${{@:2}}"; }}
        fresh() {{ echo "${{1:-serve}}"; ASIDE=(); begin_frontend "$1"; join_frontend; }}
        for what in "" "" test test ""; do fresh "$what"; done
        echo changed > package-lock.json; fresh ''"""
    said = in_shell(script, tmp_path)
    assert said.stderr == ""
    assert said.stdout.splitlines() == [
        *("serve", "npm ci --omit=dev", "serve"),
        *("test", "npm ci", "test", "serve"),
        *("serve", "npm ci --omit=dev"),
    ]


def test_what_runs_aside_is_joined_with_its_words_and_its_end(tmp_path: Path) -> None:
    script = """aside good sh -c 'sleep 0.3; echo done; echo oops >&2'; aside bad sh -c 'echo broke; exit 3'
        echo meanwhile; step "Good thing" join_aside good; step "Bad thing" join_aside bad; echo never"""
    said = in_shell(script, tmp_path)
    assert said.returncode == 1
    words = said.stdout.split()
    assert words[:3] == ["meanwhile", "Good", "thing"]
    assert words[words.index("Bad") : words.index("Bad") + 3] == ["Bad", "thing", "failed"]
    assert "broke" in words and "never" not in words
    assert "done\noops\n" in (tmp_path / "setup.log").read_text()


def test_what_runs_aside_is_ended_with_all_that_it_began(tmp_path: Path) -> None:
    script = f"""aside long sh -c 'sleep 300 & echo $! > {tmp_path}/child; wait'
        until [ -s {tmp_path}/child ]; do sleep 0.05; done; stop_asides; sleep 0.2
        [[ $(ps -o stat= -p $(cat {tmp_path}/child)) == [!Z]* ]] || echo gone"""
    assert in_shell(script, tmp_path).stdout == "gone\n"


def test_two_pips_share_the_list_of_packages(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a==1 \\\n    --hash=sha256:1\nb==2 \\\n    --hash=sha256:2\nc==3\n")
    pip = tmp_path / "pip"
    pip.write_text(
        f'''#!/bin/sh
        for last; do :; done
        cat "$last" >> {tmp_path}/got; ! grep -q "^$BREAKS=" "$last"'''
    )
    pip.chmod(0o755)
    script = f"""INSTANCE={tmp_path} ROOT={tmp_path}; source scripts/python.sh; PYTHON={tmp_path}/pip
        export BREAKS=x
        install_halves {tmp_path}/list.txt; sort {tmp_path}/got; ls {tmp_path}
        for BREAKS in a b; do install_halves {tmp_path}/list.txt || echo "$BREAKS failed"; done"""
    said = in_shell(script, tmp_path).stdout.splitlines()
    assert sorted(said[:5]) == sorted(
        ["a==1 \\", "b==2 \\", "c==3", "    --hash=sha256:1", "    --hash=sha256:2"]
    )
    assert said[5:] == ["got", "list.txt", "pip", "a failed", "b failed"]


@pytest.mark.parametrize(
    ("npm", "node", "will_do"),
    [
        ("10.8.2", "v20.20.2", True),
        ("7.0.0", "v24.1.0", True),
        ("9.2.0", "v18.20.4", False),
        ("6.9", "v20.0.0", False),
    ],
)
def test_an_old_npm_or_node_is_not_used(tmp_path: Path, npm: str, node: str, will_do: bool) -> None:
    for name, version in (("npm", npm), ("node", node)):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    script = f'INSTANCE={tmp_path}; source scripts/frontend.sh; PATH="{tmp_path}:$PATH"; has_npm && echo yes'
    assert (in_shell(script, tmp_path).stdout == "yes\n") is will_do


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
