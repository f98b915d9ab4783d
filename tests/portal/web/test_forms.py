"""Forms that come back: words, place and status of what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from sqlalchemy.orm import Session

from portal.errors import BadRequest, Conflict, NotFound, PortalError
from portal.web.forms import Form, Mistake
from tests.portal.views.pages import text_of

TEMPLATE = """{% from "_macros/forms.html" import mistake, field %}{{ mistake(form) }}
{{ field(form, "area", "边界", required="") }}{{ field(form, "secret", "密码", "password") }}"""


@dataclass(frozen=True, kw_only=True)
class PlaceForm(Form):
    chosen: int = 0

    name: ClassVar[str] = "place"
    prefix: ClassVar[str] = "place-"
    labels: ClassVar[Mapping[str, str]] = {"area": "边界", "corner": "角"}
    ids: ClassVar[Mapping[str, str]] = {"map": "the-map"}
    shown_at: ClassVar[Mapping[str, str]] = {"corner": "area"}


@pytest.fixture(autouse=True)
def asked(app: Flask, seeded: Session) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def mistake(error: PortalError, **how: str) -> Mistake:
    found = PlaceForm().with_mistake(error, **how).mistake  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(("error", "status"), [(BadRequest, 422), (Conflict, 409), (NotFound, 404)])
def test_a_mistake_is_unprocessable_the_rest_is_what_it_is(error: type[PortalError], status: int) -> None:
    assert PlaceForm().with_mistake(error("x")).status == status
    assert PlaceForm().with_mistake(error("x"), status=401).status == 401
    assert PlaceForm().status == 200


def test_messages_call_fields_what_the_form_calls_them() -> None:
    error = BadRequest("{field}：{value} 不对", remedy="请改 {value}", field="area", value="1,2")
    assert mistake(error) == Mistake("area", "边界：1,2 不对", "请改 1,2", 422)
    assert mistake(BadRequest("area：不对")) == Mistake("area", "边界：不对", "", 422)
    assert mistake(BadRequest("{field}：不对", field="moon")).message == "moon：不对"
    assert mistake(Conflict("刚刚被修改过")) == Mistake("", "刚刚被修改过", "", 409)
    assert mistake(BadRequest("写成 {x}")).message == "写成 {x}"


def test_a_mistake_is_shown_where_it_can_be_mended() -> None:
    form = PlaceForm(chosen=3).with_mistake(BadRequest("corner：不对"))
    assert form.mistake is not None
    assert (form.mistake.message, form.chosen) == ("角：不对", 3)
    assert form.is_wrong("area") and not form.is_wrong("corner")
    assert form.leads_to == "place-area"
    assert PlaceForm().with_mistake(BadRequest("不对"), field="area").is_wrong("area")


def test_a_mistake_of_no_field_leads_nowhere() -> None:
    for error in (BadRequest("不对"), BadRequest("moon：不对")):
        assert PlaceForm().with_mistake(error).leads_to == ""
    assert (PlaceForm().leads_to, PlaceForm().id_of("map")) == ("", "the-map")


def test_the_summary_leads_to_the_field_that_says_the_same_and_keeps_what_was_typed() -> None:
    typed = PlaceForm(values={"area": '1"2', "secret": "open sesame"})
    form = typed.with_mistake(BadRequest("area：<b> 不对", remedy="请改"))
    page = BeautifulSoup(render_template_string(TEMPLATE, form=form), "html.parser")
    assert text_of(page, "#place-error[role=alert]") == "边界：<b> 不对 请改"
    [link] = page.select("#place-error a")
    [wrong] = page.select("[aria-invalid=true]")
    assert (link["href"], wrong["id"], wrong["value"]) == ("#place-area", "place-area", '1"2')
    assert wrong.has_attr("required")
    assert text_of(page, f"#{wrong['aria-describedby']}") == "边界：<b> 不对"
    assert [label["for"] for label in page.select("label")] == ["place-area", "place-secret"]
    assert "sesame" not in str(page)


def test_a_form_without_a_mistake_says_nothing() -> None:
    page = BeautifulSoup(render_template_string(TEMPLATE, form=PlaceForm()), "html.parser")
    assert page.select("[role=alert], [aria-invalid], .field-error") == []
