import json
from pathlib import Path

import pytest

from scripts.vendor import FILES, VendorError, build_sprite, copy_files, main, read_icon_names

ROOT = Path(__file__).resolve().parents[2]
ICON = """<svg
  xmlns="http://www.w3.org/2000/svg"
  viewBox="0 0 24 24"
>
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M9 4v13" />
</svg>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for package, names in FILES.items():
        for name in names:
            path = tmp_path / "node_modules" / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
    for variant in ("outline", "filled"):
        folder = tmp_path / "node_modules/@tabler/icons/icons" / variant
        folder.mkdir(parents=True)
        (folder / "star.svg").write_text(ICON)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/icons.txt").write_text("# icons\nstar\n\nfilled/star  # solid\n")
    (tmp_path / "static/vendor").mkdir(parents=True)
    (tmp_path / "static/vendor/old.js").write_text("gone after the copy")
    return tmp_path


def test_vendor_is_filled_anew_from_the_listed_files(project: Path) -> None:
    assert main(project) == 0
    vendor = project / "static/vendor"
    assert (vendor / "leaflet/leaflet.js").read_text() == "dist/leaflet.js"
    assert (vendor / "@tabler/core/css/tabler.min.css").is_file()
    assert not (vendor / "old.js").exists()
    assert len([p for p in vendor.rglob("*") if p.is_file()]) == sum(map(len, FILES.values())) + 1


def test_a_missing_file_leaves_the_old_copy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "node_modules/leaflet/dist/leaflet.js").unlink()
    assert main(project) == 1
    assert "leaflet has no file dist/leaflet.js" in capsys.readouterr().err
    assert (project / "static/vendor/old.js").exists()
    with pytest.raises(VendorError):
        copy_files(project / "node_modules", project / "elsewhere")


def test_the_sprite_has_a_symbol_for_each_variant(project: Path) -> None:
    sprite = build_sprite(project / "node_modules/@tabler/icons/icons", ["star", "filled/star"])
    assert '<symbol id="star" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in sprite
    assert '<symbol id="filled-star" viewBox="0 0 24 24" fill="currentColor">' in sprite
    assert sprite.count('<path d="M9 4v13" />') == 2
    assert "M0 0h24v24H0z" not in sprite
    with pytest.raises(VendorError, match="no icon comet"):
        build_sprite(project / "node_modules/@tabler/icons/icons", ["comet"])


def test_the_icon_list_has_no_name_twice() -> None:
    names = read_icon_names((ROOT / "scripts/icons.txt").read_text("utf-8"))
    assert len(names) == len(set(names)) > 0


def test_the_lockfile_pins_everything_by_hash_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert set(FILES) == {name.removeprefix("node_modules/") for name in packages} & set(FILES)
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
