"""The registry of kinds."""

from __future__ import annotations

from portal.jobs.kinds import KINDS
from portal.jobs.worker import HOUSEKEEPING


def test_kinds_stand_under_their_code_in_a_queue_of_their_own() -> None:
    assert {kind.code for kind in KINDS.values()} == set(KINDS)
    for kind in KINDS.values():
        assert kind.queue != HOUSEKEEPING
        assert kind.limit >= 1
        assert kind.name
