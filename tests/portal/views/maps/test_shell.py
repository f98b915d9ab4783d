"""The live map's shell: Folium's map with a fixed id, local files only, nothing inlined that changes."""

from __future__ import annotations

from portal.config import ROOT
from portal.views.maps.shell import MAP_ID, Frame, draw_shell

FRAME = Frame(118.0, 26.0, 119.0, 27.0)


def test_centre_is_latitude_first() -> None:
    assert FRAME.centre == (26.5, 118.5)


def test_element_and_script_share_a_fixed_id() -> None:
    shell = draw_shell(FRAME)
    assert f'id="map_{MAP_ID}"' in shell.element
    assert f"var map_{MAP_ID} = L.map(" in shell.script
    assert draw_shell(Frame(118.0, 26.0, 119.0, 27.0)) == shell


def test_files_are_local_and_there() -> None:
    shell = draw_shell(FRAME)
    files = (*shell.scripts, *shell.styles)
    assert [file for file in files if not (ROOT / "static" / file).is_file()] == []
    assert "http" not in shell.script


def test_a_canvas_map_without_tiles_or_features() -> None:
    script = draw_shell(FRAME).script
    assert '"preferCanvas": true' in script
    assert "tileLayer" not in script
    assert "geoJson" not in script


def test_a_city_may_fill_the_map_between_two_zooms() -> None:
    assert '"zoomSnap": 0.25' in draw_shell(FRAME).script
