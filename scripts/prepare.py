"""Run several commands of the portal in one process: importing it costs more than most of them.

Only the last one speaks on standard output; what the others say goes to standard error.
Where the sample city will be wanted, another process makes it meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from portal.config import Config

if TYPE_CHECKING:  # imported where they are needed: they cost seconds
    from geo.policy.city import City
    from geo.sample import SampleCity

LOAD_SAMPLE = "sample load --if-empty"


def run_commands(commands: Sequence[str]) -> int:
    """Run each of ``commands`` in order; return the exit code of the first that fails."""
    with contextlib.ExitStack() as stack:
        config = Config.from_environ(os.environ)
        if wants_sample(commands, config):
            pool = stack.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
            _hand_over(pool.submit(make, config.policy_path))
        for command in commands[:-1]:
            with contextlib.redirect_stdout(sys.stderr):
                code = _run(command)
            if code:
                return code
        return _run(commands[-1])


def wants_sample(commands: Sequence[str], config: Config) -> bool:
    """Whether the sample city is asked for and, as far as the folder tells, was never loaded here."""
    return LOAD_SAMPLE in commands and config.embedded and not (config.instance_dir / "sample").exists()


def make(policy: Path) -> tuple[City, SampleCity | None]:
    """Make the sample city of a policy document; a real city's gets none."""
    from geo.policy.city import parse_city_toml
    from geo.sample import make_sample

    city = parse_city_toml(policy.read_text("utf-8"))
    return city, make_sample(city) if city.fictional else None


def _hand_over(ahead: Future[tuple[City, SampleCity | None]]) -> None:
    from portal.__main__ import main
    from portal.cli.sample import AHEAD

    main.context_settings["obj"].data[AHEAD] = ahead


def _run(command: str) -> int:
    import click

    from portal.__main__ import run

    try:
        run(shlex.split(command), standalone=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return 0


if __name__ == "__main__":
    from portal.__main__ import INSTANCE, LANGUAGE
    from portal.cli.speech import teach_click

    teach_click(LANGUAGE, INSTANCE)
    raise SystemExit(run_commands(sys.argv[1:]))
