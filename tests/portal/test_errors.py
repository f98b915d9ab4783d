"""One family, one table from class to status."""

from __future__ import annotations

import inspect

import pytest

import geo.errors
import portal.errors
from portal.errors import STATUS, BadRequest, PortalError, Unavailable, status_of

FAMILY = [
    cls
    for module in (geo.errors, portal.errors)
    for _, cls in inspect.getmembers(module, inspect.isclass)
    if issubclass(cls, (geo.errors.GeoError, PortalError))
]


@pytest.mark.parametrize("cls", FAMILY, ids=lambda cls: cls.__name__)
def test_every_class_has_a_status(cls: type[Exception]) -> None:
    assert any(parent in STATUS for parent in cls.__mro__)


def test_nearest_class_wins_and_strangers_are_500() -> None:
    class Narrower(BadRequest):
        pass

    assert status_of(Narrower("x")) == 400
    assert status_of(Unavailable("x")) == 503
    assert status_of(PortalError("x")) == 500
    assert status_of(KeyError("x")) == 500


def test_placeholders_are_filled_in_message_and_remedy() -> None:
    error = BadRequest("{field}：有误", remedy="请改 {field}", field="near")
    assert (error.message, error.remedy, str(error)) == ("near：有误", "请改 near", "near：有误")


def test_braces_without_parameters_stay() -> None:
    assert PortalError("{x}").message == "{x}"
