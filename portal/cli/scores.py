"""``portal score``: scores from the evidence."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actions import scoring
from portal.cli.wiring import open_session, services


@click.command()
@with_appcontext
def score() -> None:
    """Compute the service scores of every quarter from the evidence.

    A second run changes nothing unless evidence or policy has changed.
    """
    with open_session() as session:
        done = scoring.score(session, services().city(session))
    click.echo(
        f"{done.new:,} new, {done.changed:,} changed, {done.removed:,} removed, {done.unchanged:,} unchanged"
    )
