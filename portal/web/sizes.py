"""How large a request may be: little by default, more where a view takes files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from portal.web import context

View = TypeVar("View", bound=Callable[..., Any])
MEGABYTE = 1024 * 1024
_BESIDE_THE_FILE_MB = 1


def takes(size_bytes: int) -> Callable[[View], View]:
    """Declare that a view takes bodies of up to so many bytes."""

    def mark(view: View) -> View:
        view.takes = lambda: size_bytes  # type: ignore[attr-defined]
        return view

    return mark


def takes_whole_file(view: View) -> View:
    """Declare that a view takes a form with a file of the largest size that the settings allow."""
    view.takes = lambda: (context.services().config.max_upload_mb + _BESIDE_THE_FILE_MB) * MEGABYTE  # type: ignore[attr-defined]
    return view


def install(app: Flask) -> None:
    """Widen the limit where a view says so; before anything reads the body, so before forms are protected."""
    app.before_request(_widen)


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if (limit := getattr(view, "takes", None)) is not None:
        request.max_content_length = limit()
