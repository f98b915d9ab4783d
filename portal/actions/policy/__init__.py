"""The city's policy: version 1 from a file, later versions effective-dated, by command line or browser."""

from __future__ import annotations

from portal.actions.policy.seeding import seed
from portal.actions.policy.versions import measure_in, read, rename, replace

__all__ = ["measure_in", "read", "rename", "replace", "seed"]
