"""Files brought by the browser: sent, looked into, changed in meaning, imported or discarded."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo.datums.crs import Datum
from portal.access import Permission
from portal.actions.imports import mending, uploads
from portal.actions.imports.preview import load_preview, read_mapping
from portal.actions.imports.registry import IMPORTS
from portal.actions.imports.undo import undo_import
from portal.actions.imports.words import FIELDS, MAIN_COUNTS, count_order
from portal.documents.templates import write_template
from portal.errors import N_, P_, BadRequest, NotFound, SpokenError
from portal.jobs.imports import IMPORT, PREVIEW
from portal.models import Job, Upload
from portal.models.base import unpack
from portal.store.imports import holdings
from portal.store.imports import runs as import_runs
from portal.terms import JobState, Subject
from portal.views.imports import blueprint, words
from portal.views.imports.runs import datum_name
from portal.web import context, downloads
from portal.web.guard import needs
from portal.web.sizes import takes, takes_whole_file

MOST_TEXT = 80
COORDINATES = ("lon", "lat")
# Half of a character, which JSON can hold and UTF-8 cannot.
_LONE = re.compile("[\ud800-\udfff]")
ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED)


@blueprint.get("/data/import")
@needs(Permission.IMPORT)
def bring() -> ResponseReturnValue:
    """Show what may be brought, in which order, the templates, and the own files that wait."""
    session = context.session()
    held = holdings.count(session, None, {key: entry.model for key, entry in IMPORTS.items()}).rows
    return render_template(
        "imports/bring.html",
        entries=[(entry, held[key]) for key, entry in IMPORTS.items() if entry.part_of is None],
        evidence=[(entry, held[key]) for key, entry in IMPORTS.items() if entry.part_of is not None],
        waiting=uploads.waiting(session, context.viewer().user_id),
        limit_mb=context.services().config.max_upload_mb,
        piece_bytes=uploads.PIECE_BYTES // 2,
        needs_of=lambda entry: context.enumerated(map(words.name_subject, entry.needs)) or "—",
        words=words,
    )


@blueprint.post("/data/import")
@needs(Permission.IMPORT)
@takes_whole_file
def bring_whole() -> ResponseReturnValue:
    """Take a whole file from a form, where no script sends it in pieces."""
    config, user_id = context.services().config, context.viewer().user_id
    given = request.files.get("file")
    if given is None or not given.filename:
        raise BadRequest(N_("file：没有选择文件"), remedy=N_("请选择一个文件"))
    size = given.stream.seek(0, 2)
    given.stream.seek(0)
    number = uploads.begin(context.session(), user_id, given.filename, size, config.max_upload_mb)
    offset = 0
    with closing(given):
        while piece := given.stream.read(uploads.PIECE_BYTES):
            offset = uploads.receive(context.session(), config.instance_dir, number, user_id, offset, piece)
    uploads.look_into(context.session(), PREVIEW, number, user_id, {})
    return redirect(url_for(".upload", number=number), 303)


@blueprint.post("/data/uploads")
@needs(Permission.IMPORT)
def begin_upload() -> ResponseReturnValue:
    """Announce a file that is going to be sent in pieces; answer with its address."""
    said = request.get_json(silent=True)
    name, size = (said.get("name", ""), said.get("size")) if isinstance(said, dict) else ("", None)
    if type(size) is not int or not isinstance(name, str) or _LONE.search(name):
        raise BadRequest(N_("file：没有选择文件"), remedy=N_("请选择一个文件"))
    number = uploads.begin(
        context.session(),
        context.viewer().user_id,
        name,
        size,
        context.services().config.max_upload_mb,
    )
    return jsonify(url=url_for(".upload", number=number), received=0), 201


@blueprint.put("/data/uploads/<uuid:number>")
@needs(Permission.IMPORT)
@takes(uploads.PIECE_BYTES)
def send_piece(number: UUID) -> ResponseReturnValue:
    """Append a piece of a file, which begins at ``offset``; answer with how many bytes there are."""
    offset = request.args.get("offset", type=int)
    if offset is None or offset < 0:
        raise BadRequest(N_("offset：应是不小于 0 的整数"), remedy=N_("请重新选择文件"))
    received = uploads.receive(
        context.session(),
        context.services().config.instance_dir,
        number,
        context.viewer().user_id,
        offset,
        request.get_data(),
    )
    return jsonify(received=received)


@blueprint.get("/data/uploads/<uuid:number>/received")
@needs(Permission.IMPORT)
def received(number: UUID) -> ResponseReturnValue:
    """Answer with how many bytes of a file there are: from there a broken sending goes on."""
    return jsonify(received=_own(number).received)


@blueprint.get("/data/uploads/<uuid:number>")
@needs(Permission.IMPORT)
def upload(number: UUID) -> ResponseReturnValue:
    """Show a file as far as it has come: sent, looked into, or its preview."""
    found = _own(number)
    if found.import_run_id is not None:
        return redirect(url_for(".run", number=found.import_run_id))
    part = request.headers.get("X-Part") == "progress"
    return render_template("imports/_upload.html" if part else "imports/upload.html", **_shown(found))


@blueprint.post("/data/uploads/<uuid:number>/look")
@needs(Permission.IMPORT)
def look(number: UUID) -> ResponseReturnValue:
    """Look into a file, read as the form says."""
    found = _own(number)
    said = _said(found) if "subject" in request.form else {}
    uploads.look_into(context.session(), PREVIEW, number, context.viewer().user_id, said)
    return redirect(url_for(".upload", number=number), 303)


@blueprint.post("/data/uploads/<uuid:number>/confirm")
@needs(Permission.IMPORT)
def confirm(number: UUID) -> ResponseReturnValue:
    """Import a file as its preview shows it, where all that this asks is answered with yes."""
    found = _own(number)
    shown = load_preview(uploads.preview_of(context.services().config.instance_dir, found.id)) or {}
    accepted = set(request.form.getlist("accept"))
    asked = (shown.get("outcome") or {}).get("questions", [])
    if any(question["code"] not in accepted for question in asked):
        flash(context.say(N_("请先核对预览中提出的问题，逐个勾选，再确认导入")), "error")
        return redirect(url_for(".upload", number=number), 303)
    uploads.confirm(context.session(), IMPORT, number, context.viewer().user_id, accepted)
    return redirect(url_for(".upload", number=number), 303)


@blueprint.post("/data/uploads/<uuid:number>/discard")
@needs(Permission.IMPORT)
def discard(number: UUID) -> ResponseReturnValue:
    """Forget a file that is not to be imported."""
    folder = context.services().config.instance_dir
    uploads.discard(context.session(), folder, number, context.viewer().user_id)
    flash(context.say(N_("文件已放弃，没有导入任何内容")))
    return redirect(url_for(".bring"), 303)


@blueprint.post("/data/imports/<uuid:number>/undo")
@needs(Permission.IMPORT)
def undo(number: UUID) -> ResponseReturnValue:
    """Take a whole import back."""
    try:
        taken = undo_import(context.session(), number, context.viewer().user_id)
    except SpokenError as error:
        context.roll_back()
        flash(context.say(error.msgid, **error.params) + " " + context.say(error.remedy_msgid), "error")
    else:
        n = sum(taken.rows.values())
        flash(context.say(P_("导入已撤销，{n:,} 行恢复原状"), n=n))
    return redirect(url_for(".run", number=number), 303)


@blueprint.get("/data/templates/<subject>.xlsx")
@needs(Permission.IMPORT)
def template(subject: str) -> ResponseReturnValue:
    """Answer with a workbook to fill in: headers, an example, and a sheet that explains."""
    entry = IMPORTS.get(subject)  # type: ignore[call-overload]
    if entry is None or not entry.has_template:
        raise BadRequest(N_("这类资料没有模板"), remedy=N_("请从导入页面下载模板"))
    name = f"{context.say(entry.name)}.xlsx"
    return downloads.offer(write_template(entry.contract, context.say), downloads.CONTENT_TYPES["xlsx"], name)


@blueprint.get("/data/imports/<uuid:number>/to-mend.csv")
@needs(Permission.IMPORT)
def to_mend(number: UUID) -> ResponseReturnValue:
    """Answer who brought a file with its refused rows as they stood there, why, and what to do."""
    run, _ = import_runs.one(context.session(), number)
    path = mending.path_of(context.services().config.instance_dir / uploads.RUNS_FOLDER, number)
    if run.user_id != context.viewer().user_id or not path.is_file():
        raise NotFound(N_("没有可以改正的行"), remedy=N_("只有导入这个文件的人能取回"))
    name = f"{PurePath(run.file_name).stem}-{context.say(N_('未导入'))}.csv"
    return downloads.offer(path.read_bytes(), downloads.CONTENT_TYPES["csv"], name)


def _own(number: UUID) -> Upload:
    return uploads.own(context.session(), number, context.viewer().user_id)


def _shown(found: Upload) -> dict[str, Any]:
    job = None if found.job_id is None else context.session().get(Job, found.job_id)
    folder = context.services().config.instance_dir
    shown = load_preview(uploads.preview_of(folder, found.id))
    running = job is not None and job.state in ("waiting", "running", "cancelling")
    outcome = (shown or {}).get("outcome") or {}
    counts = dict(outcome.get("counts", {}))
    return {
        "upload": found,
        "job": job,
        "running": running,
        "ended_badly": job is not None and job.state in ENDED_BADLY,
        "shown": None if running else shown,
        "outcome": outcome,
        "main_counts": [(key, counts.pop(key)) for key in MAIN_COUNTS if key in counts],
        "counts": {key: counts[key] for key in sorted(counts, key=count_order)},
        "entries": IMPORTS,
        "fields": _fields(found, shown),
        "datums": [(datum.value, datum.label) for datum in Datum],
        "datum_name": datum_name,
        "say_kept": lambda packed: "" if packed is None else context.say(unpack(packed)),
        "field_names": FIELDS,
        "words": words,
    }


def _fields(found: Upload, shown: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Return the fields that a column may be read as, with their names."""
    subject = ((shown or {}).get("said") or found.said).get("subject")
    if subject not in IMPORTS:
        return []
    entry = IMPORTS[Subject(subject)]
    # Columns of coordinates become geometry, and are no columns of the frame.
    names = [
        *(column.name for column in entry.contract.columns),
        *(COORDINATES if entry.has_geometry else ()),
    ]
    return [(name, FIELDS.get(name, name)) for name in names]


