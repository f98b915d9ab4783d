from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import osmium
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.errors import DatumError, GeoError
from geo.roads.engine import open_network
from geo.roads.network import Place
from geo.roads.osm import read_roads
from portal.actions.imports.files import STEPS, FileImport, Means, import_file
from portal.actions.imports.registry import IMPORTS
from portal.actions.transactions.import_run import lock_imports
from portal.db import make_engine
from portal.errors import FileRefused, FileTooLarge, Unavailable
from portal.models import Community, Complaint, Firm, ImportRun, Neighbourhood, Road, Street
from portal.readers.problems import IS_A_LINK, IS_NOT_ROADS
from portal.store.places import roads
from portal.terms import Subject
from tests.conftest import MakeDatabase
from tests.portal.actions.conftest import box

Write = Callable[[str, str], Path]
HEADER = "企业编号,企业名称,统一社会信用代码,注册日期\n"
FIRMS = HEADER + "1,安居物业,91350100M000100Y43,2010-05-01\n2,乐居物业,,某天\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def geojson(*features: tuple[dict[str, Any], shapely.Geometry]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
                for properties, shape in features
            ],
        }
    )


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_table_is_read_loaded_and_recorded(session: Session, means: Means, write: Write) -> None:
    steps: list[str] = []
    path = write("firms.2024.csv", FIRMS)
    outcome, rejects = import_file(
        session, FileImport(subject=Subject.FIRMS, path=path), means, step=steps.append
    )
    assert (outcome.counts["new"], outcome.counts["rejected"]) == (2, 0)
    assert steps == list(STEPS)
    assert session.scalars(select(Firm.source).distinct()).all() == ["firms"]
    run = session.scalars(select(ImportRun)).one()
    assert (run.file_name, len(run.file_sha256), run.datum) == ("firms.2024.csv", 64, None)
    assert rejects is not None and rejects.name == f"{run.id}-rejects.csv"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        [row] = list(csv.DictReader(stream))
    assert (row["行号"], row["字段"], row["原值"], row["结果"]) == ("3", "登记日期", "某天", "提示")
    assert row["原因"] and row["处理办法"]


def test_where_nothing_is_to_be_said_there_is_no_reject_file(
    session: Session, means: Means, write: Write
) -> None:
    path = write("firms.csv", FIRMS.replace("某天", "2011-01-01"))
    _, rejects = import_file(session, FileImport(subject=Subject.FIRMS, path=path), means)
    assert rejects is None


