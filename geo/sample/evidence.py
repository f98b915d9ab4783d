"""What scores of the sample city rest on: surveys, street evaluations, inspections, penalties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geo.policy.scores import ScorePolicy
from geo.sample.arrays import Cells, Flags, Floats, Ints, keep_where, to_dates
from geo.texts import N_

EVALUATED, SURVEYED, SMALL_SURVEYS, INSPECTED = 0.96, 0.72, 0.12, 0.36
DEDUCTION_CHANCES = np.array([0.42, 0.33, 0.19, 0.06])  # least deduction first
DUE_DAYS = {"minor": 15, "serious": 7, "critical": 1}
# Marked, so that the fictional city is read in either language; what a city's own records say stays as it is.
_CLAUSES = {
    "management": (
        N_("收费标准未公示"),
        N_("公共收益未按季公示"),
        N_("服务合同未公示"),
        N_("投诉台账不完整"),
        N_("项目负责人不在岗"),
    ),
    "order": (N_("门岗无人值守"), N_("巡逻记录缺失"), N_("车辆乱停放"), N_("监控画面缺失"), N_("访客未登记")),
    "cleaning": (
        N_("楼道堆放杂物"),
        N_("垃圾桶满溢"),
        N_("地面积水未清"),
        N_("公共区域有小广告"),
        N_("垃圾投放点异味"),
    ),
    "greening": (N_("绿地裸露"), N_("枯枝未清理"), N_("绿化带被占用"), N_("病虫害未防治")),
    "equipment": (
        *(
            N_("电梯维保记录过期"),
            N_("消防通道被占用"),
            N_("灭火器失效"),
            N_("应急照明不亮"),
            N_("飞线充电"),
            N_("消火栓无水"),
        ),
        *(N_("水箱未按期清洗"), N_("配电房未上锁")),
    ),
}
_PLAIN_CLAUSES = (N_("检查项不合格"),)
_VETOES = (
    ("挪用专项维修资金", "审计报告认定挪用维修资金用于垫付电费"),
    ("侵占公共收益", "电梯广告收入三年未入公共收益账户"),
    ("拒绝接受检查", "两次拒绝检查组进入，有现场记录"),
)
_COMMENDATIONS = (
    ("党建引领示范小区", "市级通报表扬"),
    ("防汛抢险表现突出", "街道书面表扬"),
    ("垃圾分类示范", "区级授牌"),
)
_PENALTIES = (
    ("未按合同约定提供服务", "责令限期改正"),
    ("未按规定公示收费", "警告"),
    ("消防设施未保持完好", "罚款"),
)


@dataclass(frozen=True)
class Quarters:
    """The quarters of the sample: name ("2025-Q4"), first day, last day (not after the sample's end)."""

    names: list[str]
    first_days: pd.DatetimeIndex
    last_days: pd.DatetimeIndex

    def draw_days(self, quarter: Ints, rng: np.random.Generator) -> pd.DatetimeIndex:
        """Draw a day of each of the given quarters (by number)."""
        span = (self.last_days - self.first_days).days.to_numpy()[quarter]
        days = (rng.random(len(quarter)) * (span + 1)).astype("timedelta64[D]")
        return pd.DatetimeIndex(self.first_days.to_numpy()[quarter] + days)


def make_quarters(as_of: date, count: int) -> Quarters:
    """Return the last `count` quarters up to the one that holds `as_of`."""
    periods = pd.period_range(end=pd.Period(as_of, freq="Q"), periods=count, freq="Q")
    last = periods.end_time.normalize()
    return Quarters(
        [f"{p.year}-Q{p.quarter}" for p in periods],
        periods.start_time,
        pd.DatetimeIndex([*last[:-1], pd.Timestamp(as_of)]),
    )


def make_evaluations(
    keys: Cells,
    streets: Ints,
    quality: Floats,
    watched: Flags,
    quarters: Quarters,
    policy: ScorePolicy,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return street evaluations in half points; now and then a street hands in none.

    Here and below, communities that are `watched` have a record in every quarter.
    """
    lazy = rng.random((int(streets.max()) + 1, len(quarters.names))) < 0.012
    owner, quarter = np.nonzero((rng.random(quality.shape) < EVALUATED) & ~lazy[streets] | watched[:, None])
    own = quality[owner, quarter]
    points = {
        name: np.round(np.clip(0.87 + 0.07 * own + rng.normal(0, 0.07, len(own)), 0.1, 1) * most * 2) / 2
        for name, most in _in_order(policy.street_indicators)
    }
    return pd.DataFrame(
        {
            "source_key": [f"PJ{k:06d}" for k in range(1, len(own) + 1)],
            "community": keys[owner],
            "period": np.array(quarters.names, dtype=object)[quarter],
            **points,
        }
    )


def make_surveys(
    keys: Cells,
    households: Floats,
    quality: Floats,
    watched: Flags,
    quarters: Quarters,
    policy: ScorePolicy,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return surveys of residents, some of them with too few answers."""
    owner, quarter = np.nonzero((rng.random(quality.shape) < SURVEYED) | watched[:, None])
    own = quality[owner, quarter]
    needed = np.maximum(
        policy.survey_min_responses, policy.survey_min_share_of_households * households[owner]
    )
    enough = (rng.random(len(own)) >= SMALL_SURVEYS) | watched[owner]
    wished = needed * np.where(enough, rng.uniform(1.02, 2.4, len(own)), rng.uniform(0.2, 0.95, len(own)))
    responses = np.maximum(np.minimum(np.round(wished), np.floor(0.8 * households[owner])), 3)
    return pd.DataFrame(
        {
            "source_key": [f"DC{k:06d}" for k in range(1, len(own) + 1)],
            "community": keys[owner],
            "period": np.array(quarters.names, dtype=object)[quarter],
            "responses": responses.astype(int),
            "mean_share": np.round(np.clip(0.82 + 0.065 * own + rng.normal(0, 0.035, len(own)), 0.2, 1), 3),
        }
    )


def make_inspections(
    keys: Cells,
    quality: Floats,
    watched: Flags,
    quarters: Quarters,
    timezone: str,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, Floats]:
    """Return inspections, and the quality that each met."""
    chance = np.clip(INSPECTED - 0.05 * quality, 0.1, 0.9)
    owner, quarter = np.nonzero((rng.random(quality.shape) < chance) | watched[:, None])
    minutes = (
        rng.choice([9, 10, 11, 14, 15, 16, 20], len(owner), p=[0.2, 0.2, 0.1, 0.2, 0.17, 0.1, 0.03]) * 60
    )
    moment = quarters.draw_days(quarter, rng) + pd.to_timedelta(
        minutes + rng.integers(0, 60, len(owner)), unit="min"
    )
    frame = pd.DataFrame(
        {
            "source_key": [f"XC{k:06d}" for k in range(1, len(owner) + 1)],
            "community": keys[owner],
            "period": np.array(quarters.names, dtype=object)[quarter],
            "inspected_at": moment.tz_localize(timezone),
        }
    )
    return frame, quality[owner, quarter]


def _in_order(indicators: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return indicators by length and spelling, as PostgreSQL keeps a document's keys.

    A policy read from its file has them in another order than the same one from the database,
    and what is drawn must be the same city for both.
    """
    return sorted(indicators.items(), key=lambda item: (len(item[0]), item[0]))


def make_findings(
    inspections: pd.DataFrame, quality: Floats, policy: ScorePolicy, rng: np.random.Generator
) -> pd.DataFrame:
    """Return findings: the worse the service, the more; heavier indicators have more of them."""
    number = rng.poisson(np.exp(1.42 - 0.52 * quality))
    owner = np.repeat(np.arange(len(inspections)), number)
    position = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number) + 1
    names, maxima = zip(*_in_order(policy.inspection_indicators), strict=True)
    weight = np.array(maxima)
    indicator = rng.choice(np.array(names, dtype=object), len(owner), p=weight / weight.sum())
    steps = np.sort(np.array(policy.finding_deductions))
    chance = np.resize(DEDUCTION_CHANCES, len(steps))
    step = rng.choice(len(steps), len(owner), p=chance / chance.sum())
    severity = np.array(["minor", "minor", "serious", "critical"], dtype=object)[np.minimum(step, 3)]
    luck = rng.random(len(owner))
    clauses = [_CLAUSES.get(name, _PLAIN_CLAUSES) for name in indicator]
    keys = inspections["source_key"].to_numpy()[owner]
    return pd.DataFrame(
        {
            "source_key": [f"{key}-{n}" for key, n in zip(keys, position, strict=True)],
            "inspection": keys,
            "number": position,
            "indicator": indicator,
            "clause": [own[int(u * len(own))] for own, u in zip(clauses, luck, strict=True)],
            "severity": severity,
            "deduction": steps[step],
        }
    )


def make_rectifications(
    inspections: pd.DataFrame, findings: pd.DataFrame, as_of: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one rectification a finding: most pass, some fail or escalate, some are overdue."""
    count = len(findings)
    found = (
        inspections.set_index("source_key")["inspected_at"].loc[findings["inspection"]].reset_index(drop=True)
    )
    end = (pd.Timestamp(as_of) + pd.Timedelta(days=1)).tz_localize(found.dt.tz)
    days = findings["severity"].map(DUE_DAYS).to_numpy(dtype=float)
    due = found + pd.to_timedelta(days, unit="D")
    reported = (found + pd.to_timedelta(days * rng.lognormal(-0.35, 0.55, count), unit="D")).dt.floor("min")
    closed = (reported + pd.to_timedelta(rng.uniform(1, 9, count), unit="D")).dt.floor("min")
    never = rng.random(count) < 0.03
    sent, checked = (reported < end) & ~never, (closed < end) & ~never
    fate = rng.choice(np.array(["passed", "failed", "escalated"], dtype=object), count, p=[0.9, 0.07, 0.03])
    state = np.where(checked, fate, np.where(sent, "reported", "open"))
    state = np.where(
        never & (due + pd.Timedelta(days=60) < end) & (rng.random(count) < 0.7), "escalated", state
    )
    return pd.DataFrame(
        {
            "source_key": findings["source_key"],
            "finding": findings["source_key"],
            "state": state,
            "due_at": due,
            "reported_at": reported.where(sent),
            "closed_at": closed.where(checked & (state == "passed")),
        }
    )


def make_penalties(
    keys: Cells, firms: Cells, served: Flags, quarters: Quarters, rng: np.random.Generator
) -> pd.DataFrame:
    """Return vetoes and commendations of communities and penalties of firms, spread over the quarters."""
    whole = len(keys)
    rows: list[tuple[str, int, tuple[str, str], float]] = []
    for kind, texts, number in (
        ("veto", _VETOES, max(3, whole // 1_000)),
        ("commendation", _COMMENDATIONS, max(3, whole // 25)),
        ("penalty", _PENALTIES, max(3, len(firms) // 15)),
    ):
        pool = np.arange(len(firms)) if kind == "penalty" else np.flatnonzero(served)
        for k, subject in enumerate(rng.choice(pool, min(number, len(pool)), replace=False).tolist()):
            points = (
                0.0
                if kind == "veto"
                else float(rng.choice([0.5, 1, 2]) if kind == "penalty" else rng.integers(1, 4))
            )
            rows.append((kind, subject, texts[k % len(texts)], points))
    kinds = np.array([row[0] for row in rows], dtype=object)
    subject = np.array([row[1] for row in rows])
    quarter = rng.integers(0, len(quarters.names), len(rows))
    of_firm = kinds == "penalty"
    return pd.DataFrame(
        {
            "source_key": [f"JC{k:04d}" for k in range(1, len(rows) + 1)],
            "community": keep_where(~of_firm, keys[np.where(of_firm, 0, subject)]),
            "firm": keep_where(of_firm, firms[np.where(of_firm, subject, 0)]),
            "period": np.array(quarters.names, dtype=object)[quarter],
            "kind": kinds,
            "points": [row[3] for row in rows],
            "clause": [row[2][0] for row in rows],
            "evidence": [row[2][1] for row in rows],
            "occurred_on": to_dates(quarters.draw_days(quarter, rng).to_numpy()),
        }
    )
