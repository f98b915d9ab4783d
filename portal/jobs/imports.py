"""Files brought by the browser: looked into, then imported."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from geo.texts import Phrase
from portal.actions.imports import mending, uploads
from portal.actions.imports import preview as previews
from portal.actions.imports.files import Means, import_file
from portal.actions.imports.registry import IMPORTS
from portal.actions.transactions.commit import committed
from portal.errors import N_, NotFound
from portal.jobs.frame import Kind, Outcome, Work
from portal.models import Upload
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.terms import Subject


def look_into(work: Work) -> Outcome:
    """Look into a file, try the import without keeping anything, and keep what it would do."""
    upload, means = _upload(work), _means(work)
    folder = work.services.config.instance_dir
    document = previews.preview(
        work.session,
        uploads.path_of(folder, upload.id),
        upload.file_name,
        upload.said,
        means,
        upload.user_id,
        step=work.say,
        wait=lambda: work.say(N_("等待另一个导入或评分计算结束")),
    )
    previews.write_preview(uploads.preview_of(folder, upload.id), document)
    with committed(work.session):
        _upload(work).said = document["said"]
    return Outcome(
        Phrase(N_("{file} 可以预览了"), file=upload.file_name), "imports.upload", {"number": str(upload.id)}
    )


def bring_in(work: Work) -> Outcome:
    """Import a file as its preview showed it."""
    upload, means = _upload(work), _means(work)
    folder = work.services.config.instance_dir
    wanted = previews.wanted_import(
        upload.said, uploads.path_of(folder, upload.id), upload.file_name, upload.user_id
    )
    # A run that is killed leaves files under this number, which the next one writes anew.
    wanted = replace(wanted, run_id=upload.id)
    outcome, _ = import_file(
        work.session,
        wanted,
        means,
        step=work.say,
        wait=lambda: work.say(N_("等待另一个导入或评分计算结束")),
    )
    with committed(work.session):
        done = _upload(work)
        done.import_run_id = outcome.run_id
        _remember(work, done)
    if not IMPORTS[wanted.subject].osm and outcome.counts["rejected"]:
        mapping = wanted.mapping if isinstance(wanted.mapping, ReadMapping) else None
        mending.write_refused(
            mending.path_of(means.rejects_dir, outcome.run_id),
            wanted.path,
            IMPORTS[wanted.subject].contract,
            outcome.remarks,
            means.limits,
            mapping,
        )
    counts = {key: outcome.counts[key] for key in ("new", "changed", "unchanged", "rejected")}
    said = Phrase(N_("新增 {new:,}，变更 {changed:,}，未变 {unchanged:,}，未导入 {rejected:,}"), **counts)
    return Outcome(said, "imports.run", {"number": str(outcome.run_id)}, counts)


def _upload(work: Work) -> Upload:
    upload = work.session.get(Upload, UUID(work.arguments["upload"]))
    if upload is None:
        raise NotFound(N_("没有这个文件"), remedy=N_("请重新选择文件"))
    return upload


def _means(work: Work) -> Means:
    services = work.services
    return Means(
        services.city(work.session),
        services.cipher,
        ReadLimits.from_config(services.config),
        services.config.instance_dir / uploads.RUNS_FOLDER,
    )


def _remember(work: Work, upload: Upload) -> None:
    shown = previews.load_preview(uploads.preview_of(work.services.config.instance_dir, upload.id))
    if shown is None or not shown["survey"]:
        return
    shape = uploads.shape_of([column["header"] for column in shown["survey"]["columns"]])
    reading = {key: upload.said[key] for key in ("columns", "time_format") if upload.said.get(key)}
    uploads.remember(work.session, Subject(upload.said["subject"]), shape, reading, upload.user_id)


PREVIEW = Kind(code="preview", name=N_("查看文件"), queue="imports", limit=5, body=look_into)
IMPORT = Kind(code="import", name=N_("导入文件"), queue="imports", limit=5, body=bring_in)
