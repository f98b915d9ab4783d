"""The page 任务: the viewer's jobs, the administrator's list holds everybody's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, Viewer
from portal.actions.operations import jobs as actions
from portal.errors import N_, BadRequest, NotAllowed
from portal.jobs.kinds import KINDS
from portal.models import Job
from portal.store.operations import jobs as stored
from portal.terms import JobState
from portal.views.operations import blueprint, job_words
from portal.web import context
from portal.web.guard import needs, permission_of
from portal.web.paging import Paging, asked_page

ROWS = 30


@blueprint.get("/jobs")
@needs(Permission.SEE_JOBS)
def jobs() -> ResponseReturnValue:
    """Show the jobs, newest first."""
    return render_template("operations/jobs.html", **_listed())


@blueprint.get("/jobs/list")
@needs(Permission.SEE_JOBS)
def job_list() -> ResponseReturnValue:
    """Answer with the list alone, for the page that refreshes itself."""
    return render_template("operations/_jobs.html", **_listed())


@blueprint.post("/jobs")
@needs(Permission.SEE_JOBS)
def change_job() -> ResponseReturnValue:
    """Cancel or resume the job that the button names."""
    session, viewer = context.session(), context.viewer()
    if "cancel" in request.form:
        state = actions.cancel(session, viewer, _job_id("cancel"))
        at_once = state is JobState.CANCELLED
        flash(context.say(N_("任务已取消") if at_once else N_("已请求取消，任务很快会停下")))
    else:
        job, _, _ = stored.one(session, viewer, _job_id("resume"))
        if job.kind not in KINDS:
            raise BadRequest(N_("这个任务不能重新运行"), remedy=N_("请重新发起"))
        actions.resume(session, viewer, KINDS[job.kind], job.id)
        flash(context.say(N_("任务将从头重新运行")))
    return redirect(url_for(".jobs"), 303)


def _job_id(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError as error:
        raise BadRequest(N_("没有这个任务")) from error


def _listed() -> dict[str, Any]:
    session, viewer, page = context.session(), context.viewer(), asked_page()
    found = stored.listed(session, viewer, page, ROWS)
    return {
        "jobs": found.rows,
        "unfinished": sum(row[0].state in actions.UNFINISHED for row in found.rows),
        "paging": Paging(url_for(".jobs"), page, ROWS, found.total),
        "alive": stored.worker_lives(session),
        "sees_others": viewer.may(Permission.MANAGE_JOBS) or viewer.may(Permission.SEE_IMPORTS),
        "may_cancel": lambda job: _is_own(viewer, job) and job.state in (JobState.WAITING, JobState.RUNNING),
        "may_resume": lambda job: _is_own(viewer, job) and _is_resumable(job),
        "page_of": lambda job: _page_of(viewer, job),
        "words": job_words,
    }


def _is_own(viewer: Viewer, job: Job) -> bool:
    return job.user_id == viewer.user_id or viewer.may(Permission.MANAGE_JOBS)


def _is_resumable(job: Job) -> bool:
    return job.state in actions.RESUMABLE and job.kind in KINDS and KINDS[job.kind].resumable


def _page_of(viewer: Viewer, job: Job) -> str:
    """Return the address of the page with more of what came of a job; "" where the viewer may not see it."""
    outcome = job.outcome or {}
    view = current_app.view_functions.get(outcome.get("endpoint", ""))
    if view is None:
        return ""
    try:
        permission = permission_of(view)
    except NotAllowed:
        return ""
    if permission is not None and not viewer.may(permission):
        return ""
    return url_for(outcome["endpoint"], **outcome["values"])
