"""Contracts of evidence: what scores need is required, and periods stand where they must."""

from __future__ import annotations

import pytest

from geo.frames import EVIDENCE_BY_SUBJECT

# What those who deliver evidence rely on: each column, its kind unless it is text, and ! where it is filled.
PROMISED = {
    "gates": "source_key! community! street name! main:flag",
    "owners_committees": "source_key! community! street term:integer! starts_on:date! ends_on:date!",
    "owners_committee_members": (
        "source_key! owners_committee! seat:integer! office! name! concurrent_post:flag"
    ),
    "party_organisations": "source_key! community street firm name! founded_on:date acts_for_committee:flag",
    "meetings": (
        "source_key! community! street period held_on:date! minuted:flag! issues_raised:integer!"
        " issues_closed:integer!"
    ),
    "surveys": "source_key! community! street period! responses:integer! mean_share:number!",
    "street_evaluations": (
        "source_key! community! street period! cooperation:number meetings:number rectification:number"
        " disclosure:number"
    ),
    "inspections": "source_key! community! street period inspected_at:time!",
    "findings": "source_key! inspection! number:integer! indicator! clause! severity! deduction:number!",
    "rectifications": "source_key! finding! state! due_at:time! reported_at:time closed_at:time",
    "penalties": (
        "source_key! community street firm period kind! points:number! clause! evidence! occurred_on:date!"
    ),
}


def test_every_subject_keeps_what_is_promised() -> None:
    told = {
        subject: " ".join(
            f"{c.name}{'' if c.kind == 'text' else ':' + c.kind}{'!' if c.required else ''}"
            for c in contract.columns
        )
        for subject, contract in EVIDENCE_BY_SUBJECT.items()
    }
    assert told == PROMISED


def test_gates_lie_at_a_point() -> None:
    placed = {subject for subject, contract in EVIDENCE_BY_SUBJECT.items() if contract.geometry_types}
    assert placed == {"gates"}
    assert EVIDENCE_BY_SUBJECT["gates"].geometry_required
    assert EVIDENCE_BY_SUBJECT["gates"].geometry_types == {"Point"}


def test_subjects_are_named_after_themselves() -> None:
    assert all(contract.name == subject for subject, contract in EVIDENCE_BY_SUBJECT.items())
    assert all(c.column(c.key).required for c in EVIDENCE_BY_SUBJECT.values())


@pytest.mark.parametrize("subject", ["meetings", "surveys", "street_evaluations", "inspections", "penalties"])
def test_what_counts_for_a_quarter_names_it(subject: str) -> None:
    contract = EVIDENCE_BY_SUBJECT[subject]
    has_a_day = {"held_on", "inspected_at", "occurred_on"} & {column.name for column in contract.columns}
    assert contract.column("period").required is not bool(has_a_day)


@pytest.mark.parametrize(("subject", "owner"), [("findings", "inspection"), ("rectifications", "finding")])
def test_details_name_what_they_belong_to(subject: str, owner: str) -> None:
    assert EVIDENCE_BY_SUBJECT[subject].column(owner).required
