"""Communities, coloured by the band of their service score."""

from __future__ import annotations

from typing import ClassVar

from portal.errors import N_
from portal.layers.base import LayerRequest, Legend, LegendClass, TiledLayer
from portal.store import features, tiles
from portal.terms import Subject

NO_SCORE = LegendClass("none", N_("无评分"), "#8a8f98", pattern="hatch")


class Communities(TiledLayer):
    """Outlines (points where there is none) by band; where no record gives a score: 无评分."""

    name: ClassVar[str] = "communities"
    title: ClassVar[str] = N_("小区·服务评分")
    subjects: ClassVar[tuple[Subject, ...]] = (Subject.COMMUNITIES, Subject.SCORES, Subject.STREETS)
    thematic: ClassVar[bool] = True
    shown: ClassVar[bool] = True

    def load(self, request: LayerRequest) -> bytes:
        """Return id, name, street, band and (where the viewer may see it) points of each community."""
        return features.communities(request.session, request.scope, request.viewer.street_id)

    def tile(self, request: LayerRequest, z: int, x: int, y: int) -> bytes:
        """Return one tile: id, name, band, points."""
        return tiles.communities(request.session, request.scope, request.viewer.street_id, z, x, y)

    def legend(self, request: LayerRequest) -> Legend:
        """Return the bands with the number of communities in each, also of those not on the map."""
        counts = features.band_counts(request.session, request.scope)
        classes = [
            LegendClass(band.code, f"{band.name} ≥ {band.at_least:g}", band.colour, counts.get(band.code, 0))
            for band in request.city.scores.bands
        ]
        none = LegendClass("none", NO_SCORE.label, NO_SCORE.colour, counts.get("none", 0), "hatch")
        return Legend(
            N_("服务评分"),
            (*classes, none),
            unit=N_("分"),
            period=str(request.scope.period),
            n=sum(counts.values()),
        )
