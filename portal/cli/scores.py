"""``portal score``: scores from the evidence."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actions.scores import scoring
from portal.cli.speech import say
from portal.cli.ticking import ticking
from portal.cli.wiring import open_session, services, wait
from portal.errors import N_


@click.command(
    short_help=N_("按评分依据计算各季度评分。"),
    help=N_(
        "按评分依据计算各季度的服务评分，每个季度用其最后一天有效的政策。"
        "依据和政策没有变化时，再次运行什么都不改。"
    ),
)
@with_appcontext
def score() -> None:
    """Compute the service scores of every quarter from the evidence.

    Each quarter is scored with the policy in force on its last day. A second run
    changes nothing unless evidence or policy has changed.
    """
    with open_session() as session, ticking(say(N_("计算评分"))):
        done = scoring.score(session, services().city(session).zone, wait=wait)
    click.echo(
        say(
            N_("新增 {new:,}，变更 {changed:,}，删除 {removed:,}，未变 {unchanged:,}"),
            new=done.new,
            changed=done.changed,
            removed=done.removed,
            unchanged=done.unchanged,
        )
    )
