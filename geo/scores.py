"""The service score of communities by quarter, from the evidence that backs it.

Scheme: a policy's four dimensions (inspection, street, residents, complaints),
each of which shares its weight among its indicators; a bonus; a veto.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import FrameError
from geo.policy.city import City
from geo.policy.scores import ScorePolicy
from geo.texts import N_

DIMENSIONS = ("inspection", "street", "residents", "complaints")
OK, PARTIAL, MISSING, INSUFFICIENT = "", "partial", "missing", "insufficient_sample"

Floats = npt.NDArray[np.float64]

TALLY_COLUMNS = ("complaints", "dispatched", "contacted_in_time", "called_back", "resolved", "satisfied")


@dataclass(frozen=True)
class Evidence:
    """What scores are made of.

    Parameters
    ----------
    communities
        ``source_key`` and ``households`` (NaN where unknown) of every community to score.
    inspections, findings, street_evaluations, surveys, penalties
        Frames of the contracts of these names in `geo.frames`.
    complaint_tallies
        ``community``, ``period`` and `TALLY_COLUMNS`: how many complaints there are; how many were
        dispatched, and the complainant contacted in time; how many were called back (validly) and,
        among these, resolved and satisfied.
    spoken_of
        ``community`` and ``period``: of these the complaints' source speaks, so that no
        complaint there is none. Of all others the number is unknown.
    """

    communities: pd.DataFrame
    inspections: pd.DataFrame
    findings: pd.DataFrame
    street_evaluations: pd.DataFrame
    surveys: pd.DataFrame
    penalties: pd.DataFrame
    complaint_tallies: pd.DataFrame
    spoken_of: pd.DataFrame

    @property
    def periods(self) -> list[str]:
        """The quarters that any evidence names, earliest first."""
        dated = (
            self.inspections,
            self.street_evaluations,
            self.surveys,
            self.penalties,
            self.complaint_tallies,
        )
        return sorted(set().union(*(frame["period"].dropna() for frame in dated)))

    def within(self, periods: Collection[str]) -> Evidence:
        """Return the evidence of these quarters only, for a scheme that holds in them."""

        def keep(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["period"].isin(periods)]

        others = self.inspections.loc[~self.inspections["period"].isin(periods), "source_key"]
        return replace(
            self,
            inspections=keep(self.inspections),
            findings=self.findings[~self.findings["inspection"].isin(others)],
            street_evaluations=keep(self.street_evaluations),
            surveys=keep(self.surveys),
            penalties=keep(self.penalties),
            complaint_tallies=keep(self.complaint_tallies),
            spoken_of=keep(self.spoken_of),
        )


@dataclass(frozen=True)
class _Dimension:
    """Points of one dimension, NaN where it is missing, and why it is missing or partial."""

    points: Floats
    flag: npt.NDArray[np.object_]


def score_communities(evidence: Evidence, city: City) -> pd.DataFrame:
    """Score every community in every quarter that any evidence names.

    Parameters
    ----------
    evidence
        See `Evidence`.
    city
        Gives weights, indicators, validity of surveys, bonus and bands.

    Returns
    -------
    pandas.DataFrame
        One row a community and quarter: ``community``, ``period``; ``points`` of
        100 rounded to 0.1 and ``band`` (code; graded on the rounded points), both
        missing where nothing gives a score, but a veto gives the lowest band even
        then; for each dimension ``<name>_points``, ``<name>_maximum`` and
        ``<name>_flag`` ("", ``partial`` where indicators are missing or a survey is
        of unknown households, ``missing``, ``insufficient_sample``); ``bonus_points``; ``missing``
        (names of missing dimensions joined by "|"); ``veto``.

    Raises
    ------
    FrameError
        A finding names an inspection or indicator that does not exist, or street
        evaluations lack an indicator of the policy.

    Notes
    -----
    A missing dimension is left out and the others are scaled up to 100; it never
    counts as zero. Few complaints give points only where the source speaks of the
    community's street in that quarter. Silence alone is no evidence: a community without complaints
    and without any other dimension has no score.
    """
    policy = city.scores
    grid = _grid(evidence)
    dimensions = {
        "inspection": _score_inspections(evidence, policy, grid),
        "street": _score_streets(evidence.street_evaluations, policy, grid),
        "residents": _score_residents(evidence, policy, grid),
        "complaints": _score_complaints(evidence, policy, grid),
    }
    dimensions["complaints"] = _ignore_silence(dimensions, evidence, grid)
    table = pd.DataFrame(index=grid)
    for name in DIMENSIONS:
        table[f"{name}_points"] = dimensions[name].points
        table[f"{name}_maximum"] = policy.weights[name]
        table[f"{name}_flag"] = dimensions[name].flag
    table["bonus_points"], table["veto"] = _bonus_and_veto(evidence.penalties, policy, grid)
    return _total(table, policy).reset_index()


def _grid(evidence: Evidence) -> pd.MultiIndex:
    keys = evidence.communities["source_key"]
    return pd.MultiIndex.from_product([keys, evidence.periods], names=["community", "period"])


def _score_inspections(evidence: Evidence, policy: ScorePolicy, grid: pd.MultiIndex) -> _Dimension:
    """Each finding deducts from its indicator, never below 0; a quarter is the mean of its inspections."""
    inspections = evidence.inspections.set_index("source_key")
    findings = evidence.findings
    strange = sorted(set(findings["indicator"]) - set(policy.inspection_indicators))
    if strange:
        raise FrameError(N_("检查问题中的指标 {indicator} 不在评分办法里"), indicator=strange[0])
    if not findings["inspection"].isin(inspections.index).all():
        raise FrameError(N_("有检查问题所属的巡查不存在"))
    maxima = pd.Series(policy.inspection_indicators)
    total = findings["deduction"].astype(float).groupby([findings["inspection"], findings["indicator"]]).sum()
    table = total.unstack(fill_value=0)
    table = table.reindex(index=inspections.index, columns=maxima.index, fill_value=0.0)
    deducted = table.clip(upper=maxima, axis=1)
    kept = 1 - deducted.sum(axis=1) / maxima.sum()
    share = kept.groupby([inspections["community"], inspections["period"]]).mean().reindex(grid)
    return _from_share(share.to_numpy(dtype=float) * policy.weights["inspection"])


def _score_streets(evaluations: pd.DataFrame, policy: ScorePolicy, grid: pd.MultiIndex) -> _Dimension:
    maxima = pd.Series(policy.street_indicators)
    lacking = [name for name in maxima.index if name not in evaluations.columns]
    if lacking:
        raise FrameError(N_("街道社区评价缺少指标 {columns}"), columns=lacking)
    given = _gather(evaluations, list(maxima.index), grid, "mean")
    available = (given.notna() * maxima).sum(axis=1).to_numpy()
    earned = given.clip(lower=0, upper=maxima, axis=1).sum(axis=1).to_numpy()
    return _from_parts(earned, available, float(maxima.sum()), policy.weights["street"])


def _score_residents(evidence: Evidence, policy: ScorePolicy, grid: pd.MultiIndex) -> _Dimension:
    """A survey counts when enough households answered; several of a quarter are pooled.

    Where the number of households is unknown, enough answers count, but the dimension is
    flagged as partial: nobody can tell what share of the households they are.
    """
    surveys = evidence.surveys
    weighted = surveys.assign(sum=surveys["mean_share"] * surveys["responses"])
    pooled = _gather(weighted, ["responses", "sum"], grid, "sum")
    responses = pooled["responses"].fillna(0).to_numpy(dtype=float)
    households = _households(evidence, grid)
    unknown = np.isnan(households)
    needed = policy.survey_min_share_of_households * households
    enough_of_all = unknown | (responses >= needed)
    valid = (responses >= policy.survey_min_responses) & enough_of_all
    mean = np.divide(
        pooled["sum"].to_numpy(dtype=float), responses, where=valid, out=np.full(len(grid), np.nan)
    )
    counted = np.where(unknown, PARTIAL, OK)
    flag = np.where(valid, counted, np.where(responses > 0, INSUFFICIENT, MISSING)).astype(object)
    return _Dimension(mean * policy.weights["residents"], flag)


def _score_complaints(evidence: Evidence, policy: ScorePolicy, grid: pd.MultiIndex) -> _Dimension:
    """Points for few complaints per household, by percentile, and for how complaints were handled."""
    tallies = _gather(evidence.complaint_tallies, list(TALLY_COLUMNS), grid, "sum").fillna(0.0)
    spoken = grid.isin(pd.MultiIndex.from_frame(evidence.spoken_of[["community", "period"]]))
    households = np.where(spoken, _households(evidence, grid), np.nan)
    rate: pd.Series[float] = tallies["complaints"] / np.where(households > 0, households, np.nan)
    rank = rate.groupby(level="period").rank(method="min")
    others = rate.groupby(level="period").transform("count") - 1
    better = (rank - 1) / others.clip(lower=1)
    rate_maximum = policy.complaint_indicators["rate"]
    handled, handled_share = _handling(tallies, policy)
    handling_maximum = policy.complaint_indicators["handling"]
    earned = (rate_maximum * (1 - better)).fillna(0.0).to_numpy() + handling_maximum * handled
    available = rate_maximum * rate.notna().to_numpy() + handling_maximum * handled_share
    return _from_parts(earned, available, rate_maximum + handling_maximum, policy.weights["complaints"])


def _handling(tallies: pd.DataFrame, policy: ScorePolicy) -> tuple[Floats, Floats]:
    """Return what part of the handling indicator was earned, and what part there are numbers for."""
    earned, available = np.zeros(len(tallies)), np.zeros(len(tallies))
    for name, yes, of in (
        ("response", "contacted_in_time", "dispatched"),
        ("resolution", "resolved", "called_back"),
        ("satisfaction", "satisfied", "called_back"),
    ):
        base = tallies[of].to_numpy(dtype=float)
        share = np.divide(tallies[yes].to_numpy(dtype=float), base, where=base > 0, out=np.zeros(len(base)))
        earned += policy.handling_shares[name] * share
        available += policy.handling_shares[name] * (base > 0)
    return earned, available


def _ignore_silence(dimensions: dict[str, _Dimension], evidence: Evidence, grid: pd.MultiIndex) -> _Dimension:
    """Leave the complaints dimension out where no complaint and no other dimension speaks."""
    complaints = dimensions["complaints"]
    spoken = pd.MultiIndex.from_frame(evidence.complaint_tallies[["community", "period"]])
    others = np.column_stack([dimensions[name].points for name in DIMENSIONS if name != "complaints"])
    silent = ~grid.isin(spoken) & np.isnan(others).all(axis=1)
    return _Dimension(
        np.where(silent, np.nan, complaints.points), np.where(silent, MISSING, complaints.flag).astype(object)
    )


def _gather(frame: pd.DataFrame, columns: list[str], grid: pd.MultiIndex, how: str) -> pd.DataFrame:
    """Return the sum or mean of columns for each community and quarter of the grid, NaN where none."""
    numbers = frame[columns].astype(float)
    return numbers.groupby([frame["community"], frame["period"]]).agg(how).reindex(grid)


def _households(evidence: Evidence, grid: pd.MultiIndex) -> Floats:
    known = evidence.communities.set_index("source_key")["households"].astype(float)
    return np.asarray(known.reindex(grid.get_level_values("community")), dtype=np.float64)


def _from_share(points: Floats) -> _Dimension:
    return _Dimension(points, np.where(np.isnan(points), MISSING, OK).astype(object))


def _from_parts(earned: Floats, available: Floats, whole: float, weight: float) -> _Dimension:
    """Scale what the available indicators earned to the weight of the dimension."""
    points = np.divide(earned, available, where=available > 0, out=np.full(len(earned), np.nan)) * weight
    partial = np.where(available < whole - 1e-9, PARTIAL, OK)
    return _Dimension(points, np.where(available > 0, partial, MISSING).astype(object))


def _bonus_and_veto(
    penalties: pd.DataFrame, policy: ScorePolicy, grid: pd.MultiIndex
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    by_community = penalties[penalties["community"].notna()]
    praise = by_community[by_community["kind"] == "commendation"]
    bonus = _gather(praise, ["points"], grid, "sum")["points"].fillna(0.0)
    vetoes = by_community[by_community["kind"] == "veto"]
    veto = grid.isin(pd.MultiIndex.from_frame(vetoes[["community", "period"]]))
    return bonus.clip(upper=policy.bonus_max).to_numpy(dtype=float), np.asarray(veto, dtype=bool)


def _total(table: pd.DataFrame, policy: ScorePolicy) -> pd.DataFrame:
    points = table[[f"{name}_points" for name in DIMENSIONS]].to_numpy()
    present = ~np.isnan(points)
    weight = (present * np.array([policy.weights[name] for name in DIMENSIONS])).sum(axis=1)
    base = np.divide(
        np.nansum(points, axis=1) * 100, weight, where=weight > 0, out=np.full(len(table), np.nan)
    )
    table.insert(0, "points", np.round(np.minimum(base + table["bonus_points"].to_numpy(), 100.0) + 1e-9, 1))
    codes = np.array([band.code for band in policy.bands], dtype=object)
    floors = np.array([band.at_least for band in policy.bands])
    band = codes[
        (table["points"].fillna(0).to_numpy()[:, None] < floors).sum(axis=1).clip(max=len(codes) - 1)
    ]
    band = np.where(table["points"].isna(), None, band)
    table.insert(1, "band", np.where(table["veto"], codes[-1], band))
    names = np.array(DIMENSIONS, dtype=object)
    table["missing"] = ["|".join(names[~row]) for row in present]
    return table
