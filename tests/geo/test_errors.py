"""The error family of geo."""

from __future__ import annotations

import inspect
import pickle

from geo import errors


def test_everything_raised_on_purpose_is_of_one_family() -> None:
    members = inspect.getmembers(errors, inspect.isclass)
    classes = [cls for _, cls in members if issubclass(cls, Exception) and cls is not errors.SpokenError]
    assert len(classes) > 3
    assert all(issubclass(cls, errors.GeoError) for cls in classes)


def test_an_error_says_what_and_what_to_do() -> None:
    error = errors.PlanError("什么也排不下", remedy="请减少小区")
    assert (error.message, error.remedy, str(error)) == ("什么也排不下", "请减少小区", "什么也排不下")
    assert errors.GeoError("x").remedy == ""


def test_placeholders_are_filled_in_message_and_remedy() -> None:
    error = errors.DatumError("{n} 行有误", remedy="请改这 {n} 行", n=3)
    assert (error.message, error.remedy, str(error)) == ("3 行有误", "请改这 3 行", "3 行有误")
    assert (error.msgid, error.remedy_msgid, error.params) == ("{n} 行有误", "请改这 {n} 行", {"n": 3})


def test_an_error_survives_a_pickle() -> None:
    error = pickle.loads(pickle.dumps(errors.PlanError("{n} 行", remedy="改 {n}", n=3)))
    assert (type(error), error.message, error.remedy) == (errors.PlanError, "3 行", "改 3")


def test_braces_without_parameters_stay() -> None:
    assert errors.GeoError("{x}").message == "{x}"
