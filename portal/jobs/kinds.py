"""Every kind of job: one entry a kind. How a body is written stands in `portal.jobs.frame`."""

from __future__ import annotations

from portal.errors import N_
from portal.jobs import imports, scores
from portal.jobs.frame import Kind

SCORING = Kind(
    code="scoring", name=N_("重新计算评分"), queue="scores", limit=1, joins=True, body=scores.compute
)

PREVIEW = Kind(code="preview", name=N_("查看文件"), queue="imports", limit=5, body=imports.look_into)
IMPORT = Kind(code="import", name=N_("导入文件"), queue="imports", limit=5, body=imports.bring_in)

KINDS: dict[str, Kind] = {kind.code: kind for kind in (SCORING, PREVIEW, IMPORT)}
