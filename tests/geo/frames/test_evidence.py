"""Contracts of evidence: what scores need is required, and periods stand where they must."""

from __future__ import annotations

import pytest

from geo.frames import EVIDENCE_BY_SUBJECT


def test_subjects_are_named_after_themselves() -> None:
    assert all(contract.name == subject for subject, contract in EVIDENCE_BY_SUBJECT.items())
    assert all(c.column(c.key).required for c in EVIDENCE_BY_SUBJECT.values())


@pytest.mark.parametrize("subject", ["meetings", "surveys", "street_evaluations", "inspections", "penalties"])
def test_what_counts_for_a_quarter_names_it(subject: str) -> None:
    assert EVIDENCE_BY_SUBJECT[subject].column("period").required


@pytest.mark.parametrize(("subject", "owner"), [("findings", "inspection"), ("rectifications", "finding")])
def test_details_name_what_they_belong_to(subject: str, owner: str) -> None:
    assert EVIDENCE_BY_SUBJECT[subject].column(owner).required
