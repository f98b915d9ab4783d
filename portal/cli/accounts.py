"""``portal accounts``: who may log in."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actions import accounts as actions
from portal.cli.wiring import open_session, services
from portal.errors import N_, NotFound
from portal.store import accounts as store
from portal.store import places
from portal.terms import Role


@click.group("accounts")
def group() -> None:
    """Create accounts, reset passwords, show the demo accounts."""


@group.command()
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", default="", help="Name shown in the portal.")
@click.option("--street", default=None, help="Name of the street; for the role street only.")
@click.password_option(help="At least 10 characters; asked for when not given.")
@with_appcontext
def create(username: str, role: str, name: str, street: str | None, password: str) -> None:
    """Create the account USERNAME."""
    with open_session() as session:
        street_id = places.street_id_by_name(session, street) if street else None
        account = actions.create(session, username, name, Role(role), password, street_id=street_id)
        click.echo(f"created {account.username} ({account.role})")


@group.command()
@click.argument("username")
@click.password_option(help="At least 10 characters; asked for when not given.")
@with_appcontext
def password(username: str, password: str) -> None:
    """Set a new password for USERNAME; open sessions of the account end."""
    with open_session() as session:
        account = store.by_username(session, username)
        if account is None:
            raise NotFound(N_("没有账号 {username}"), username=username)
        actions.set_password(session, account.id, password)
        click.echo(f"password of {username} changed")


@group.command()
@click.option("--print", "show", is_flag=True, help="Only print them.")
@with_appcontext
def demo(show: bool) -> None:
    """Create the demo accounts that are missing, and print them; refused where the portal is not local."""
    config = services().config
    if not config.demo_accounts:
        click.echo("demo accounts are disabled here")
        return
    with open_session() as session:
        if not show:
            actions.ensure_demo(session, config.secret_key)
        found = [account for account, _ in store.everyone(session) if account.demo]
    password = actions.demo_password(config.secret_key)
    for account in found:
        click.echo(f"  {account.username:<14} {password}  {account.display_name}")
