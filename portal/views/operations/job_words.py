"""What the pages of jobs call things: kinds, states, how long it takes."""

from __future__ import annotations

from datetime import datetime

from portal.errors import N_
from portal.jobs.kinds import KINDS
from portal.models import Job
from portal.terms import JobState
from portal.web import context

STATES = {
    JobState.WAITING: N_("等待中"),
    JobState.RUNNING: N_("运行中"),
    JobState.CANCELLING: N_("正在取消"),
    JobState.CANCELLED: N_("已取消"),
    JobState.DONE: N_("已完成"),
    JobState.FAILED: N_("失败"),
    JobState.INTERRUPTED: N_("已中断"),
}
# Before that a guess says nothing.
_TELLING_S = 2


def name_kind(code: str) -> str:
    """Return what a kind of job is called; its code where this version of the portal has none such."""
    return context.say(KINDS[code].name) if code in KINDS else code


def name_state(state: str) -> str:
    """Return where a job stands."""
    return context.say(STATES[JobState(state)])


def remaining_s(job: Job, now: datetime) -> float | None:
    """Return how long the step that runs will take at its pace so far; None where nobody can tell."""
    if job.state != JobState.RUNNING or not job.done or job.total is None or job.step_at is None:
        return None
    elapsed_s = (now - job.step_at).total_seconds()
    return None if elapsed_s < _TELLING_S else elapsed_s * (job.total - job.done) / job.done


def say_remaining(job: Job, now: datetime) -> str:
    """Return the remaining time in words, "" where nobody can tell."""
    seconds = remaining_s(job, now)
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return context.say(N_("剩余不到 1 分钟"))
    if minutes < 60:
        return context.say(N_("约剩 {n} 分钟"), n=minutes)
    return context.say(N_("约剩 {hours} 小时 {n} 分钟"), hours=minutes // 60, n=minutes % 60)
