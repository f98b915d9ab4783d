"""``python -m portal.cluster``: the embedded cluster by hand."""

from __future__ import annotations

import argparse
import logging
import os
import sys

import psycopg

from portal.cluster.databases import (
    admin_url,
    check_server,
    ensure_database,
    has_guests,
    owner_url,
    portal_url,
)
from portal.cluster.place import Place, load_state, main_place, test_place
from portal.cluster.server import guard, is_running, start, stop
from portal.config import Config
from portal.errors import PortalError

NOT_RUNNING = 3


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m portal.cluster",
        description="The private PostGIS cluster under the instance folder. ./run does all this by itself.",
    )
    parser.add_argument("--test", action="store_true", help="the throw-away cluster of the tests")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start it, made first when there is none, with the city's database")
    commands.add_parser("stop", help="stop it")
    commands.add_parser("leave", help="stop it, unless somebody else works with it, who then stops it")
    commands.add_parser("guard", help="start it where it does not run, and wait until it ends")
    commands.add_parser("status", help=f"say whether it runs (exit {NOT_RUNNING} when it does not)")
    commands.add_parser("check", help="check the PostGIS that PORTAL_DATABASE_URL names")
    url = commands.add_parser("url", help="print a URL, password included")
    url.add_argument("--role", choices=("portal", "owner", "admin"), default="portal")
    for command in commands.choices.values():
        command.add_argument("--test", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        command.add_argument("--city", help="code of the city (default: PORTAL_CITY, or sample)")
    return parser


def main(arguments: list[str]) -> int:
    """Carry out one command; return the exit code."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    try:
        config = Config.from_environ(os.environ)
        place = test_place(config.instance_dir) if options.test else main_place(config.instance_dir)
        return _carry_out(options, config, place, options.city or config.city)
    except PortalError as error:
        sys.stderr.write(f"{error.message}\n{error.remedy}\n")
    except (OSError, psycopg.Error) as error:  # a full disk, a folder of somebody else's
        sys.stderr.write(f"{str(error).strip()}\n")
    return 1


def _carry_out(options: argparse.Namespace, config: Config, place: Place, city: str) -> int:
    match options.command:
        case "start":
            started = start(place, tell=lambda words: _say(f"! {words}"))
            if ensure_database(place, city):
                _say(f"made the database of {city}")
            state = load_state(place)
            _say(f"{'started' if started else 'running already'}, in {state.home if state else ''}")
        case "stop":
            _say("stopped" if stop(place) else "was not running")
        case "guard":
            guard(place, tell=_say)
            _say("the server ended")
        case "leave":
            _say(_leave(place))
        case "status":
            state = load_state(place)
            running = is_running(place)
            _say(f"running on port {state.port}, in {state.home}" if state and running else "not running")
            return 0 if running else NOT_RUNNING
        case "check":
            check_server(config)
        case "url":
            urls = {"portal": portal_url, "owner": owner_url}
            _say(urls[options.role](place, city) if options.role in urls else admin_url(place))
    return 0


def _leave(place: Place) -> str:
    if is_running(place) and has_guests(place):
        place.left_file.touch()
        return "left running: somebody else works with it"
    place.left_file.unlink(missing_ok=True)
    return "stopped" if stop(place) else "was not running"


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
