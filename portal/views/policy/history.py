"""The versions of the policy: who kept each, when, why, and what it changed; taken again, or as a file."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo.policy.catalogue import key_of, title_of
from geo.policy.differences import differences
from geo.policy.toml import write_toml
from portal.access import Permission
from portal.actions.policy import consequences, words
from portal.actions.policy.seeding import earlier
from portal.errors import N_, BadRequest, SpokenError
from portal.labels import city_name
from portal.models import CityPolicy
from portal.store import policy as policy_store
from portal.views.policy import blueprint
from portal.views.policy import page as pages
from portal.views.policy.page import Wanted
from portal.web import context, downloads
from portal.web.guard import needs
from portal.web.paging import Paging, asked_page

ROWS = 20
TOML = "application/toml; charset=utf-8"


@blueprint.get("/administration/policy/versions")
@needs(Permission.EDIT_POLICY)
def history() -> ResponseReturnValue:
    """List the versions, newest first."""
    session, page = context.session(), asked_page()
    found = policy_store.history(session, page, ROWS)

    def changed(kept: CityPolicy) -> list[str]:
        before = policy_store.built_on(session, kept)
        if before is None:
            return []
        told = sorted(differences(before.document, kept.document), key=consequences.place_of)
        return [context.say(words.tell_change(change)) for change in told]

    return render_template(
        "policy/history.html",
        versions=[
            (row.CityPolicy, row.Audit, row.display_name, changed(row.CityPolicy)) for row in found.rows
        ],
        in_force=policy_store.in_force(policy_store.policies(session), context.today()).version,
        today=context.today(),
        paging=Paging(url_for(".history"), page, ROWS, found.total).or_last(),
    )


@blueprint.post("/administration/policy/versions")
@needs(Permission.EDIT_POLICY)
def take_again() -> ResponseReturnValue:
    """Show what taking an earlier version again would do; it becomes a new version when that is saved."""
    session = context.session()
    number = request.form.get("version", type=int)
    if number is None:
        raise BadRequest(N_("没有说明是哪一版"), remedy=N_("请在列表中选择一版"))
    document = pages.in_order(earlier(session, number, context.services().config.policy_path))
    wanted = Wanted(document, pages.begin_day(), policy_store.newest(session), number)
    try:
        foreseen = consequences.foresee(session, document, wanted.day, wanted.why())
    except SpokenError as error:
        return pages.show_form(wanted, error)
    return pages.show_preview(wanted, foreseen)


@blueprint.get("/administration/policy.toml")
@needs(Permission.EDIT_POLICY)
def export() -> ResponseReturnValue:
    """Answer with a version as a file that `portal policy set` reads: by default the one in force."""
    session = context.session()
    number = request.args.get("version", type=int)
    kept = (
        policy_store.in_force(policy_store.policies(session), context.today())
        if number is None
        else policy_store.version(session, number)
    )
    text = write_toml(
        pages.in_order(kept.document), lambda path: context.say(title_of(path)) if key_of(path) else ""
    )
    city = city_name(context.city(), context.language())
    name = context.say(N_("{city}-政策-第{version}版.toml"), city=city, version=kept.version)
    return downloads.offer(text.encode(), TOML, name)
