"""``python -m portal …``: the command line."""

from __future__ import annotations

import os

from flask import Flask

from portal.cli import make_main
from portal.cli.speech import language_of, teach_click, translator
from portal.config import instance_of

# As ./run knows it: a module's name would be no command that people can type.
NAME = "./run portal"


def _create_app() -> Flask:
    from portal.app import create_app  # imported by the commands that need it: it costs a second

    return create_app()


LANGUAGE, INSTANCE = language_of(os.environ), instance_of(os.environ)
main = make_main(_create_app, translator(LANGUAGE, INSTANCE))


def run(arguments: list[str] | None = None, *, standalone: bool = True) -> None:
    """Run one command, as whoever typed ``./run portal``."""
    main(arguments, prog_name=NAME, standalone_mode=standalone)


if __name__ == "__main__":
    teach_click(LANGUAGE, INSTANCE)
    run()
