"""Check the settings of the environment before ``./run`` does anything by them.

Exit code 2, and on standard error what is wrong with which variable and what to do.
A name that is no setting is said, and passed over: it may be somebody else's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from geo.errors import PolicyError
from portal.config import Config, variables
from portal.errors import ConfigError

PMTILES = b"PMTiles\x03"
# Read by tests/conftest.py.
OF_TESTS = "PORTAL_TEST_DATABASE_URL"


def check_files(config: Config, environ: Mapping[str, str]) -> None:
    """Look into the files that the settings name.

    Raises
    ------
    ConfigError
        One is not what it should be.
    """
    if environ.get("PORTAL_POLICY", "").strip():
        _check_policy(config.policy_path)
    if config.pmtiles_path is not None:
        with config.pmtiles_path.open("rb") as file:
            if file.read(len(PMTILES)) != PMTILES:
                raise ConfigError(
                    f"PORTAL_PMTILES names {config.pmtiles_path}, which is no PMTiles file of version 3",
                    remedy="Cut one from a build of Protomaps: pmtiles extract.",
                )


def _check_policy(path: Path) -> None:
    from geo.policy.city import parse_city_toml  # costs as much as all the rest

    try:
        parse_city_toml(path.read_text("utf-8"))
    except PolicyError as error:
        said, remedy = error.message, error.remedy
    except (OSError, UnicodeDecodeError):
        said, remedy = "not a text in UTF-8", ""
    else:
        return
    raise ConfigError(
        f"PORTAL_POLICY names {path}, which is no policy: {said}", remedy=remedy or "Compare data/city.toml."
    )


def strange_names(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what to say of each variable that looks like a setting and is none."""
    known = {*variables().values(), OF_TESTS}
    for name in sorted(environ):
        if name.startswith("PORTAL_") and name not in known:
            near = get_close_matches(name[7:], [setting[7:] for setting in known], 1)
            meant = f"did you mean PORTAL_{near[0]}?" if near else "docs/settings.md lists them."
            yield f"{name} is no setting and does nothing: {meant}"


def main() -> int:
    """Check the environment: 0, or 2 and what is wrong on standard error."""
    for words in strange_names(os.environ):
        sys.stderr.write(f"! {words}\n")
    try:
        check_files(Config.from_environ(os.environ), os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error.message}\n  {error.remedy}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
