"""The base map over HTTP: tiles of roads and streets, a PMTiles file in parts, Tianditu by proxy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Config
from portal.errors import N_, Unavailable
from portal.services import Services
from portal.terms import Role
from portal.tianditu import Tianditu
from portal.views.maps import basemap
from tests.conftest import LogIn
from tests.mvt import read_tile, tile_at
from tests.portal import map_city

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
BASE = "/tiles/base/{}/{}/{}.mvt".format(*tile_at(114.055, 22.5, 12))


@dataclass(frozen=True)
class Upstream(Tianditu):
    """A service of the test: answers a picture, or not at all."""

    asked: list[tuple[str, int, int, int]] = field(default_factory=list)
    works: bool = True

    def _fetch(self, layer: str, z: int, x: int, y: int) -> bytes:
        self.asked.append((layer, z, x, y))
        if not self.works:
            raise Unavailable(N_("天地图暂时没有应答"))
        return PNG


@pytest.fixture
def leader(log_in: LogIn, seeded: Session) -> FlaskClient:
    map_city.build(seeded)
    return log_in(Role.LEADER)


def rewire(app: Flask, *, tianditu: Tianditu | None = None, config: Config | None = None) -> None:
    wired: Services = app.extensions["atlas"]
    app.extensions["atlas"] = replace(
        wired, tianditu=tianditu or wired.tianditu, config=config or wired.config
    )


def test_tiles_hold_roads_only_where_they_are_the_base_map(
    app: Flask, leader: FlaskClient, config: Config
) -> None:
    assert {"roads", "streets", "street_labels"} <= set(read_tile(leader.get(BASE).data))
    rewire(app, config=replace(config, basemap="none"))
    assert set(read_tile(leader.get(BASE).data)) == {"streets", "street_labels"}
    assert "roads" in read_tile(leader.get(f"{BASE}?roads=1").data)  # where another base map is down


def test_tiles_are_kept_until_roads_or_streets_change(leader: FlaskClient) -> None:
    etag = leader.get(BASE).headers["ETag"]
    assert leader.get(BASE, headers={"If-None-Match": etag}).status_code == 304


def test_a_pmtiles_file_is_read_in_parts(
    app: Flask, leader: FlaskClient, config: Config, tmp_path: Path
) -> None:
    file = tmp_path / "city.pmtiles"
    file.write_bytes(bytes(range(200)))
    rewire(app, config=replace(config, basemap="pmtiles", pmtiles_path=file))
    part = leader.get("/basemap.pmtiles", headers={"Range": "bytes=10-13"})
    assert (part.status_code, part.data) == (206, bytes([10, 11, 12, 13]))
    assert part.headers["Content-Range"] == "bytes 10-13/200"
    assert "Content-Encoding" not in part.headers
    part.close()


def test_no_pmtiles_where_none_is_configured(leader: FlaskClient) -> None:
    assert leader.get("/basemap.pmtiles").status_code == 404


def test_tianditu_by_proxy(app: Flask, leader: FlaskClient) -> None:
    upstream = Upstream("secret-key")
    rewire(app, tianditu=upstream)
    answer = leader.get("/tiles/tianditu/vec/3/6/2")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
    assert answer.headers["Cache-Control"].startswith("private")
    assert leader.get("/tiles/tianditu/vec/3/6/2").data == PNG
    assert upstream.asked == [("vec", 3, 6, 2)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("xyz/3/6/2", 404),
        ("vec/19/0/0", 400),
        ("vec/3/8/0", 400),
        ("vec/3/-1/0", 404),
        ("vec/3/1.5/0", 404),
        ("../vec/3/1/0", 404),
        ("vec/3/6/2%3Ftk=1", 404),
    ],
)
def test_only_fixed_layers_and_whole_numbers(app: Flask, leader: FlaskClient, path: str, status: int) -> None:
    upstream = Upstream("secret-key")
    rewire(app, tianditu=upstream)
    assert leader.get(f"/tiles/tianditu/{path}").status_code == status
    assert upstream.asked == []


def test_a_silent_upstream_is_a_problem_without_the_key(app: Flask, leader: FlaskClient) -> None:
    rewire(app, tianditu=Upstream("secret-key", works=False))
    answer = leader.get("/tiles/tianditu/vec/3/6/2")
    assert answer.status_code == 503
    assert b"secret-key" not in answer.data


def test_nobody_gets_a_base_map_without_login(client: FlaskClient, seeded: Session) -> None:
    for address in (BASE, "/basemap.pmtiles", "/tiles/tianditu/vec/3/6/2"):
        assert client.get(address, headers={"X-Requested-With": "fetch"}).status_code == 401


@pytest.mark.parametrize(
    ("kind", "styles", "credit"),
    [
        ("roads", [], "虚构道路"),
        ("pmtiles", [], "© OpenStreetMap"),
        ("tianditu", ["vec", "img", "ter"], "底图 © 天地图"),
        ("none", [], ""),
    ],
)
def test_the_page_is_told_what_to_draw(
    app: Flask, seeded: Session, config: Config, kind: str, styles: list[str], credit: str
) -> None:
    rewire(app, config=replace(config, basemap=kind, tianditu_key="secret-key"))
    with app.test_request_context("/"):
        told = basemap.describe()
    assert told["kind"] == kind
    assert [style["code"] for style in told["styles"]] == styles
    assert told["attribution"] == credit
    assert bool(told["address"]) is bool(told["script"]) is (kind == "pmtiles")
    assert "secret-key" not in str(told)
