"""Forms that come back: words and status of what is wrong."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.errors import BadRequest, Conflict, NotFound, PortalError
from portal.web.forms import status_of_form, words_of


@pytest.mark.parametrize(("error", "status"), [(BadRequest, 422), (Conflict, 409), (NotFound, 404)])
def test_a_mistake_is_unprocessable_the_rest_is_what_it_is(error: type[PortalError], status: int) -> None:
    assert status_of_form(error("x")) == status


def test_messages_call_fields_what_the_form_calls_them(app: Flask, seeded: Session) -> None:
    error = BadRequest("{field}：{value} 不对", remedy="请改 {value}", field="area", value="1,2")
    with app.test_request_context("/"):
        assert words_of(error, {"area": "边界"}) == ("边界：1,2 不对", "请改 1,2")
        assert words_of(error) == ("area：1,2 不对", "请改 1,2")
        assert words_of(Conflict("刚刚被修改过"), {"area": "边界"}) == ("刚刚被修改过", "")