def test_the_reject_file_is_there_before_the_import_is(
    session: Session, means: Means, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks off with the commit or after it, an import in the database has its file."""

    def break_off() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "commit", break_off)
    own = replace(means, rejects_dir=tmp_path / "imports")
    with pytest.raises(KeyboardInterrupt):
        import_file(session, FileImport(subject=Subject.FIRMS, path=write("firms.csv", FIRMS)), own)
    assert count(session, Firm) == 0
    [file] = own.rejects_dir.iterdir()
    assert "某天" in file.read_text("utf-8-sig")


def test_a_reject_file_that_cannot_be_written_stops_the_import(
    session: Session, means: Means, write: Write
) -> None:
    own = replace(means, rejects_dir=write("imports", "in the way"))
    with pytest.raises(Unavailable, match="没有导入任何内容"):
        import_file(session, FileImport(subject=Subject.FIRMS, path=write("firms.csv", FIRMS)), own)
    assert count(session, Firm) == 0


def test_a_dry_run_keeps_nothing_but_the_reject_file(session: Session, means: Means, write: Write) -> None:
    wanted = FileImport(subject=Subject.FIRMS, path=write("firms.csv", FIRMS), dry_run=True)
    outcome, rejects = import_file(session, wanted, means)
    assert outcome.counts["new"] == 2
    assert rejects is not None and rejects.exists()
    assert (count(session, Firm), count(session, ImportRun)) == (0, 0)


def test_headers_that_are_not_known_take_a_mapping(session: Session, means: Means, write: Write) -> None:
    path = write("firms.csv", "甲,乙\n1,安居物业\n2,乐居物业\n")
    with pytest.raises(FileRefused, match="name"):
        import_file(session, FileImport(subject=Subject.FIRMS, path=path), means)
    mapping = write("firms.toml", 'key = ["甲"]\n[columns]\n"乙" = "name"\n')
    wanted = FileImport(subject=Subject.FIRMS, path=path, mapping=mapping, source="register")
    outcome, _ = import_file(session, wanted, means)
    assert (outcome.counts["new"], outcome.origin.source) == (2, "register")


def test_without_roads_a_datum_must_be_stated(session: Session, means: Means, write: Write) -> None:
    path = write("streets.geojson", geojson(({"name": "西街街道", "id": "1"}, box(114, 22.5))))
    wanted = FileImport(subject=Subject.STREETS, path=path)
    with pytest.raises(FileRefused, match="无法判断坐标基准") as refused:
        import_file(session, wanted, means)
    assert "--datum" in refused.value.remedy
    assert (count(session, Street), count(session, ImportRun)) == (0, 0)
    outcome, _ = import_file(session, replace(wanted, datum=Datum.GCJ02), means)
    assert outcome.origin.datum is Datum.GCJ02
    assert outcome.origin.datum_message is not None and "按注明的" in outcome.origin.datum_message
    west = session.scalar(select(func.ST_XMin(Street.outline)))
    assert west != pytest.approx(114, abs=1e-3)


def test_a_mapping_may_state_the_datum(session: Session, means: Means, write: Write) -> None:
    path = write("places.csv", "id,name,lng,lat\n1,甲,114.01,22.51\n2,乙,114.02,22.51\n")
    mapping = write("places.toml", 'datum = "百度"\n')
    wanted = FileImport(subject=Subject.COMMUNITIES, path=path, mapping=mapping)
    outcome, _ = import_file(session, wanted, means)
    assert outcome.origin.datum is Datum.BD09
    assert session.scalars(select(Community.source_datum).distinct()).all() == ["bd09"]


def test_each_subject_finds_its_load(session: Session, means: Means, write: Write, tmp_path: Path) -> None:
    streets = write("streets.geojson", geojson(({"name": "西街", "id": "1"}, box(114, 22.5, 0.02))))
    files: list[tuple[Subject, Path, type]] = [
        (Subject.STREETS, streets, Street),
        (Subject.NEIGHBOURHOODS, write("n.csv", "编号,社区,街道\n1,南布,西街\n2,北布,西街\n"), Neighbourhood),
        (Subject.COMPLAINTS, write("c.csv", "id,create_time,street_name\n1,2025-03-01,西街\n"), Complaint),
        (Subject.ROADS, road_file(tmp_path), Road),
    ]
    for subject, path, model in files:
        datum = Datum.WGS84 if subject is Subject.STREETS else None
        outcome, _ = import_file(session, FileImport(subject=subject, path=path, datum=datum), means)
        assert outcome.counts["new"] == count(session, model) > 0, subject


def road_file(folder: Path) -> Path:
    path = folder / "town.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for number, lonlat in ((1, (114.0, 22.5)), (2, (114.01, 22.5))):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=lonlat))
        writer.add_way(osmium.osm.mutable.Way(id=9, nodes=[1, 2], tags={"highway": "primary"}))
    return path


def crossing_file(folder: Path) -> Path:
    """A cross of four ways with a forbidden turn from the south to the west, and a bollard in the east."""
    path = folder / "crossing.osm.pbf"
    spots = {1: (0, 0), 2: (-2, 0), 3: (2, 0), 4: (0, 2), 5: (0, -2), 6: (-2, 2)}
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (east, north) in spots.items():
            tags = {"barrier": "bollard"} if number == 3 else {}
            spot = (114 + east / 1000, 22.5 + north / 1000)
            writer.add_node(osmium.osm.mutable.Node(id=number, location=spot, tags=tags))
        for number, nodes in (
            (12, [1, 2]),
            (13, [1, 3]),
            (14, [1, 4]),
            (51, [5, 1]),
            (46, [4, 6]),
            (62, [6, 2]),
        ):
            tags = {"highway": "residential", "access": "private" if number == 46 else "yes"}
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
        for number, end, hours in ((1, 12, {}), (2, 13, {"hour_on": "07:00"}), (3, 62, {})):
            members = [("w", 51, "from"), ("n", 1, "via"), ("w", end, "to")]
            rule = {"type": "restriction", "restriction": "no_left_turn"} | hours
            writer.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=rule))
    return path


def test_the_rules_of_roads_survive_import_storage_and_reload(
    session: Session, means: Means, tmp_path: Path
) -> None:
    path = crossing_file(tmp_path)
    wanted = FileImport(subject=Subject.ROADS, path=path)
    outcome, _ = import_file(session, wanted, means)
    assert (outcome.counts["barriers"], outcome.counts["turn_restrictions"]) == (1, 2)
    assert [said.reason for said in outcome.remarks] == [
        "1 条转向限制只在部分时段生效，路线全天遵守",
        "1 条转向限制没有导入：其道路没有在所写的路口相接，或相接不止一处",
    ]
    again, _ = import_file(session, wanted, means)
    assert (again.counts["unchanged"], again.counts["changed"]) == (6, 0)
    stored = roads.frame(session)
    assert stored is not None
    read = read_roads(path, means.city).sort_values("source_key", ignore_index=True)
    rules = ["access", "may_stop", "from_barred", "to_barred", "turns"]
    assert_frame_equal(pd.DataFrame(stored[rules]), pd.DataFrame(read[rules]), check_dtype=False)
    # From the south to the west: the turn is forbidden, the way round is private, so out and back again.
    south, west = Place("s", "s", 114.0, 22.499), Place("w", "w", 113.999, 22.5)
    net = open_network(stored, means.city)
    direct = open_network(stored.assign(turns=None), means.city).path(south, west)
    assert net.path(south, west).metres > direct.metres + 300
    assert net.path(west, south).metres == pytest.approx(direct.metres)


@pytest.mark.realdata
def test_roads_that_are_left_out_are_counted_and_named(
    session: Session, means: Means, real_data: Path
) -> None:
    path = real_data / "shenzhen" / "futian_roads.osm.pbf"
    outcome, rejects = import_file(session, FileImport(subject=Subject.ROADS, path=path), means)
    assert (outcome.counts["ways"], outcome.counts["ways_left_out"]) == (3102, 2)
    left_out, cut_off = outcome.remarks
    assert left_out.reason == "2 条道路没有导入：类别不在行车道路之列（busway 2）"
    assert "段道路只能驶入，不能驶回路网" in cut_off.reason
    assert rejects is not None and "busway 2" in rejects.read_text("utf-8-sig")


@pytest.mark.parametrize("subject", list(IMPORTS))
def test_a_file_of_another_kind_is_refused(
    session: Session, means: Means, write: Write, subject: Subject
) -> None:
    path = write("data.geojson", "<OGRVRTDataset><OGRVRTLayer name='x'/></OGRVRTDataset>")
    with pytest.raises((FileRefused, GeoError)):
        import_file(session, FileImport(subject=subject, path=path), means)
    assert count(session, ImportRun) == 0


def test_a_file_larger_than_allowed_is_refused(session: Session, means: Means, write: Write) -> None:
    small = replace(means, limits=replace(means.limits, max_upload_mb=1))
    path = write("firms.csv", FIRMS + "3,x\n" * 300_000)
    with pytest.raises(FileTooLarge):
        import_file(session, FileImport(subject=Subject.FIRMS, path=path), small)


def test_streets_where_the_city_cannot_be_measured_are_refused(
    session: Session, means: Means, write: Write
) -> None:
    chengdu = ({"district": "锦江", "name": "春熙"}, box(104.07, 30.67))
    path = write("streets.geojson", geojson(chengdu))
    wanted = FileImport(subject=Subject.STREETS, path=path, datum=Datum.WGS84)
    with pytest.raises(DatumError, match="EPSG:32650") as caught:
        import_file(session, wanted, means)
    assert "metric-epsg 32648" in caught.value.remedy
    assert count(session, Street) == 0
    import_file(session, wanted, replace(means, city=replace(means.city, metric_epsg=32648)))
    assert count(session, Street) == 1


def test_a_cell_that_cannot_be_read_leaves_its_row_out_only_where_it_has_to(
    session: Session, means: Means, write: Write
) -> None:
    path = write("firms.csv", FIRMS + "3,,,\n")
    outcome, _ = import_file(session, FileImport(subject=Subject.FIRMS, path=path), means)
    assert [(item.row, item.field, item.value, item.severity) for item in outcome.remarks] == [
        (3, "registered_on", "某天", "noted"),
        (4, "name", "", "rejected"),
    ]
    assert all(item.reason and item.remedy for item in outcome.remarks)
    assert (outcome.counts["new"], outcome.counts["rejected"]) == (2, 1)


def test_roads_come_from_a_road_file_of_an_allowed_size(session: Session, means: Means, write: Write) -> None:
    """Told before a child is started: it would have to open what the file may be."""
    wanted = FileImport(subject=Subject.ROADS, path=write("roads.osm.pbf", FIRMS))
    with pytest.raises(FileRefused) as refused:
        import_file(session, wanted, means)
    assert refused.value.msgid == IS_NOT_ROADS.reason
    link = wanted.path.with_name("link.osm.pbf")
    link.symlink_to(wanted.path)
    with pytest.raises(FileRefused) as refused:
        import_file(session, replace(wanted, path=link), means)
    assert refused.value.msgid == IS_A_LINK.reason
    wanted.path.write_bytes(b"x" * 1_000_001)
    small = replace(means, limits=replace(means.limits, max_upload_mb=1))
    with pytest.raises(FileTooLarge):
        import_file(session, wanted, small)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_file_waits_for_another_import_and_says_so(
    means: Means, write: Write, make_database: MakeDatabase, dry_run: bool
) -> None:
    wanted = FileImport(subject=Subject.FIRMS, path=write("firms.csv", FIRMS), dry_run=dry_run)
    engine = make_engine(make_database().portal_url, pooled=False)
    waits: list[str] = []
    with Session(engine) as running, Session(engine) as session:
        lock_imports(running)

        def wait() -> None:
            waits.append("firms")
            running.rollback()  # the other one has ended

        outcome, _ = import_file(session, wanted, means, wait=wait)
        assert (outcome.counts["new"], waits) == (2, ["firms"])
        assert count(session, Firm) == (0 if dry_run else 2)
        session.rollback()
        lock_imports(running, patience_s=1)  # and this one has
    engine.dispose()
