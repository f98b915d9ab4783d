"""What commands share: the wired services and a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click
from flask import current_app
from sqlalchemy.orm import Session

from portal.cli.speech import say
from portal.cli.ticking import clear_line
from portal.errors import N_
from portal.services import Services


def services() -> Services:
    """Return what the application was wired with."""
    return cast(Services, current_app.extensions["atlas"])


@contextmanager
def open_session() -> Iterator[Session]:
    """Open a session for one command; its connections close with it."""
    wired = services()
    try:
        with wired.sessions() as session:
            yield session
    finally:
        wired.engine.dispose()


def wait() -> None:
    """Say that another import, or a scoring, has to finish first."""
    clear_line()
    click.echo(say(N_("另一个导入或评分计算正在进行，等待其完成……")), err=True)
