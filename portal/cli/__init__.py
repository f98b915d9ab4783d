"""The command line ``./run portal …``, with a module for each subject."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any, cast

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from psycopg.errors import AdminShutdown, CannotConnectNow, CrashShutdown, DiskFull
from sqlalchemy.exc import OperationalError

from geo.texts import Phrase
from portal.cli import accounts, database, imports, operations, policy, sample, scores, speech
from portal.errors import N_, ConfigError, FileRefused, SpokenError, Unavailable

_GOING = (AdminShutdown, CannotConnectNow, CrashShutdown)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class PortalGroup(AppGroup):
    """Flask's group; an error that was foreseen ends in two plain lines, not in a traceback."""

    translate: speech.Translate

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong and what to do."""
        try:
            return super().invoke(ctx)
        except SpokenError as error:
            raise _spoken(error) from error
        except OperationalError as error:
            raise _spoken(_unavailable(error)) from error
        except OSError as error:
            raise _spoken(_refused(error)) from error


class _WrongSetting(click.ClickException):
    exit_code = 2  # as for wrong arguments


def _unavailable(error: OperationalError) -> Unavailable:
    """Return what became of the database: it answers no more, or it answers that it cannot."""
    words = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    if words is None or isinstance(error.orig, _GOING):
        if os.environ.get("PORTAL_DATABASE_URL", "").strip():
            remedy = N_("请核对 PORTAL_DATABASE_URL 的地址，并确认那个数据库在运行")
        else:
            remedy = N_(
                "可能正随 ./run 停止，或刚刚中断：请等几秒，再运行同样的 ./run portal …，它会启动数据库"
            )
        return Unavailable(N_("数据库没有应答，没有写完的都已撤销"), remedy=remedy)
    if isinstance(error.orig, DiskFull):
        return Unavailable(
            N_("数据库所在的磁盘已满：{words}"),
            remedy=N_("没有写完的都已撤销；请腾出空间后再试"),
            words=words,
        )
    return Unavailable(
        N_("数据库没有完成操作：{words}"), remedy=N_("没有写完的都已撤销；请排除原因后再试"), words=words
    )


def _refused(error: OSError) -> SpokenError:
    """Return what the system would not do, in words; what is no matter of files is raised again."""
    file = error.filename
    if file is None and error.errno not in _FULL:
        raise error
    if error.errno in _FULL:
        return Unavailable(
            N_("磁盘已满，不能写入 {file}"), remedy=N_("请腾出空间后再试"), file=file or Phrase(N_("文件"))
        )
    return FileRefused(
        N_("不能读写 {file}：{words}"),
        remedy=N_("请核对路径，以及它属于哪个用户、是否只读"),
        file=file,
        words=error.strerror,
    )


def _spoken(error: SpokenError) -> click.ClickException:
    message, remedy = (speech.say(msgid, **error.params) for msgid in (error.msgid, error.remedy_msgid))
    kind = _WrongSetting if isinstance(error, ConfigError) else click.ClickException
    return kind(f"{message}\n→ {remedy}" if remedy else message)


def make_main(create_app: Callable[[], Flask], translate: speech.Translate = str) -> PortalGroup:
    """Return the command line.

    Parameters
    ----------
    create_app
        Called by the commands that need the portal wired.
    translate
        Says each marked text in the language of whoever calls.
    """
    main = PortalGroup(
        "portal",
        context_settings={"obj": ScriptInfo(create_app=create_app)},
        help=N_("物业一张图 · Wuye Atlas：建库、导入、评分、运行与维护。"),
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
    spoken = cast(PortalGroup, speech.translated(main, translate))
    spoken.translate = translate
    return spoken
