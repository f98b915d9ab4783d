"""A sign of life while a command works: each second on a terminal, a line each five seconds elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SECONDS = 5.0


@contextmanager
def ticking(title: str) -> Iterator[Callable[[str], None]]:
    """Say on standard error what is worked at and for how long; yield what to call where that changes."""
    terminal = sys.stderr.isatty()
    now, began, over = [title], time.monotonic(), threading.Event()

    def tick() -> None:
        while not over.wait(1 if terminal else SECONDS):
            words = f"{now[0]} {time.monotonic() - began:.0f} s"
            click.echo(f"\r\033[K  {words}" if terminal else f"  … {words}", err=True, nl=not terminal)

    def change(to: str) -> None:
        now[0] = to

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield change
    finally:
        over.set()
        thread.join()
        clear_line()


def clear_line() -> None:
    """Take the sign of life off the terminal, where there is one, before something else is said."""
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
