"""The viewer's own routes from today on."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from geo.policy.city import City
from geo.roads.network import Note
from portal.access import Permission
from portal.errors import N_
from portal.layers.base import Layer, LayerRequest, Legend, LegendClass
from portal.store import data_versions
from portal.store.routes import features as route_features
from portal.terms import Subject

COLOUR = "#0b5cad"
PATTERNS = {Note.NO_TRAFFIC: "line", Note.STRAIGHT_LINE: "dashed"}


class Routes(Layer):
    """Ways and stops; dashed where they do not follow roads."""

    name: ClassVar[str] = "routes"
    title: ClassVar[str] = N_("我的巡查路线")
    subjects: ClassVar[tuple[Subject, ...]] = (Subject.ROUTES,)
    personal: ClassVar[bool] = True
    permission: ClassVar[Permission] = Permission.PLAN_ROUTES
    scoped_by: ClassVar[tuple[str, ...]] = ()
    address: ClassVar[str] = "/routes/{id}"

    def load(self, request: LayerRequest) -> bytes:
        """Return ways and stops of the viewer's routes of today and later."""
        return route_features.collection(request.session, request.viewer.user_id, _today(request.city))

    def legend(self, request: LayerRequest) -> Legend:
        """Return the label that times and ways carry, with the number of routes."""
        counts = route_features.counts(request.session, request.viewer.user_id, _today(request.city))
        classes = tuple(
            LegendClass(note, note.text, COLOUR, counts.get(note, 0), pattern)
            for note, pattern in PATTERNS.items()
        )
        return Legend(
            N_("我的巡查路线"),
            classes,
            unit=N_("站"),
            n=sum(counts.values()),
            note=N_("n 为今天及以后的路线数"),
            source=N_("来源：本人规划的路线"),
            changed_at=data_versions.changed_at(request.session, self.subjects),
        )


def _today(city: City) -> date:
    return datetime.now(city.zone).date()
