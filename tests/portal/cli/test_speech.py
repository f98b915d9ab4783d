"""The language of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from portal.app import create_app
from portal.cli import make_main
from portal.cli.speech import language_of, translator
from portal.config import ROOT, Config

CHINESE = "\u4e00", "\u9fff"


def has_chinese(text: str) -> bool:
    return any(CHINESE[0] <= letter <= CHINESE[1] for letter in text)


def portal(*arguments: str, instance: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PORTAL_INSTANCE": str(instance), **environ}
    return subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "POSIX"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"),
    ],
)
def test_the_locale_decides_and_chinese_comes_first(environ: dict[str, str], language: str) -> None:
    assert language_of(environ) == language


def test_click_says_its_own_words_in_chinese_too(tmp_path: Path) -> None:
    said = portal("accounts", "--help", instance=tmp_path)
    assert said.stdout.startswith("用法: ./run portal accounts [OPTIONS]")
    assert "\n命令:\n" in said.stdout and "显示这段说明。" in said.stdout
    wrong = portal("acounts", instance=tmp_path)
    assert wrong.returncode == 2
    assert "用法见 ./run portal --help。" in wrong.stderr
    assert "错误：没有命令 acounts。 是不是 'accounts'？" in wrong.stderr


@pytest.mark.parametrize(
    "command", ["", "accounts create", "import", "import communities", "policy", "restore"]
)
def test_help_is_english_where_the_locale_is(command: str, tmp_path: Path) -> None:
    said = portal(*command.split(), "--help", instance=tmp_path, LANG="en_GB.UTF-8")
    assert said.stdout.startswith(f"Usage: ./run portal {command}".rstrip())
    assert not has_chinese(said.stdout)


def test_what_a_command_says_follows_the_same_language(own_config: Config, tmp_path: Path) -> None:
    english = translator("en", tmp_path)
    main = make_main(lambda: create_app(own_config), english)
    assert CliRunner().invoke(main, ["db", "upgrade"]).output.endswith("The schema is up to date\n")
    missing = CliRunner().invoke(main, ["restore", str(tmp_path / "none.dump")])
    assert missing.output.startswith("Error: There is no file none.dump")
    looked = CliRunner().invoke(main, ["check"])
    assert looked.exit_code == 0
    assert not has_chinese(looked.output)
    # Making it in one language leaves the other as it was.
    assert (
        "数据库结构已是最新"
        in CliRunner().invoke(make_main(lambda: create_app(own_config)), ["db", "upgrade"]).output
    )


def test_a_folder_that_cannot_be_written_costs_the_translation_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert translator("en", tmp_path / "file")("登录") == "登录"


def test_clicks_words_are_still_clicks_words() -> None:
    import click

    source = "".join(
        path.read_text("utf-8").replace("\\n\\t", "\n\t") for path in Path(click.__file__).parent.glob("*.py")
    )
    with (ROOT / "portal/translations/click/zh/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="zh")
    texts = [
        message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id
    ]
    assert len(texts) > 20
    assert [text for text in texts if f'"{text}"' not in source] == []
