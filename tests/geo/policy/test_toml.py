"""What is written as TOML reads back equal."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from geo.policy.toml import write_rows, write_toml
from tests.geo.policy.documents import TEXT

SHIPPED = tomllib.loads(TEXT)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PLAIN = (
    st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
ROWS = st.lists(st.dictionaries(NAMES, PLAIN | st.lists(PLAIN, max_size=3), max_size=3), max_size=3)
TABLES = st.dictionaries(NAMES, PLAIN | ROWS | st.dictionaries(NAMES, PLAIN | ROWS, max_size=3), max_size=4)


def test_the_shipped_policy_reads_back_with_remarks_beside_its_keys() -> None:
    text = write_toml(SHIPPED, lambda path: "量算坐标系" if path == "city.metric_epsg" else "")
    assert tomllib.loads(text) == SHIPPED
    assert "metric_epsg = 32650  # 量算坐标系\n" in text
    assert text.startswith("[city]\n") and text.endswith("\n")


def test_rows_are_an_array_of_tables() -> None:
    text = write_rows("complaint_cause", SHIPPED["complaint_cause"])
    assert text.startswith('[[complaint_cause]]\ncode = "substandard"\nname = "服务不标准"\n')
    assert tomllib.loads(text) == {"complaint_cause": SHIPPED["complaint_cause"]}


@given(st.dictionaries(NAMES, TABLES, max_size=4))
def test_any_document_reads_back(document: dict[str, Any]) -> None:
    assert tomllib.loads(write_toml(document)) == document
