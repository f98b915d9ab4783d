"""Run several commands of the portal in one process: importing it costs more than most of them.

Only the last one speaks on standard output; what the others say goes to standard error.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Sequence


def run_commands(commands: Sequence[str]) -> int:
    """Run each of ``commands`` in order; return the exit code of the first that fails."""
    for command in commands[:-1]:
        with contextlib.redirect_stdout(sys.stderr):
            code = _run(command)
        if code:
            return code
    return _run(commands[-1])


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
