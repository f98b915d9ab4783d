from __future__ import annotations

from geo.frames import CONTRACTS_BY_SUBJECT
from portal.actions.imports.files import FileImport
from portal.actions.imports.registry import IMPORTS, Import, Input
from portal.terms import Subject


def options(subject: Subject) -> set[str]:
    return {option.name for option in IMPORTS[subject].options}


def test_every_frame_of_a_register_has_its_import_and_no_other() -> None:
    assert {str(entry.subject): entry.contract for entry in IMPORTS.values()} == CONTRACTS_BY_SUBJECT


def test_what_an_import_needs_comes_before_it() -> None:
    before: set[Subject] = set()
    for entry in IMPORTS.values():
        assert set(entry.needs) <= before, entry.subject
        before.add(entry.subject)


def test_options_are_parameters_of_an_import() -> None:
    known = FileImport.__dataclass_fields__.keys()
    for entry in IMPORTS.values():
        for option in entry.options:
            assert option.name in known
            assert bool(option.choices) is (option.input is Input.CHOICE)


def test_a_datum_is_asked_for_where_there_are_places_that_do_not_state_it() -> None:
    assert {"datum", "accept_datum"} <= options(Subject.COMPLAINTS)
    assert options(Subject.FIRMS) == {"source", "mapping", "accept", "dry_run"}
    assert options(Subject.ROADS) == {"source", "dry_run"}


def test_scores_rest_on_communities_and_complaints() -> None:
    scored = [entry.subject for entry in IMPORTS.values() if entry.scored]
    assert scored == [Subject.COMMUNITIES, Subject.COMPLAINTS]


def test_an_example_names_the_kind_of_file_where_only_one_will_do() -> None:
    def example(entry: Import) -> str:
        return entry.example

    assert example(IMPORTS[Subject.ROADS]) == "roads FILE.osm.pbf"
    assert example(IMPORTS[Subject.FIRMS]) == "firms FILE"
    assert IMPORTS[Subject.ROADS].schema is None
