"""The closed vocabularies of the portal: each a `StrEnum` whose values the database checks."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who a user is."""

    LEADER = "leader"
    INSPECTOR = "inspector"
    STREET = "street"
    CLERK = "clerk"
    REGULATOR = "regulator"
    ADMINISTRATOR = "administrator"


class PlaceLevel(StrEnum):
    """How exactly the place of a complaint is known."""

    POINT = "point"
    COMMUNITY = "community"
    NEIGHBOURHOOD = "neighbourhood"
    STREET = "street"
    NONE = "none"


class PlaceHow(StrEnum):
    """By what the place of a complaint, or the street of a community, was found."""

    COORDINATE = "coordinate"
    NAME = "name"
    ALIAS = "alias"
    ADDRESS = "address"
    NEIGHBOURHOOD = "neighbourhood"
    STREET = "street"
    OVERLAP = "overlap"
    MANUAL = "manual"
    OUTSIDE = "outside"
    NOT_FOUND = "not_found"


class Doubt(StrEnum):
    """Why a coordinate, or a name, is not taken for true before a clerk has decided; the gravest first."""

    FAR_OFF = "far_off"
    SHARED = "shared"  # many different places at exactly one coordinate
    OTHER_STREET = "other_street"  # the named street is not the coordinate's
    OTHER_DISTRICT = "other_district"  # the named district is not the street's


class Ruling(StrEnum):
    """What a clerk has decided of a doubt: which of the two places holds."""

    COORDINATE = "coordinate"
    NAMED = "named"


class CommunityStatus(StrEnum):
    """Life of a community's record."""

    ACTIVE = "active"
    MERGED = "merged"
    SPLIT = "split"


class HistoryKind(StrEnum):
    """What happened to a community's record."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    LINKED = "linked"
    PINNED = "pinned"
    DRAWN = "drawn"


class RectificationState(StrEnum):
    """Where the rectification (整改) of a finding stands."""

    OPEN = "open"
    REPORTED = "reported"
    PASSED = "passed"
    FAILED = "failed"
    ESCALATED = "escalated"


class Severity(StrEnum):
    """How serious a finding is."""

    MINOR = "minor"
    SERIOUS = "serious"
    CRITICAL = "critical"


class PenaltyKind(StrEnum):
    """What a penalty record does to a score."""

    PENALTY = "penalty"
    VETO = "veto"
    COMMENDATION = "commendation"


class ImportState(StrEnum):
    """How an import ended."""

    DONE = "done"
    UNCHANGED = "unchanged"  # all rows were there already
    FAILED = "failed"  # none of the rows could be imported
    UNDONE = "undone"  # taken back


class JobState(StrEnum):
    """Where a job of the worker stands."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Subject(StrEnum):
    """What an import, a data version or an audit row is about."""

    POLICY = "policy"
    STREETS = "streets"
    NEIGHBOURHOODS = "neighbourhoods"
    COMMUNITIES = "communities"
    FIRMS = "firms"
    CONTRACTS = "contracts"
    COMPLAINTS = "complaints"
    ROADS = "roads"
    EVIDENCE = "evidence"  # any of the kinds from here on
    GATES = "gates"
    OWNERS_COMMITTEES = "owners_committees"
    OWNERS_COMMITTEE_MEMBERS = "owners_committee_members"
    PARTY_ORGANISATIONS = "party_organisations"
    MEETINGS = "meetings"
    SURVEYS = "surveys"
    STREET_EVALUATIONS = "street_evaluations"
    INSPECTIONS = "inspections"
    FINDINGS = "findings"
    RECTIFICATIONS = "rectifications"
    PENALTIES = "penalties"
    SCORES = "scores"
    ROUTES = "routes"
    AREAS = "areas"
    ACCOUNTS = "accounts"
    JOBS = "jobs"
