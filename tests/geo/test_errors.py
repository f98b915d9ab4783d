"""The error family of geo."""

from __future__ import annotations

import inspect

from geo import errors


def test_everything_raised_on_purpose_is_of_one_family() -> None:
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass)]
    assert len(classes) > 3
    assert all(issubclass(cls, errors.GeoError) for cls in classes)


def test_an_error_says_what_and_what_to_do() -> None:
    error = errors.PlanError("什么也排不下", remedy="请减少小区")
    assert (error.message, error.remedy, str(error)) == ("什么也排不下", "请减少小区", "什么也排不下")
    assert errors.GeoError("x").remedy == ""
