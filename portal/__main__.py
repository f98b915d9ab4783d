"""``python -m portal …``: the command line."""

from __future__ import annotations

from flask import Flask

from portal.cli import make_main


def _create_app() -> Flask:
    from portal.app import create_app  # imported by the commands that need it: it costs a second

    return create_app()


main = make_main(_create_app)

if __name__ == "__main__":
    main(prog_name="portal")
