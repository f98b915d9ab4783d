"""The kinds of evidence: of each its name, its table, what its rows belong to, what two rows never share.

One entry of `KINDS` is all that the registry of imports and `portal.actions.scores.evidence_import` need
to load a kind. What a frame's contract and a schema do not know of rows stands in `evidence_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from geo.frames import EVIDENCE_BY_SUBJECT, Contract
from portal.actions.scores import evidence_rules as rules
from portal.errors import N_
from portal.models import (
    Base,
    CommunityGate,
    Finding,
    FourPartyMeeting,
    Inspection,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
    Penalty,
    Rectification,
    StreetEvaluation,
    Survey,
)
from portal.store.scores.owners import Owners
from portal.terms import Subject


@dataclass(frozen=True)
class Owner:
    """What rows belong to: its subject, the field that names it, the column that keeps it, its finder."""

    subject: Subject
    field: str
    column: str
    find: Callable[[Owners, pd.DataFrame], list[int | None]]
    reason: str
    remedy: str


COMMUNITY = Owner(
    Subject.COMMUNITIES,
    "community",
    "community_id",
    lambda owners, frame: owners.communities(frame["community"], frame["street"]),
    N_("没有唯一的小区叫这个名称或编号"),
    N_("请先导入小区，或写明街道"),
)
FIRM = Owner(
    Subject.FIRMS,
    "firm",
    "firm_id",
    lambda owners, frame: owners.firms(frame["firm"]),
    N_("没有唯一的企业叫这个名称或代码"),
    N_("请先导入企业，或写统一社会信用代码"),
)
COMMITTEE = Owner(
    Subject.OWNERS_COMMITTEES,
    "owners_committee",
    "owners_committee_id",
    lambda owners, frame: owners.committees(frame["owners_committee"]),
    N_("没有唯一的业委会是这个编号"),
    N_("请先导入业委会，这里写它在那份文件里的编号"),
)
INSPECTION = Owner(
    Subject.INSPECTIONS,
    "inspection",
    "inspection_id",
    lambda owners, frame: owners.inspections(frame["inspection"]),
    N_("没有唯一的巡查是这个编号"),
    N_("请先导入巡查检查，这里写它在那份文件里的编号"),
)
FINDING = Owner(
    Subject.FINDINGS,
    "finding",
    "finding_id",
    lambda owners, frame: owners.findings(frame["finding"]),
    N_("没有唯一的检查问题是这个编号"),
    N_("请先导入检查问题，这里写它在那份文件里的编号"),
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of evidence.

    Parameters
    ----------
    subject
        Whose contract its frames keep.
    name, sentence
        What it is called, and what is imported: marked texts.
    model
        Its table, which has columns named as those of the contract.
    owners
        What a row belongs to: to exactly one of them.
    apart
        Groups of the table's columns in which no two rows may be alike.
    keyed
        Whether the table keeps source and key, by which a row is known; else it is by ``apart``.
    plain
        Texts that are kept as they are: numbers of persons in them are masked.
    judge
        Yields what is wrong with a row.
    touches
        Whose data version is raised beside its own.
    """

    subject: Subject
    name: str
    sentence: str
    model: type[Base]
    owners: Sequence[Owner] = (COMMUNITY,)
    apart: Sequence[tuple[str, ...]] = ()
    keyed: bool = True
    plain: Sequence[str] = ()
    judge: rules.Judge = rules.judge_nothing
    touches: Subject = Subject.EVIDENCE

    @property
    def contract(self) -> Contract:
        """What its frames keep."""
        return EVIDENCE_BY_SUBJECT[self.subject]

    @property
    def needs(self) -> tuple[Subject, ...]:
        """What should be imported first."""
        return tuple(owner.subject for owner in self.owners)


# In the order in which they need each other.
KINDS: dict[Subject, Kind] = {
    kind.subject: kind
    for kind in (
        Kind(
            subject=Subject.GATES,
            name=N_("出入口"),
            sentence=N_("导入小区的出入口：有经纬度的清单，或点位。"),
            model=CommunityGate,
            apart=[("community_id", "name")],
            plain=("name",),
            touches=Subject.COMMUNITIES,
        ),
        Kind(
            subject=Subject.OWNERS_COMMITTEES,
            name=N_("业委会"),
            sentence=N_("导入业委会：每届一行，写明任期。"),
            model=OwnersCommittee,
            apart=[("community_id", "term")],
            judge=rules.judge_term,
        ),
        Kind(
            subject=Subject.OWNERS_COMMITTEE_MEMBERS,
            name=N_("业委会成员"),
            sentence=N_("导入业委会成员；姓名加密保存。"),
            model=OwnersCommitteeMember,
            owners=(COMMITTEE,),
            apart=[("owners_committee_id", "seat")],
            keyed=False,
        ),
        Kind(
            subject=Subject.PARTY_ORGANISATIONS,
            name=N_("党组织"),
            sentence=N_("导入小区或企业的党组织。"),
            model=PartyOrganisation,
            owners=(COMMUNITY, FIRM),
            apart=[("community_id",), ("firm_id",)],
            plain=("name",),
        ),
        Kind(
            subject=Subject.MEETINGS,
            name=N_("四方联动会议"),
            sentence=N_("导入四方联动会议：提出和办结的事项。"),
            model=FourPartyMeeting,
            apart=[("community_id", "held_on")],
            judge=rules.judge_meeting,
        ),
        Kind(
            subject=Subject.SURVEYS,
            name=N_("业主满意度调查"),
            sentence=N_("导入业主满意度调查：每小区每季度一行。"),
            model=Survey,
            apart=[("community_id", "period")],
            judge=rules.judge_quarter,
        ),
        Kind(
            subject=Subject.STREET_EVALUATIONS,
            name=N_("街道社区评价"),
            sentence=N_("导入街道社区评价：每小区每季度一行。"),
            model=StreetEvaluation,
            apart=[("community_id", "period")],
            judge=rules.judge_evaluation,
        ),
        Kind(
            subject=Subject.INSPECTIONS,
            name=N_("巡查检查"),
            sentence=N_("导入巡查检查：每次一行。"),
            model=Inspection,
            judge=rules.judge_inspection,
        ),
        Kind(
            subject=Subject.FINDINGS,
            name=N_("检查问题"),
            sentence=N_("导入检查发现的问题和扣分。"),
            model=Finding,
            owners=(INSPECTION,),
            apart=[("inspection_id", "number")],
            plain=("clause",),
            judge=rules.judge_finding,
        ),
        Kind(
            subject=Subject.RECTIFICATIONS,
            name=N_("整改"),
            sentence=N_("导入问题的整改：期限和状态。"),
            model=Rectification,
            owners=(FINDING,),
            apart=[("finding_id",)],
            keyed=False,
            judge=rules.judge_rectification,
        ),
        Kind(
            subject=Subject.PENALTIES,
            name=N_("处罚与表彰"),
            sentence=N_("导入处罚、一票否决和表彰，属于小区或企业。"),
            model=Penalty,
            owners=(COMMUNITY, FIRM),
            plain=("clause", "evidence"),
            judge=rules.judge_penalty,
        ),
    )
}
