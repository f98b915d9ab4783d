"""``portal accounts``: who may log in."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actions import accounts as actions
from portal.cli.speech import say
from portal.cli.wiring import open_session, services
from portal.errors import N_, NotFound
from portal.labels import account_name
from portal.store import accounts as store
from portal.store.places import streets as places
from portal.terms import Role

_LEAST = N_("至少 10 个字符；不写则会询问。")  # a test compares it with the rule
_ASK, _ASK_AGAIN = N_("密码"), N_("再输入一次")


@click.group("accounts", help=N_("新建账号、重设密码、查看演示账号。"))
def group() -> None:
    """Create accounts, reset passwords, show the demo accounts."""


@group.command(help=N_("新建账号 USERNAME。"))
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help=N_("角色。"))
@click.option("--name", default="", help=N_("页面上显示的姓名。"))
@click.option("--street", default=None, help=N_("街道名称；只用于角色 street。"))
@click.password_option(help=_LEAST, prompt=_ASK, confirmation_prompt=_ASK_AGAIN)
@with_appcontext
def create(username: str, role: str, name: str, street: str | None, password: str) -> None:
    """Create the account USERNAME."""
    with open_session() as session:
        street_id = places.street_id_by_name(session, street) if street else None
        account = actions.create(session, username, name, Role(role), password, street_id=street_id)
        click.echo(say(N_("已创建账号 {username}（{role}）"), username=account.username, role=account.role))


@group.command(help=N_("重设 USERNAME 的密码；该账号已有的登录随即失效。"))
@click.argument("username")
@click.password_option(help=_LEAST, prompt=_ASK, confirmation_prompt=_ASK_AGAIN)
@with_appcontext
def password(username: str, password: str) -> None:
    """Set a new password for USERNAME; open sessions of the account end."""
    with open_session() as session:
        account = store.by_username(session, username)
        if account is None:
            raise NotFound(N_("没有账号 {username}"), username=username)
        actions.set_password(session, account.id, password)
        click.echo(say(N_("账号 {username} 的密码已重设"), username=username))


@group.command(help=N_("补建缺少的演示账号并列出；能从其他机器访问的安装不提供。"))
@click.option("--print", "show", is_flag=True, help=N_("只列出，不补建。"))
@with_appcontext
def demo(show: bool) -> None:
    """Create the demo accounts that are missing, and print them; refused where the portal is not local."""
    config = services().config
    if not config.demo_accounts:
        click.echo(say(N_("这里不提供演示账号")))
        _ask_for_the_first()
        return
    with open_session() as session:
        if not show:
            actions.ensure_demo(session, config.secret_key)
        found = [account for account, _ in store.everyone(session) if account.demo and account.active]
    password = actions.demo_password(config.secret_key)
    strange = [account for account in found if not actions.opens(account, password)]
    for account in found:
        shown = say(N_("（另有密码）")) if account in strange else password
        click.echo(f"  {account.username:<14} {shown}  {account_name(account.display_name, say)}")
    if strange:
        click.echo(
            say(
                N_(
                    "（另有密码）：来自备份，或已重设；请用原来的密码，"
                    "或运行 ./run portal accounts password 用户名"
                )
            )
        )


def _ask_for_the_first() -> None:
    """Say how to make the first account, where nobody could log in."""
    with open_session() as session:
        if any(account.active and not account.demo for account, _ in store.everyone(session)):
            return
    click.echo(
        say(
            N_("还没有账号，请在另一个窗口建第一个：./run portal accounts create 用户名 --role administrator")
        )
    )
