"""``portal score``: scores from the evidence."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actions import scoring
from portal.cli.wiring import open_session, services, wait


@click.command()
@with_appcontext
def score() -> None:
    """Compute the service scores of every quarter from the evidence.

    Each quarter is scored with the policy in force on its last day. A second run
    changes nothing unless evidence or policy has changed.
    """
    with open_session() as session:
        done = scoring.score(session, services().city(session).timezone, wait=wait)
    click.echo(
        f"{done.new:,} new, {done.changed:,} changed, {done.removed:,} removed, {done.unchanged:,} unchanged"
    )
