"""Communities, coloured by the band of their service score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from geo.policy.city import parse_city
from geo.policy.scores import ScorePolicy
from geo.texts import Phrase
from portal.errors import N_
from portal.labels import NO_BAND
from portal.layers.base import LayerRequest, Legend, LegendClass, TiledLayer
from portal.store import data_versions
from portal.store import policy as policy_store
from portal.store.communities import counts as community_counts
from portal.store.maps import features, tiles
from portal.terms import Subject

NO_SCORE_COLOUR = "#8a8f98"


class Communities(TiledLayer):
    """Outlines (points where there is none) by band; where no record gives a score: 无评分."""

    name: ClassVar[str] = "communities"
    title: ClassVar[str] = N_("小区·服务评分")
    subjects: ClassVar[tuple[Subject, ...]] = (Subject.COMMUNITIES, Subject.SCORES, Subject.STREETS)
    legend_subjects: ClassVar[tuple[Subject, ...]] = (*subjects, *data_versions.SCORED)
    thematic: ClassVar[bool] = True
    shown: ClassVar[bool] = True
    scoped_by: ClassVar[tuple[str, ...]] = ("period",)
    class_property: ClassVar[str] = "band"
    value_property: ClassVar[str] = "points"
    address: ClassVar[str] = "/communities/{id}"

    def load(self, request: LayerRequest) -> bytes:
        """Return name, key, street, band and (where the viewer may see it) points of each on the map."""
        return features.communities(request.session, request.scope, request.viewer.street_id)

    def tile(self, request: LayerRequest, z: int, x: int, y: int) -> bytes:
        """Return one tile: name or key, band, points."""
        return tiles.communities(request.session, request.scope, request.viewer.street_id, z, x, y)

    def legend(self, request: LayerRequest) -> Legend:
        """Return the bands with the number of communities in each, also of those not on the map."""
        counts = features.band_counts(request.session, request.scope)
        held = community_counts.count(request.session, request.scope.street_ids).words
        classes = tuple(_bands(_policy_of(request), counts))
        none = LegendClass(NO_BAND, N_("无评分"), NO_SCORE_COLOUR, counts.get(NO_BAND, 0), "hatch")
        return Legend(
            N_("小区服务评分"),
            (*classes, none),
            unit=N_("分"),
            period=str(request.scope.period),
            n=sum(counts.values()),
            note=_note(held, data_versions.scores_outdated(request.session)),
            source=N_("来源：物业服务评分"),
            changed_at=data_versions.changed_at(request.session, self.subjects),
            digits=1,
        )


def _policy_of(request: LayerRequest) -> ScorePolicy:
    """Return the scheme by which the period was graded; it may have had other bands than today's."""
    versions = policy_store.policies(request.session)
    return parse_city(policy_store.in_force(versions, request.scope.period.last_day).document).scores


def _note(held: str, outdated: str) -> str:
    note = Phrase(N_("n 为小区数，{held}"), held=held) if held else Phrase(N_("n 为小区数"))
    if not outdated:
        return note
    return Phrase(N_("{note}；评分计算于 {day}，之后资料有变化"), note=note, day=outdated)


def _bands(policy: ScorePolicy, counts: dict[str, int]) -> Iterator[LegendClass]:
    above: float | None = None
    for band in policy.bands:
        if above is None:
            reach = f"≥ {band.at_least:g}"
        elif band.at_least == 0:
            reach = f"< {above:g}"
        else:
            reach = f"{band.at_least:g} – {above:g}"
        yield LegendClass(
            band.code,
            f"{band.name} {reach}",
            band.colour,
            counts.get(band.code, 0),
            label_en=f"{band.name_en} {reach}",
        )
        above = band.at_least
