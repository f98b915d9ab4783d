"""The command line ``portal …``, with a module for each subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import OperationalError

from portal.cli import accounts, database, imports, operations, policy, sample, scores
from portal.errors import N_, ConfigError, SpokenError, Unavailable


class PortalGroup(AppGroup):
    """Flask's group; an error that was foreseen ends in two plain lines, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong and what to do."""
        try:
            return super().invoke(ctx)
        except SpokenError as error:
            raise _spoken(error) from error
        except OperationalError as error:
            raise _spoken(_unavailable(error)) from error


class _WrongSetting(click.ClickException):
    exit_code = 2  # as for wrong arguments


def _unavailable(error: OperationalError) -> Unavailable:
    """Return what became of the database: it answers no more, or it answers that it cannot."""
    words = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    if words is None:
        return Unavailable(
            N_("数据库没有应答"),
            remedy=N_("请先运行 ./run，或改用 ./run portal …（会启动自带的数据库）；外部数据库请核对地址"),
        )
    return Unavailable(
        N_("数据库没有完成操作：{words}"), remedy=N_("没有写完的都已撤销；请排除原因后再试"), words=words
    )


def _spoken(error: SpokenError) -> click.ClickException:
    remedy = f"\n→ {error.remedy}" if error.remedy else ""
    kind = _WrongSetting if isinstance(error, ConfigError) else click.ClickException
    return kind(f"{error.message}{remedy}")


def make_main(create_app: Callable[[], Flask]) -> PortalGroup:
    """Return the command line; ``create_app`` is called by the commands that need the portal wired."""
    main = PortalGroup(
        "portal",
        context_settings={"obj": ScriptInfo(create_app=create_app)},
        help="物业一张图 · Wuye Atlas：建库、导入、评分、运行与维护。",
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
