from __future__ import annotations

from sqlalchemy.orm import Session

from portal.models import Community, Inspection
from portal.store.imports import references


def test_numbers_of_other_rows_are_told_by_name(session: Session) -> None:
    named = Community(name="晨光苑", street_how="not_found")
    nameless = Community(pin="SRID=4326;POINT(114 22.5)", street_how="not_found")
    session.add_all([named, nameless])
    session.flush()
    visit = Inspection(
        source="t", source_key="XC1", community_id=named.id, inspected_at="2025-01-05 10:00+08"
    )
    session.add(visit)
    session.flush()
    assert references.names(session, "community_id", {named.id, nameless.id, 0}) == {named.id: "晨光苑"}
    assert references.names(session, "inspection_id", {visit.id}) == {visit.id: "XC1"}
    assert references.names(session, "households", {named.id}) == {}
    assert references.names(session, "firm_id", set()) == {}


def test_files_name_what_tables_number() -> None:
    assert references.field_of("community_id") == "community"
    assert references.field_of("way_id") == "way_id"
