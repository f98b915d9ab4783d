"""Every kind of job: one entry a kind. How a body is written stands in `portal.jobs.frame`."""

from __future__ import annotations

from portal.jobs.communities import LINKING
from portal.jobs.frame import Kind
from portal.jobs.imports import IMPORT, PREVIEW
from portal.jobs.scores import SCORING

KINDS: dict[str, Kind] = {kind.code: kind for kind in (SCORING, LINKING, PREVIEW, IMPORT)}
