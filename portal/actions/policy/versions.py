"""Versions of the policy: each is kept for good, in force from its day; everything else is read from them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from geo.errors import PolicyError
from geo.policy.catalogue import check_document, only_known
from geo.policy.city import City, parse_city
from geo.policy.differences import differences
from geo.texts import Phrase
from portal.actions.policy import guide_prices
from portal.actions.transactions.commit import audit, committed, touch
from portal.errors import N_, BadRequest, Conflict
from portal.models import CityPolicy, Street
from portal.personal_numbers import mask_numbers
from portal.store import policy as policy_store
from portal.terms import Subject

REASON_CHARACTERS = 200
_LOCK = 7_402_057
_TOLD_KEYS = 12


@dataclass(frozen=True)
class Why:
    """Who keeps a version, and why; what it was shown the version before as.

    Parameters
    ----------
    user_id
        None for the command line.
    reason
        For the audit; "" where nobody was asked.
    newest
        Number of the newest version when the person began: a later one is a conflict. None does not ask.
    again
        Number of the earlier version that is taken again, None for none.
    """

    user_id: int | None = None
    reason: str = ""
    newest: int | None = None
    again: int | None = None


NOBODY = Why()


def replace(session: Session, path: Path, effective_from: date, why: Why = NOBODY) -> int:
    """Add the policy in ``path`` as a new version, in force from a day; return its number.

    Raises
    ------
    PolicyError
        The file is not a valid policy.
    """
    return put(session, read(path), effective_from, why)


def put(session: Session, document: dict[str, Any], effective_from: date, why: Why = NOBODY) -> int:
    """Add a document as a new version, in force from a day; return its number.

    Raises
    ------
    PolicyError
        It is not a valid policy; names the key.
    Conflict
        A newer version was kept since ``why.newest``.
    """
    with committed(session):
        _lock(session)
        return _add_checked(session, document, effective_from, why)


def save(session: Session, document: Mapping[str, Any], effective_from: date, why: Why) -> int:
    """Add what a person has edited as a new version; return its number.

    Raises
    ------
    PolicyError
        It is not a valid policy; names the key.
    BadRequest
        The day is over, or the reason is none that can be kept.
    Conflict
        A newer version was kept meanwhile, or one that is scheduled would replace this one.
    """
    said = Why(why.user_id, clean_reason(why.reason), why.newest, why.again)
    with committed(session):
        _lock(session)
        check_day(session, effective_from)
        return _add_checked(session, dict(document), effective_from, said)


def check_day(session: Session, day: date) -> None:
    """Refuse a day from which what a person has edited cannot be in force.

    Raises
    ------
    BadRequest
        It is over.
    Conflict
        A version that is scheduled would replace the new one.
    """
    if day < policy_store.today(session):
        raise BadRequest(
            N_("effective_from：{day} 已经过去"),
            remedy=N_("请选择今天或以后的日期"),
            day=day.isoformat(),
        )
    _check_scheduled(session, day)


def clean_reason(reason: str) -> str:
    """Return a reason as it is kept.

    Raises
    ------
    BadRequest
        It is empty or too long, or holds characters that nobody sees, or the number of a person.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_CHARACTERS or not reason.isprintable():
        raise BadRequest(
            N_("reason：请写明修改的理由（{most} 字以内）"),
            remedy=N_("例如写明文号或会议"),
            most=REASON_CHARACTERS,
        )
    if mask_numbers(reason) != reason:
        raise BadRequest(
            N_("reason：含有像是个人号码的内容（电话、证件、车牌等）"),
            remedy=N_("理由会记入操作日志，请删去号码"),
        )
    return reason


def measure_in(session: Session, metric_epsg: int) -> int:
    """Let the city measure metres in another CRS from today; return the new version's number.

    Raises
    ------
    Conflict
        A later version is scheduled.
    Unavailable
        The database holds no policy yet.
    PolicyError
        There is no such CRS, or it does not measure in metres.
    """
    return _change_city(session, {"metric_epsg": metric_epsg})


def rename(session: Session, name: str, name_en: str) -> int:
    """Give the city its Chinese and English name from today; return the new version's number.

    Raises
    ------
    Conflict
        A later version is scheduled.
    Unavailable
        The database holds no policy yet.
    PolicyError
        A name is not valid.
    """
    return _change_city(session, {"name": name, "name_en": name_en})


def read(path: Path) -> dict[str, Any]:
    """Read a policy file.

    Raises
    ------
    PolicyError
        It cannot be read, or is not a valid policy.
    """
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(
            N_("城市政策文件 {file} 不能读取：{error}"), file=path.name, error=str(error)
        ) from error
    parse_city(document)
    return document


