"""Versions of the policy: replaced from a day, changed in one key, saved by a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import PolicyError
from portal.actions import accounts, policy
from portal.actions.policy.versions import Why, check_day, clean_reason, put, save
from portal.config import ROOT
from portal.errors import BadRequest, Conflict, Unavailable
from portal.models import Audit, CityPolicy, DataVersion
from portal.store import policy as policy_store
from portal.terms import Role, Subject
from tests.conftest import make_street
from tests.geo.policy.documents import changed
from tests.geo.policy.others import DOCUMENTS

SHIPPED = ROOT / "data" / "city.toml"


def in_force(session: Session) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = orjson.loads(policy_store.current_policy(session))
    return document


def test_replacement_waits_for_its_day(session: Session, tmp_path: Path) -> None:
    policy.seed(session, SHIPPED)
    file = tmp_path / "city.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace("云岭市", "新城市"), "utf-8")
    today = datetime.now(UTC).date()
    assert policy.replace(session, file, today + timedelta(days=30)) == 2
    assert in_force(session)["city"]["name"] == "云岭市"
    policy.replace(session, file, today - timedelta(days=1))
    assert in_force(session)["city"]["name"] == "新城市"


def test_measuring_in_another_crs_changes_nothing_else(session: Session) -> None:
    policy.seed(session, SHIPPED)
    before = in_force(session)
    assert policy.measure_in(session, 32648) == 2
    now = in_force(session)
    assert now["city"].pop("metric_epsg") == 32648 != before["city"].pop("metric_epsg")
    assert now == before


def test_renaming_changes_nothing_else(session: Session) -> None:
    policy.seed(session, SHIPPED)
    before = in_force(session)
    assert policy.rename(session, "深圳市", "Shenzhen") == 2
    now = in_force(session)
    assert (now["city"].pop("name"), now["city"].pop("name_en")) == ("深圳市", "Shenzhen")
    assert before["city"].pop("name") and before["city"].pop("name_en")
    assert now == before


def test_a_change_starts_from_the_version_in_force_not_from_the_newest(
    session: Session, tmp_path: Path
) -> None:
    policy.seed(session, SHIPPED)
    policy.rename(session, "今日市", "Today")
    policy.replace(session, SHIPPED, date(2010, 1, 1))  # newer, but superseded since version 2
    policy.measure_in(session, 32648)
    assert in_force(session)["city"]["name"] == "今日市"


def test_without_a_policy_there_is_nothing_to_change(session: Session) -> None:
    with pytest.raises(Unavailable, match="没有城市政策"):
        policy.rename(session, "深圳市", "Shenzhen")


def test_no_change_while_a_later_version_is_scheduled(session: Session) -> None:
    policy.seed(session, SHIPPED)
    later = policy_store.today(session) + timedelta(days=30)
    policy.replace(session, SHIPPED, later)
    with pytest.raises(Conflict, match=later.isoformat()):
        policy.measure_in(session, 32648)
    with pytest.raises(Conflict, match=later.isoformat()):
        policy.rename(session, "深圳市", "Shenzhen")
    assert session.scalar(select(func.max(CityPolicy.version))) == 2


def test_degrees_are_no_metres(session: Session) -> None:
    policy.seed(session, SHIPPED)
    with pytest.raises(PolicyError, match="EPSG:4490 不是"):
        policy.measure_in(session, 4490)
    assert session.scalar(select(func.count()).select_from(CityPolicy)) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x = [", b"[city]\nname = 'x'"])
def test_broken_files_are_refused_and_leave_nothing(session: Session, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "city.toml"
    file.write_bytes(content)
    with pytest.raises(PolicyError):
        policy.seed(session, file)
    with pytest.raises(PolicyError):
        policy.replace(session, file, date(2025, 1, 1))
    assert session.scalar(select(func.count()).select_from(CityPolicy)) == 0


def wanted(newest: int | None = 1, reason: str = "局长办公会", user_id: int | None = None) -> Why:
    return Why(user_id, reason, newest)


def audits(session: Session) -> list[tuple[str, str, dict[str, object]]]:
    rows = session.execute(select(Audit).where(Audit.subject == Subject.POLICY).order_by(Audit.id)).scalars()
    return [(row.action, row.subject_id, row.detail) for row in rows]


def test_every_key_can_be_changed_and_lands(seeded: Session) -> None:
    today, number = policy_store.today(seeded), 1
    for path, document in DOCUMENTS.items():
        assert save(seeded, document, today, wanted(number)) == number + 1, path
        number += 1
        assert in_force(seeded) == document, path


def test_who_saves_is_audited_with_the_keys_and_the_reason(seeded: Session) -> None:
    who = accounts.create(seeded, "a", "甲", Role.ADMINISTRATOR, "a long password")
    document = changed("fees.allowed_float", 0.2)
    save(seeded, document, policy_store.today(seeded), wanted(reason="  建发  12 号 ", user_id=who.id))
    detail = {"city": "sample", "keys": ["fees.allowed_float"], "reason": "建发 12 号"}
    assert audits(seeded)[-1] == ("replace_policy", "2", detail)
    assert policy_store.saved_by(seeded, 2) == "甲"
    assert policy_store.saved_by(seeded, 1) is None


def test_many_keys_are_told_in_part(seeded: Session) -> None:
    document = changed("routes.class_speed_kmh", {f"way_{n}": 10.0 for n in range(20)})
    save(seeded, document, policy_store.today(seeded), wanted())
    keys = audits(seeded)[-1][2]["keys"]
    assert isinstance(keys, list)
    assert (len(keys), keys[-1]) == (13, "…")


def test_the_second_who_saves_is_told_of_the_first_and_writes_nothing(seeded: Session) -> None:
    who = accounts.create(seeded, "a", "甲", Role.ADMINISTRATOR, "a long password")
    today = policy_store.today(seeded)
    save(seeded, changed("city.name", "一市"), today, wanted(user_id=who.id))
    with pytest.raises(Conflict) as told:
        save(seeded, changed("city.name", "二市"), today, wanted())
    assert told.value.message == "期间已保存了第 2 版（甲），没有写入任何内容"
    assert in_force(seeded)["city"]["name"] == "一市"
    assert policy_store.newest(seeded) == 2


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("routes.visit_minutes", 0, "routes.visit_minutes"),
        ("routes.visit_minute", 5, "routes"),
        ("scores.weights.street", 99.0, "scores.weights.inspection"),
    ],
)
def test_a_wrong_value_is_refused_from_browser_and_file_alike_and_nothing_is_written(
    seeded: Session, tmp_path: Path, path: str, value: object, field: str
) -> None:
    today = policy_store.today(seeded)
    for act in (
        lambda: save(seeded, changed(path, value), today, wanted()),
        lambda: put(seeded, changed(path, value), today),
    ):
        with pytest.raises(PolicyError) as refused:
            act()
        assert refused.value.params["field"] == field
        assert refused.value.remedy
    assert policy_store.newest(seeded) == 1
    assert len(audits(seeded)) == 1


def test_another_measuring_crs_measures_every_street_anew_in_the_same_step(seeded: Session) -> None:
    street = make_street(seeded, west=114.0, south=22.5)
    seeded.commit()
    before = street.area_m2
    save(seeded, changed("city.metric_epsg", 32649), policy_store.today(seeded), wanted())
    seeded.expire_all()
    first = street.area_m2
    assert first != before
    assert seeded.get(DataVersion, Subject.STREETS) is not None
    policy.measure_in(seeded, 4547)
    seeded.expire_all()
    # UTM zone 49 is 3° away from 114°E, the zone of CGCS2000 in its middle.
    assert street.area_m2 == pytest.approx(1.14e6, rel=0.01)
    assert first / street.area_m2 == pytest.approx(0.99969 * 1.0002, rel=0.002)


def test_areas_stay_where_the_crs_does(seeded: Session) -> None:
    street = make_street(seeded)
    seeded.commit()
    before = street.area_m2
    save(seeded, changed("city.name", "新市"), policy_store.today(seeded), wanted())
    seeded.expire_all()
    assert street.area_m2 == before
    assert seeded.get(DataVersion, Subject.STREETS) is None


def test_the_measuring_crs_cannot_be_scheduled_by_browser_or_file(seeded: Session, tmp_path: Path) -> None:
    later = policy_store.today(seeded) + timedelta(days=1)
    document = changed("city.metric_epsg", 4547)
    file = tmp_path / "city.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace("metric_epsg = 32650", "metric_epsg = 4547"), "utf-8")
    with pytest.raises(PolicyError, match="只能从今天起更改"):
        save(seeded, document, later, wanted())
    with pytest.raises(PolicyError, match="只能从今天起更改"):
        policy.replace(seeded, file, later)


def test_what_a_person_edits_begins_today_or_later_not_before_a_scheduled_version(
    seeded: Session,
) -> None:
    today = policy_store.today(seeded)
    check_day(seeded, today)
    with pytest.raises(BadRequest, match="已经过去"):
        check_day(seeded, today - timedelta(days=1))
    later = today + timedelta(days=30)
    save(seeded, changed("city.name", "来日市"), later, wanted())
    with pytest.raises(Conflict, match=later.isoformat()):
        save(seeded, changed("city.name", "新市"), today, wanted(2))
    assert save(seeded, changed("city.name", "再改市"), later, wanted(2)) == 3
    assert in_force(seeded)["city"]["name"] == "云岭市"


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201, "看不见\x00", "请打 13800138000"])
def test_a_change_needs_a_reason_that_can_be_kept(seeded: Session, reason: str) -> None:
    with pytest.raises(BadRequest, match="^reason"):
        save(seeded, changed("city.name", "新市"), policy_store.today(seeded), wanted(reason=reason))
    assert policy_store.newest(seeded) == 1
    assert clean_reason(" 建发〔2026〕12 号 ") == "建发〔2026〕12 号"


def test_an_earlier_version_taken_again_says_which(seeded: Session) -> None:
    today = policy_store.today(seeded)
    save(seeded, changed("city.name", "新市"), today, wanted())
    save(seeded, policy.read(SHIPPED), today, Why(None, "改回", 2, 1))
    assert audits(seeded)[-1][0] == "restore_policy"
    assert audits(seeded)[-1][2]["version"] == 1
    assert in_force(seeded)["city"]["name"] == "云岭市"
