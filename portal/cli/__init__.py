"""The command line ``portal …``: Flask's own, with a module for each subject."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import FlaskGroup

from portal.cli import accounts, database, imports, operations, policy, sample, scores
from portal.errors import PortalError


class PortalGroup(FlaskGroup):
    """Flask's group; an error of the family ends in two plain lines, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong and what to do."""
        from geo.errors import GeoError

        try:
            return super().invoke(ctx)
        except (PortalError, GeoError) as error:
            remedy = f"\n→ {error.remedy}" if error.remedy else ""
            raise click.ClickException(f"{error.message}{remedy}") from error


def _create_app() -> Any:
    from portal.app import create_app  # the app is wired only for commands that need it

    return create_app()


main = PortalGroup(
    create_app=_create_app,
    add_version_option=False,
    help="物业一张图 · Wuye Atlas: set up, import, serve and keep the portal.",
)
main.add_command(database.group)
main.add_command(accounts.group)
main.add_command(imports.group)
main.add_command(sample.group)
main.add_command(policy.group)
main.add_command(scores.score)
for command in (operations.backup, operations.restore, operations.check, operations.worker):
    main.add_command(command)
