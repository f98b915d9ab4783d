"""Imports: what was detected, what came of it, and every row that was refused, repaired or noted."""

from __future__ import annotations

from uuid import UUID

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo.datums.crs import Datum
from geo.datums.detection import spell_confidence
from portal.access import Permission
from portal.actions.imports import mending
from portal.actions.imports.uploads import RUNS_FOLDER
from portal.actions.imports.words import MAIN_COUNTS, count_order
from portal.documents.tables import Column, Table
from portal.errors import N_
from portal.models import ImportRun
from portal.store.imports import runs as import_runs
from portal.views.imports import blueprint, words
from portal.web import context, downloads
from portal.web.guard import needs
from portal.web.paging import Paging, asked_page

RUN_ROWS, REMARK_ROWS = 30, 100
COLUMNS = (
    Column("row", N_("行号")),
    Column("field", N_("字段")),
    Column("severity", N_("结果")),
    Column("reason", N_("原因")),
    Column("remedy", N_("处理办法")),
)


@blueprint.get("/data/imports")
@needs(Permission.SEE_IMPORTS)
def listed() -> ResponseReturnValue:
    """List the imports, newest first."""
    subject = request.args.get("subject", "")
    page = asked_page()
    found = import_runs.listed(context.session(), page, RUN_ROWS, subject or None)
    return render_template(
        "imports/listed.html",
        runs=found.rows,
        paging=Paging(url_for(".listed"), page, RUN_ROWS, found.total).or_last(),
        subject=subject,
        words=words,
        datum_name=datum_name,
        spell_confidence=spell_confidence,
    )


@blueprint.get("/data/imports/<uuid:number>")
@needs(Permission.SEE_IMPORTS)
def run(number: UUID) -> ResponseReturnValue:
    """Show one import: what was detected, what was counted, and its remarks by page."""
    session, page = context.session(), asked_page()
    record, user = import_runs.one(session, number)
    tally = import_runs.tally(session, number)
    severity = request.args.get("severity", "")
    severity = severity if severity in tally else ""
    total = tally[severity] if severity else sum(tally.values())
    counts, columns = dict(record.counts), record.columns
    return render_template(
        "imports/run.html",
        run=record,
        user=user,
        main_counts=[(key, counts.pop(key)) for key in MAIN_COUNTS if key in counts],
        counts={key: counts[key] for key in sorted(counts, key=count_order)},
        columns=[(header, words.name_reading(record.subject, use, field)) for header, use, field in columns],
        not_taken=sum(words.is_left_out(record.subject, use) for _, use, _ in columns),
        tally=tally,
        severity=severity,
        remarks=import_runs.remarks(session, number, severity or None, page, REMARK_ROWS),
        paging=Paging(url_for(".run", number=number), page, REMARK_ROWS, total).or_last(),
        words=words,
        datum_name=datum_name,
        spell_confidence=spell_confidence,
        mendable=_is_mendable(record),
    )


@blueprint.get("/data/imports/<uuid:number>.csv")
@needs(Permission.SEE_IMPORTS)
def remarks(number: UUID) -> Response:
    """Answer with every remark of one import as a table."""
    session = context.session()
    record, _ = import_runs.one(session, number)
    rows = (
        {
            "row": remark.row,
            "field": words.name_field(remark.field),
            "severity": words.name_severity(remark.severity),
            "reason": context.say(remark.reason),
            "remedy": context.say(remark.remedy),
        }
        for remark in import_runs.remarks(session, number)
    )
    title, city = N_("导入说明"), context.city()
    name = f"{context.say(title)}-{record.subject}-{record.at.astimezone(city.zone):%Y%m%d-%H%M}"
    return downloads.offer_table(Table(city, (name,), title, COLUMNS, rows), "csv")


def _is_mendable(run: ImportRun) -> bool:
    folder = context.services().config.instance_dir / RUNS_FOLDER
    return run.user_id == context.viewer().user_id and mending.path_of(folder, run.id).is_file()


def datum_name(datum: str | None) -> str:
    """Return the short name of a datum, a dash without one."""
    return Datum(datum).short if datum else "—"
