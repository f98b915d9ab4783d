"""One cell read as a field of some kind."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.readers.problems import Problem
from portal.readers.rows.outcomes import CellError
from portal.readers.rows.values import Manner, clean_text, make_parser
from portal.readers.schema import Field

CHINA = ZoneInfo("Asia/Shanghai")


def parse(
    kind: str, cell: Any, formats: tuple[str, ...] = (), manner: Manner | None = None, **field: Any
) -> Any:
    manner = manner or Manner(CHINA, formats)
    return make_parser(Field("x", kind, False, (), **field), manner)(cell, clean_text(cell))


def problem_of(kind: str, cell: Any, manner: Manner | None = None, **field: Any) -> Problem:
    with pytest.raises(CellError) as error:
        parse(kind, cell, manner=manner, **field)
    return error.value.problem
