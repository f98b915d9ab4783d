"""What holds for every page of the portal, in a city where each has something to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from geo.policy.city import City
from portal.access import PERMISSIONS
from portal.models import CommunityAlias, Firm
from portal.terms import Role
from portal.web.guard import permission_of
from tests.conftest import LogIn
from tests.portal import route_days, waiting_city
from tests.portal.rows import add
from tests.portal.store.imports.test_runs import add_run

# What the number in an address is of, where it is no community.
NUMBERS = {"places.street": "street", "firms.card": "firm", "imports.run": "run", "imports.remarks": "run"}
ARGUMENTS = {"routes.new": "?stops={number}", "complaints.candidates": "?community=x"}
ROLES = (Role.ADMINISTRATOR, Role.CLERK)  # between them they may open everything
VALUES = {"period": ("2025-Q3", "2025-Q2"), "category": ("lift", "repair")}
SUBMITS = "button:not([type=button]), input[type=submit], input[type=image]"


@dataclass(frozen=True)
class Portal:
    """A portal with something on every page: its rules, ids for them, a browser of each role."""

    app: Flask
    ids: dict[str, Any]
    browsers: dict[Role, FlaskClient]

    def rules(self, method: str) -> list[Rule]:
        """Return the rules that take a method, but for files that are no pages."""
        rules = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]
        return [rule for rule in rules if not rule.arguments - {"number", "route_id", "user_id"}]

    def fill(self, rule: Rule) -> str:
        """Return an address of the rule."""
        number = self.ids[NUMBERS.get(rule.endpoint, "community")]
        values = {"number": number, "route_id": self.ids["route"], "user_id": self.ids["user"]}
        wanted = {name: values[name] for name in rule.arguments}
        more = ARGUMENTS.get(rule.endpoint, "").format(number=number)
        return self.app.url_map.bind("").build(rule.endpoint, wanted) + more

    def browser(self, rule: Rule) -> FlaskClient:
        """Return a browser that may open the rule."""
        needed = permission_of(self.app.view_functions[rule.endpoint])
        roles = [role for role in ROLES if needed is None or needed in PERMISSIONS[role]]
        return self.browsers[roles[0]]

    def pages(self) -> Iterator[tuple[str, BeautifulSoup]]:
        """Yield each page with its address."""
        for rule in self.rules("GET"):
            address = self.fill(rule)
            answer = self.browser(rule).get(address, headers={"Accept": "text/html"})
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield address, BeautifulSoup(answer.text, "html.parser")

    def shown(self, rule: Rule, argument: str, value: str) -> BeautifulSoup | None:
        """Return what the drawer shows at an address with one more argument; None of other pages."""
        path, _, search = self.fill(rule).partition("?")
        asked = f"{path}?{search}&{argument}={value}"
        answer = self.browser(rule).get(asked, headers={"HX-Request": "true"})
        return BeautifulSoup(answer.text, "html.parser") if "X-Part" in answer.headers else None


@pytest.fixture
def portal(app: Flask, seeded: Session, log_in: LogIn, city: City) -> Portal:
    town = waiting_city.build(seeded)
    community, viewer = town.communities["晨光苑"], route_days.add_inspector(seeded)
    seeded.add(CommunityAlias(community_id=community, alias="晨光花园"))
    stops = route_days.add_communities(seeded)
    ids = {
        "community": community,
        "street": town.streets["东"],
        "firm": add(seeded, Firm(source="t", source_key="1", name="好物业")),
        "run": add_run(seeded).id,
        "route": route_days.plan(seeded, city, viewer, stops),
        "user": viewer.user_id,
    }
    seeded.commit()
    return Portal(app, ids, {role: log_in(role) for role in ROLES})


def test_enter_in_a_field_does_what_its_form_is_for(portal: Portal) -> None:
    """A browser takes the first submit button: a form has no other one that could be it."""
    seen, several = 0, []
    for address, page in portal.pages():
        for form in page.select("form"):
            seen += 1
            if len(form.select(SUBMITS)) > 1:
                several.append((address, form["action"]))
    assert several == []
    assert seen > 60


def test_what_another_quarter_or_category_changes_in_the_drawer_says_so(portal: Portal) -> None:
    """Scripts ask for it anew when the reader chooses another above the map."""
    silent = []
    for rule in portal.rules("GET"):
        for scope in ("period", "category"):
            first, other = (portal.shown(rule, scope, value) for value in VALUES[scope])
            if first is None or other is None or first.get_text() == other.get_text():
                continue
            marked = first.select_one("[data-scoped], [data-query]")
            if marked is None or scope not in str(marked.get("data-scoped", scope)).split():
                silent.append((rule.rule, scope))
    assert silent == []


def test_the_address_that_a_form_is_sent_to_leads_to_its_page(portal: Portal) -> None:
    """It may stand in the address bar when somebody reloads, or goes back."""
    pages = {rule.rule for rule in portal.rules("GET")}
    led = {}
    for rule in portal.rules("POST"):
        if rule.rule in pages:
            continue
        answer = portal.browser(rule).get(
            portal.fill(rule) + "?from=unnamed", headers={"Accept": "text/html"}
        )
        led[rule.rule] = (answer.status_code, answer.headers.get("Location", ""))
    record = f"/data/communities/{portal.ids['community']}?from=unnamed"
    tasks = (*("aliases", "bring-back", "link", "merge", "name", "outline", "pin", "set-aside", "split"),)
    tasks += ("dismiss-pin",)
    doubtful = "/data/doubtful-complaints"
    assert led == {
        **{f"/data/communities/<int:number>/{task}": (303, record) for task in tasks},
        **{
            f"{doubtful}/{task}": (303, f"{doubtful}?from=unnamed")
            for task in ("rule", "set-aside", "bring-back", "take-back")
        },
        "/data/unplaced-complaints/assign": (303, "/data/unplaced-complaints?from=unnamed"),
        "/data/unplaced-complaints/set-aside": (303, "/data/unplaced-complaints?from=unnamed"),
        "/data/unplaced-complaints/bring-back": (303, "/data/unplaced-complaints?from=unnamed"),
        "/data/unplaced-complaints/give-back": (303, "/data/unplaced-complaints?from=unnamed"),
        "/administration/accounts": (303, "/administration?from=unnamed"),
        "/administration/accounts/<int:user_id>/password": (303, "/administration?from=unnamed"),
        "/administration/accounts/<int:user_id>/active": (303, "/administration?from=unnamed"),
        "/routes/<uuid:route_id>/delete": (303, f"/routes/{portal.ids['route']}?from=unnamed"),
        "/query/areas": (303, "/query?from=unnamed"),
        # These have no page of their own, and nobody comes back to them.
        "/data/changes/<uuid:number>/undo": (404, ""),
        "/data/imports/<uuid:number>/undo": (404, ""),
        "/data/uploads": (303, "/data?from=unnamed"),
        "/scores": (405, ""),
        "/data/uploads/<uuid:number>/look": (404, ""),
        "/data/uploads/<uuid:number>/confirm": (404, ""),
        "/data/uploads/<uuid:number>/discard": (404, ""),
        "/language": (405, ""),
        "/logout": (405, ""),
    }


def test_a_form_says_which_of_its_buttons_is_blocked_while_it_is_sent(portal: Portal) -> None:
    """What it names exists, for every element that asks by it."""
    blocked = set()
    for address, page in portal.pages():
        for asking in page.select("[hx-get], [hx-post]"):
            holder = next((at for at in (asking, *asking.parents) if at.has_attr("hx-disabled-elt")), None)
            if holder is None or (
                holder is not asking and "hx-disabled-elt" in str(holder.get("hx-disinherit"))
            ):
                continue
            named = str(holder["hx-disabled-elt"])
            found = asking.select(named[5:]) if named.startswith("find ") else page.select(named)
            assert found, (address, named)
            blocked.add(named)
    assert blocked == {"find button:not([type=button])", "#route-plan-button"}
