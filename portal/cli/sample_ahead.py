"""Make the sample city of the policy's file ahead of loading it, while `./run` sets other things up.

What is made is kept in the instance folder, under a lock as long as it is being made, so that
who wants to load it can wait for it: `take`.
"""

from __future__ import annotations

import fcntl
import os
import pickle
from pathlib import Path
from typing import BinaryIO

from geo.policy.city import City, parse_city_toml
from geo.sample import SampleCity, make_sample
from portal.config import Config

NAME = "sample.made"


def main() -> None:
    """Make it, unless the policy is that of a real city."""
    config = Config.from_environ(os.environ)
    with _open(config.instance_dir, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        city = parse_city_toml(config.policy_path.read_text("utf-8"))
        if city.fictional:
            pickle.dump((city, make_sample(city)), file, protocol=pickle.HIGHEST_PROTOCOL)


def take(folder: Path, city: City) -> SampleCity | None:
    """Return the city that was made ahead and delete its file; None where there is none of this policy.

    Parameters
    ----------
    folder
        The instance folder; nobody else can write there, so what is unpickled is our own.
    city
        The policy wanted.
    """
    try:
        with _open(folder, os.O_RDONLY, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            policy, made = pickle.load(file)  # noqa: S301 - our own file, written by `main`
    except (
        OSError,
        EOFError,
        pickle.UnpicklingError,
        AttributeError,
        ImportError,
    ):  # none, cut short, outdated
        return None
    finally:
        (folder / NAME).unlink(missing_ok=True)
    return made if policy == city and isinstance(made, SampleCity) else None


def _open(folder: Path, flags: int, mode: str) -> BinaryIO:
    return os.fdopen(os.open(folder / NAME, flags | os.O_NOFOLLOW, 0o600), mode)  # type: ignore[return-value]


if __name__ == "__main__":
    main()
