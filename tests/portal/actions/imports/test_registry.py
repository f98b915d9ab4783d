from __future__ import annotations

from geo.frames import CONTRACTS_BY_SUBJECT, EVIDENCE_BY_SUBJECT
from portal.actions.imports.files import FileImport
from portal.actions.imports.registry import IMPORTS, Import
from portal.actions.imports.words import Input
from portal.actions.scores.evidence_kinds import KINDS
from portal.terms import Subject


def options(subject: Subject) -> set[str]:
    return {option.name for option in IMPORTS[subject].options}


def test_every_frame_has_its_import_and_no_other() -> None:
    contracts = {str(entry.subject): entry.contract for entry in IMPORTS.values()}
    assert contracts == {**CONTRACTS_BY_SUBJECT, **EVIDENCE_BY_SUBJECT}


def test_evidence_is_part_of_one_subject_and_loaded_alike() -> None:
    parts = [str(entry.subject) for entry in IMPORTS.values() if entry.part_of is Subject.EVIDENCE]
    assert parts == list(EVIDENCE_BY_SUBJECT)
    assert [str(key) for key in KINDS] == parts


def test_a_template_is_for_what_a_table_can_hold() -> None:
    without = {entry.subject for entry in IMPORTS.values() if not entry.has_template}
    assert without == {Subject.ROADS, Subject.STREETS}


def test_texts_that_are_kept_in_plain_are_columns_of_the_contract() -> None:
    for entry in IMPORTS.values():
        assert set(entry.plain) <= {column.name for column in entry.contract.columns if column.kind == "text"}


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


def test_scores_rest_on_communities_complaints_and_evidence() -> None:
    scored = [entry.subject for entry in IMPORTS.values() if entry.scored]
    assert scored == [Subject.COMMUNITIES, Subject.COMPLAINTS, *KINDS]


def test_an_example_names_the_kind_of_file_where_only_one_will_do() -> None:
    def example(entry: Import) -> str:
        return entry.example

    assert example(IMPORTS[Subject.ROADS]) == "roads FILE.osm.pbf"
    assert example(IMPORTS[Subject.FIRMS]) == "firms FILE"
    assert IMPORTS[Subject.ROADS].schema is None