def keep(session: Session, document: dict[str, Any], effective_from: date, action: str) -> int:
    """Add what the portal itself made of a policy as a version; return its number."""
    with committed(session):
        _lock(session)
        return _add(session, document, effective_from, action, NOBODY)


def remeasure(session: Session, metric_epsg: int) -> None:
    """Measure the area of every street anew: the only figures kept that are measured in the city's CRS."""
    area_m2 = func.ST_Area(func.ST_Transform(Street.outline, metric_epsg))
    session.execute(update(Street).values(area_m2=area_m2).execution_options(synchronize_session=False))


def _add_checked(session: Session, document: dict[str, Any], effective_from: date, why: Why) -> int:
    """Add a document that people wrote, after every key of it has been checked."""
    city = check_document(document)
    measured_in = _measured_in(session)
    if effective_from > policy_store.today(session) and measured_in not in (None, city.metric_epsg):
        raise PolicyError(
            N_("{field}：只能从今天起更改，那时各街道的面积会重新量算"),
            remedy=N_("请把生效日期改为今天，或把坐标系改回 {epsg}"),
            field="city.metric_epsg",
            epsg=measured_in,
        )
    taken = why.again is not None
    return _add(session, document, effective_from, "restore_policy" if taken else "replace_policy", why)


def _add(session: Session, document: dict[str, Any], effective_from: date, action: str, why: Why) -> int:
    """Add a version, with all that hangs on it: guide prices, areas of streets, the audit."""
    city, number = parse_city(document), policy_store.newest(session)
    if why.newest not in (None, number):
        raise Conflict(
            N_("期间已保存了第 {version} 版（{who}），没有写入任何内容"),
            remedy=N_("表单已换成最新一版加上您的改动：请核对后再保存"),
            version=number,
            who=policy_store.saved_by(session, number) or Phrase(N_("系统")),
        )
    measured_in = _measured_in(session)
    earlier = policy_store.in_force(policy_store.policies(session), effective_from) if number else None
    session.add(CityPolicy(version=number + 1, effective_from=effective_from, document=document))
    session.flush()
    guide_prices.rewrite(session, policy_store.policies(session))
    subjects, measures_in = [Subject.POLICY], _measured_in(session)
    if measures_in is not None and measured_in not in (None, measures_in):
        _remeasure(session, measures_in)
        subjects.append(Subject.STREETS)
    touch(session, subjects)
    detail = _detail(city, earlier and earlier.document, document, why)
    audit(session, why.user_id, action, Subject.POLICY, number + 1, detail)
    return number + 1


def _remeasure(session: Session, metric_epsg: int) -> None:
    """Measure the area of every street anew: the only figures kept that are measured in the city's CRS."""
    area_m2 = func.ST_Area(func.ST_Transform(Street.outline, metric_epsg))
    session.execute(update(Street).values(area_m2=area_m2).execution_options(synchronize_session=False))


def _detail(city: City, before: Any, after: dict[str, Any], why: Why) -> dict[str, Any]:
    """Return what the audit tells: which keys, why, and which version was taken again."""
    told: dict[str, Any] = {"city": city.code}
    changed = [found.path for found in differences(before, after)] if before else []
    if changed:
        told["keys"] = changed[:_TOLD_KEYS] + (["…"] if len(changed) > _TOLD_KEYS else [])
    if why.again is not None:
        told["version"] = why.again
    if why.reason:
        told["reason"] = why.reason
    return told


def _change_city(session: Session, changes: dict[str, Any]) -> int:
    """Change keys of ``[city]`` in the version in force: a new one from today that differs in nothing else.

    A scheduled version would undo the change on its day, so there must be none.
    """
    with committed(session):
        _lock(session)
        today = policy_store.today(session)
        current = orjson.loads(policy_store.current_policy(session))
        _check_scheduled(session, today)
        document = only_known({**current, "city": {**current["city"], **changes}})
        return _add_checked(session, document, today, NOBODY)


def _check_scheduled(session: Session, day: date) -> None:
    scheduled = [version for version in policy_store.policies(session) if version.effective_from > day]
    if scheduled:
        raise Conflict(
            N_("已有一版政策将于 {day} 生效，届时会取代这项修改"),
            day=scheduled[0].effective_from.isoformat(),
            remedy=N_("请让修改从那一天起生效；或写入政策文件，再用 portal policy set 文件 --from 日期 设定"),
        )


def _measured_in(session: Session) -> int | None:
    """Return the EPSG code of the CRS in force today, None where there is no policy."""
    if not policy_store.newest(session):
        return None
    return int(orjson.loads(policy_store.current_policy(session))["city"]["metric_epsg"])


def _lock(session: Session) -> None:
    """Let one person keep a version at a time, until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
