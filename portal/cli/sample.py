"""``portal sample``: the fictional city."""

from __future__ import annotations

import time

import click
from flask.cli import with_appcontext

from portal.actions import accounts, sample
from portal.cli.wiring import open_session, services
from portal.privacy import Cipher


@click.group("sample")
def group() -> None:
    """Make and load the fictional sample city."""


@group.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds a city already.")
@with_appcontext
def load(if_empty: bool) -> None:
    """Load the sample city into an empty database: streets, communities, complaints, evidence, scores.

    It is fictional and labelled so on every page. All of it is loaded, or nothing.
    """
    wired, started = services(), time.perf_counter()

    def tell(step: sample.Step) -> None:
        click.echo(f"  {time.perf_counter() - started:5.1f} s  {step.subject:<14} {step.rows:>8,}", err=True)

    with open_session() as session:
        city = wired.city(session)
        if if_empty and (not city.fictional or not sample.is_empty(session)):
            return
        click.echo("making the sample city (about a minute)", err=True)
        cipher = Cipher.from_secret(wired.config.secret_key)
        sample.load(session, city, cipher, wired.config.instance_dir / "sample", tell=tell)
        if wired.config.demo_accounts:
            accounts.ensure_demo(session, wired.config.secret_key)
    click.echo(f"sample city {city.name} loaded in {time.perf_counter() - started:.0f} s")
