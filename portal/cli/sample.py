"""``portal sample``: the fictional city."""

from __future__ import annotations

import time

import click
from flask.cli import with_appcontext

from portal.actions import accounts
from portal.actions.imports import sample
from portal.cli import sample_ahead
from portal.cli.speech import say
from portal.cli.wiring import open_session, services
from portal.errors import N_


@click.group("sample", help=N_("生成并装入虚构的示例城市。"))
def group() -> None:
    """Make and load the fictional sample city."""


@group.command(
    help=N_(
        "把示例城市（街道、小区、投诉、评分依据、评分）装入空库。"
        "城市是虚构的，每一页都会注明；全部装入，或什么都不装入。"
    )
)
@click.option("--if-empty", is_flag=True, help=N_("库里已有城市时什么都不做。"))
@with_appcontext
def load(if_empty: bool) -> None:
    """Load the sample city into an empty database: streets, communities, complaints, evidence, scores.

    It is fictional and labelled so on every page. All of it is loaded, or nothing.
    """
    wired, started = services(), time.perf_counter()

    def tell(step: sample.Step) -> None:
        click.echo(f"  {time.perf_counter() - started:5.1f} s  {step.rows:>8,}  {step.subject}", err=True)

    with open_session() as session:
        city = wired.city(session)
        if if_empty and (not city.fictional or not sample.is_empty(session)):
            return
        click.echo(say(N_("正在生成并装入示例城市")), err=True)
        instance_dir = wired.config.instance_dir
        made = sample_ahead.take(instance_dir, city)
        sample.load(session, city, wired.cipher, instance_dir / "sample", tell=tell, made=made)
        if wired.config.demo_accounts:
            accounts.ensure_demo(session, wired.config.secret_key)
    click.echo(
        say(
            N_("示例城市{city}已装入，用时 {seconds:.0f} 秒"),
            city=city.name,
            seconds=time.perf_counter() - started,
        )
    )
