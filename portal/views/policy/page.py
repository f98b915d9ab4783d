"""The policy's page: every key with what it means, what a change would do, and then its saving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo.policy.catalogue import GROUPS, only_known, title_of
from geo.policy.city import parse_city
from geo.policy.differences import arranged
from geo.policy.toml import write_toml
from portal.access import Permission
from portal.actions.policy import consequences, read, versions, words
from portal.actions.policy.consequences import Consequences
from portal.actions.policy.versions import REASON_CHARACTERS, Why
from portal.errors import N_, BadRequest, Conflict, SpokenError
from portal.labels import band_name
from portal.store import policy as policy_store
from portal.views.policy import blueprint, fields
from portal.views.policy.fields import PolicyForm
from portal.web import context
from portal.web.guard import needs

SAVE, BACK = "save", "back"


@dataclass(frozen=True)
class Wanted:
    """A policy that somebody wants: from which day, begun at which newest version, of which earlier one."""

    document: Mapping[str, Any]
    day: date
    newest: int
    again: int | None = None

    def why(self, reason: str = "") -> Why:
        """Return who wants it, and why."""
        return Why(context.viewer().user_id, reason, self.newest, self.again)


@blueprint.get("/administration/policy")
@needs(Permission.EDIT_POLICY)
def page() -> ResponseReturnValue:
    """Show every key of the policy as fields of a form."""
    return show_form(_as_it_is())


@blueprint.post("/administration/policy")
@needs(Permission.EDIT_POLICY)
def change() -> ResponseReturnValue:
    """Show what the form would do; save it once that has been seen."""
    wanted, wrong = _as_it_is(), None
    try:
        wanted, wrong = _sent()
        if wrong:
            raise wrong
        if request.form.get("step") == BACK:
            return show_form(wanted)
        versions.check_day(context.session(), wanted.day)
        foreseen = consequences.foresee(context.session(), wanted.document, wanted.day, wanted.why())
    except Conflict as error:
        return show_form(_brought_up_to_date(wanted), error)
    except SpokenError as error:
        return show_form(wanted, error)
    return _save(wanted, foreseen) if request.form.get("step") == SAVE else show_preview(wanted, foreseen)


def show_form(wanted: Wanted, error: SpokenError | None = None) -> ResponseReturnValue:
    """Show the fields of a policy, with what is wrong."""
    form = PolicyForm(values=fields.spell(wanted.document))
    if error is not None:
        form = form.with_mistake(error)
    in_force = policy_store.in_force(policy_store.policies(context.session()), context.today())
    shipped = shipped_policy()
    page = render_template(
        "policy/page.html",
        groups=GROUPS,
        form=form,
        wanted=wanted,
        in_force=in_force,
        today=context.today(),
        shipped=fields.spell(shipped),
        shipped_toml=lambda key: write_toml(_nested(key.path, shipped)),
        layout=fields.layout,
        names_of=lambda key: _names(key.path, form.values),
        numbers_of=lambda key: _numbers(key.path, form.values),
        blanks=fields.BLANKS,
    )
    return page, form.status


def show_preview(
    wanted: Wanted, foreseen: Consequences, form: PolicyForm | None = None
) -> ResponseReturnValue:
    """Show what a policy would do, and ask for the reason."""
    form = form or PolicyForm(values={"reason": ""})
    language, city = context.language(), parse_city(wanted.document)

    def grade(code: str | None) -> str:
        return band_name(code, city, language, context.say) if code else "—"

    page = render_template(
        "policy/preview.html",
        form=form,
        wanted=wanted,
        foreseen=foreseen,
        document=orjson.dumps(wanted.document).decode(),
        told=list(words.tell(foreseen)),
        words=words,
        title_of=title_of,
        grade=grade,
        most_reason=REASON_CHARACTERS,
    )
    return page, form.status


def shipped_policy() -> dict[str, Any]:
    """Return the policy that the portal came with."""
    return read(context.services().config.policy_path)


def in_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored document in the order of the one that the portal came with."""
    found: dict[str, Any] = arranged(only_known(document), shipped_policy())
    return found


def begin_day() -> date:
    """Return from which day a change can be in force: today, or when the last scheduled version begins."""
    kept = policy_store.policies(context.session())
    return max([context.today(), *(version.effective_from for version in kept)])


def _save(wanted: Wanted, foreseen: Consequences) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        number = versions.save(context.session(), wanted.document, wanted.day, wanted.why(reason))
    except BadRequest as error:
        form = PolicyForm(values={"reason": reason}).with_mistake(error)
        return show_preview(wanted, foreseen, form)
    except Conflict as error:
        return show_form(_brought_up_to_date(wanted), error)
    except SpokenError as error:
        return show_form(wanted, error)
    flash(context.say(N_("城市政策第 {version} 版自 {day} 起生效"), version=number, day=wanted.day))
    return redirect(url_for(".page"), 303)


def _brought_up_to_date(wanted: Wanted) -> Wanted:
    """Return what is wanted on top of the newest version: what others have changed meanwhile stays."""
    session, now = context.session(), _as_it_is()
    if wanted.newest == now.newest or wanted.again is not None:
        return wanted
    known = policy_store.policies(session, up_to=wanted.newest)
    begun = policy_store.in_force(known, wanted.day).document
    return Wanted(fields.merged(wanted.document, begun, now.document), max(wanted.day, now.day), now.newest)


def _as_it_is() -> Wanted:
    """Return the policy in force today; where later ones are scheduled, the last of them."""
    session, day = context.session(), begin_day()
    kept = policy_store.in_force(policy_store.policies(session), day)
    return Wanted(in_order(kept.document), day, policy_store.newest(session))


def _sent() -> tuple[Wanted, SpokenError | None]:
    """Return the policy that was sent, as fields or as a document that has been seen, and what is wrong."""
    form, now = request.form, _as_it_is()
    newest = form.get("newest", type=int) or now.newest
    try:
        day = date.fromisoformat(form.get("effective_from", ""))
    except ValueError:
        day = None
    wrong: SpokenError | None = None
    if day is None:
        wrong = BadRequest(N_("effective_from：请填写日期"), remedy=N_("例如 {day}"), day=now.day.isoformat())
    if "document" in form:
        try:
            document = orjson.loads(form["document"])
            fields.spell(document)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRequest(N_("送来的内容不完整"), remedy=N_("请重新打开城市政策，再改一次")) from error
    else:
        document, unread = fields.read(form, now.document)
        wrong = wrong or unread
    return Wanted(document, day or now.day, newest, form.get("again", type=int)), wrong


def _names(path: str, values: Mapping[str, str]) -> list[str]:
    """Return the names of a table's fields."""
    return [name for name in values if name.startswith(f"{path}.")]


def _numbers(path: str, values: Mapping[str, str]) -> list[int]:
    """Return the numbers of rows that have fields."""
    rest = (name.removeprefix(f"{path}.").split(".")[0] for name in _names(path, values))
    return sorted({int(number) for number in rest})


def _nested(path: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a document at a path, in its tables."""
    key, *below = path.split(".")
    return {key: _nested(".".join(below), document[key]) if below else document[key]}
