"""The command line ``portal …``: Flask's own, with a module for each subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup

from portal.cli import accounts, database, imports, operations, policy, sample, scores
from portal.errors import SpokenError


class PortalGroup(FlaskGroup):
    """Flask's group; an error of the families ends in two plain lines, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong and what to do."""
        try:
            return super().invoke(ctx)
        except SpokenError as error:
            remedy = f"\n→ {error.remedy}" if error.remedy else ""
            raise click.ClickException(f"{error.message}{remedy}") from error


def make_main(create_app: Callable[[], Flask]) -> PortalGroup:
    """Return the command line; ``create_app`` is called by the commands that need the portal wired."""
    main = PortalGroup(
        create_app=lambda: create_app(),
        add_version_option=False,
        help="物业一张图 · Wuye Atlas: set up, import, serve and keep the portal.",
    )
    for command in (
        database.group,
        policy.group,
        accounts.group,
        imports.group,
        sample.group,
        scores.score,
        operations.backup,
        operations.restore,
        operations.check,
        operations.worker,
    ):
        main.add_command(command)
    return main
