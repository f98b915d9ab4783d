"""GeoAlchemy2 tables, one module per subject; no relationship loads lazily."""

from portal.models.accounts import Audit, EndedLogin, LoginAttempt, UserAccount
from portal.models.base import Base
from portal.models.communities import (
    Community,
    CommunityAlias,
    CommunityGate,
    CommunityHistory,
    CommunityIdentity,
)
from portal.models.complaints import Complaint, WorkOrder
from portal.models.firms import Contract, Firm, GuidePrice
from portal.models.governance import (
    FourPartyMeeting,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
)
from portal.models.imports import ColumnReading, ImportReject, ImportRun, Upload
from portal.models.inspections import Finding, Inspection, Rectification
from portal.models.operations import DataVersion, Deed, Job, SetAside, UndoStep
from portal.models.places import Neighbourhood, Road, Street
from portal.models.policy import CityPolicy
from portal.models.queries import StoredArea
from portal.models.routes import Route, RouteDropped, RouteStop
from portal.models.scores import Penalty, ServiceScore, StreetEvaluation, Survey

__all__ = [
    "Audit",
    "Base",
    "CityPolicy",
    "ColumnReading",
    "Community",
    "CommunityAlias",
    "CommunityGate",
    "CommunityHistory",
    "CommunityIdentity",
    "Complaint",
    "Contract",
    "DataVersion",
    "Deed",
    "EndedLogin",
    "Finding",
    "Firm",
    "FourPartyMeeting",
    "GuidePrice",
    "ImportReject",
    "ImportRun",
    "Inspection",
    "Job",
    "LoginAttempt",
    "Neighbourhood",
    "OwnersCommittee",
    "OwnersCommitteeMember",
    "PartyOrganisation",
    "Penalty",
    "Rectification",
    "Road",
    "Route",
    "RouteDropped",
    "RouteStop",
    "ServiceScore",
    "SetAside",
    "StoredArea",
    "Street",
    "StreetEvaluation",
    "Survey",
    "UndoStep",
    "Upload",
    "UserAccount",
    "WorkOrder",
]
