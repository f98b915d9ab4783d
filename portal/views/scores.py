"""Scores computed anew, when somebody asks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions.operations import jobs
from portal.errors import N_
from portal.jobs.scores import SCORING
from portal.web import context
from portal.web.guard import needs

blueprint = Blueprint("scores", __name__)


@blueprint.post("/scores")
@needs(Permission.COMPUTE_SCORES)
def compute() -> ResponseReturnValue:
    """Begin a scoring, and show it among the jobs."""
    jobs.begin(context.session(), SCORING, context.viewer().user_id)
    flash(context.say(N_("评分将在后台重新计算")))
    return redirect(url_for("operations.jobs"), 303)
