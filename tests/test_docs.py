"""What is documented is what there is."""

import re
from pathlib import Path

from portal.config import variables

ROOT = Path(__file__).resolve().parents[1]


def test_each_setting_is_explained_and_nothing_else_is() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `(PORTAL_[A-Z_]+)` \|", page, flags=re.MULTILINE))
    assert explained == set(variables().values())