def _said(found: Upload) -> dict[str, Any]:
    """Return what the form says of a file; columns count only for the subject that they were shown for."""
    form, folder = request.form, context.services().config.instance_dir
    subject = form.get("subject", "")
    if subject not in IMPORTS:
        raise BadRequest(N_("subject：没有这类资料"), remedy=N_("请从列表中选择"))
    shown = load_preview(uploads.preview_of(folder, found.id)) or {}
    said: dict[str, Any] = {"subject": subject}
    for name in ("source", "datum", "layer", "time_format"):
        if text := form.get(name, "").strip()[:MOST_TEXT]:
            said[name] = text
    if form.get("accept_datum"):
        said["accept_datum"] = True
    if (row := form.get("header_row", type=int)) is not None:
        said["header_row"] = row
    survey = shown.get("survey")
    if survey and form.get("shown_subject") == subject:
        columns: dict[str, str] = {}
        for at, column in enumerate(survey["columns"]):
            chosen = form.get(f"column-{at}")
            if chosen is not None and chosen != column["fields"].get(subject, ""):
                columns[column["header"]] = chosen
        if columns:
            said["columns"] = columns
    if not IMPORTS[Subject(subject)].osm:
        read_mapping(said, Subject(subject))  # refuses fields that there are not
    return said
