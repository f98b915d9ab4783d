"""The sample city put together: from a seed to frames that keep the contracts of `geo.frames`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.frames import CONTRACTS_BY_SUBJECT, EVIDENCE_BY_SUBJECT, check
from geo.policy.city import City
from geo.sample import evidence, governance
from geo.sample.arrays import Flags, Floats
from geo.sample.complaints import Complaints, Places, make_complaints
from geo.sample.firms import Service, make_firms, make_service
from geo.sample.ground import Ground, lay_ground
from geo.sample.registers import Placing, Registers, frame_communities, make_registers
from geo.sample.roads import Roads, frame_roads, write_pbf

Frame = TypeVar("Frame", bound=pd.DataFrame)

QUARTERS = 8
SILENT_SHARE = 0.12  # of communities without a contract: nobody inspects, asks or complains


@dataclass(frozen=True)
class SampleSize:
    """How much to make. The ground and its roads are about the same whatever the size."""

    districts: int = 8
    streets: int = 100
    communities: int = 3_000
    firms: int = 700
    complaints: int = 84_000


@dataclass(frozen=True)
class SampleTruth:
    """What was planted, for tests.

    Parameters
    ----------
    hotspots
        ``community``, ``cluster``, ``kind`` (lasting or emerging), ``factor``,
        ``starts_on``, ``category``: one row a member.
    mismatches
        ``rule`` (fee_above_guide, posted_fee_differs, score_below_minimum,
        fee_grade_above_earned), ``community``, ``contract``.
    complaint_places
        ``source_key``, ``community`` (None for other matters), ``property_related``,
        ``level`` and ``how``: where each complaint is, and how exactly it says so.
    silent
        Keys of communities about which there is no evidence at all.
    """

    hotspots: pd.DataFrame
    mismatches: pd.DataFrame
    complaint_places: pd.DataFrame
    silent: pd.Series[str]


@dataclass(frozen=True)
class SampleCity:
    """A fictional city. Frames keep the contract of their name; geometry is WGS 84."""

    seed: int
    as_of: date
    streets: gpd.GeoDataFrame
    neighbourhoods: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    firms: pd.DataFrame
    contracts: pd.DataFrame
    complaints: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    owners_committees: pd.DataFrame
    owners_committee_members: pd.DataFrame
    party_organisations: pd.DataFrame
    meetings: pd.DataFrame
    surveys: pd.DataFrame
    street_evaluations: pd.DataFrame
    inspections: pd.DataFrame
    findings: pd.DataFrame
    rectifications: pd.DataFrame
    penalties: pd.DataFrame
    ways: gpd.GeoDataFrame  # way_id, highway, name, oneway
    truth: SampleTruth
    roads: Roads
    road_nodes: Floats  # longitude and latitude of the nodes of `roads`

    def write_roads(self, path: Path) -> None:
        """Write the road network as an OpenStreetMap PBF file (``.osm.pbf``), replacing what is there."""
        write_pbf(path, self.roads, self.road_nodes)


def make_sample(
    city: City, *, seed: int = 3, as_of: date = date(2025, 12, 31), size: SampleSize | None = None
) -> SampleCity:
    """Make the sample city; the same arguments give the same bytes.

    Parameters
    ----------
    city
        Policy: its categories, indicators, guide prices, time zone and metric CRS
        (whose zone should hold 118.6° E, 26.1° N).
    as_of
        Last day of the 24 months of complaints and 8 quarters of evidence.
    size
        How much of everything; `SampleSize` by default.

    Raises
    ------
    FrameError
        A frame breaks its contract.
    PolicyError
        A complaint category has no words of its own.
    """
    size = size or SampleSize()
    seeds = np.random.SeedSequence(seed).spawn(5)
    lay, name, serve, complain, rate = (np.random.default_rng(s) for s in seeds)
    placing = Placing(city.metric_epsg)
    ground = lay_ground(size.communities, size.streets, size.districts, lay)
    registers = make_registers(ground, placing, as_of.year, name)
    firms = make_firms(serve, size.firms, as_of)
    quarters = evidence.make_quarters(as_of, QUARTERS)
    service = make_service(registers.communities, firms, quarters.last_days, city.fees, as_of, serve)
    silent = (service.current < 0) & (serve.random(len(service.current)) < SILENT_SHARE)
    complaints = _complain(ground, registers, service, silent, city, size.complaints, as_of, complain)
    street_of = registers.communities.set_index("source_key")["street"]
    governed = _govern(registers.communities, firms, service.quality, quarters, as_of, rate)
    rated = _rate(ground, registers, firms, service, silent, quarters, city, as_of, rate)
    sample = SampleCity(
        seed=seed,
        as_of=as_of,
        streets=registers.streets,
        neighbourhoods=registers.neighbourhoods,
        communities=frame_communities(registers, ground, placing),
        firms=firms,
        contracts=service.contracts,
        complaints=gpd.GeoDataFrame(complaints.frame, geometry=placing.place(complaints.points)),
        gates=_name_street(registers.gates, street_of),
        **{name: _name_street(frame, street_of) for name, frame in {**governed, **rated}.items()},
        ways=frame_roads(ground.roads, placing.place(ground.roads.shapes)),
        truth=SampleTruth(
            hotspots=complaints.hotspots,
            mismatches=service.mismatches,
            complaint_places=complaints.places,
            silent=registers.communities.loc[silent, "source_key"].reset_index(drop=True),
        ),
        roads=ground.roads,
        road_nodes=placing.carry(ground.roads.points),
    )
    _check(sample)
    return sample


def _complain(
    ground: Ground,
    registers: Registers,
    service: Service,
    silent: Flags,
    city: City,
    count: int,
    as_of: date,
    rng: np.random.Generator,
) -> Complaints:
    households = np.where(silent, 0.0, registers.communities["true_households"].to_numpy())
    places = Places(registers.communities, ground.sites.outlines, registers.gate_points, registers.located)
    return make_complaints(places, households, service.quality.mean(axis=1), city, count, as_of, rng)


def _govern(
    communities: pd.DataFrame,
    firms: pd.DataFrame,
    quality: Floats,
    quarters: evidence.Quarters,
    as_of: date,
    rng: np.random.Generator,
) -> dict[str, pd.DataFrame]:
    committees, members = governance.make_committees(communities, as_of, rng)
    return {
        "owners_committees": committees,
        "owners_committee_members": members,
        "party_organisations": governance.make_party_organisations(
            communities, firms, committees["community"], as_of, rng
        ),
        "meetings": governance.make_meetings(
            communities, quality, quarters.names, quarters.first_days, quarters.last_days, rng
        ),
    }


def _rate(
    ground: Ground,
    registers: Registers,
    firms: pd.DataFrame,
    service: Service,
    silent: Flags,
    quarters: evidence.Quarters,
    city: City,
    as_of: date,
    rng: np.random.Generator,
) -> dict[str, pd.DataFrame]:
    """Draw what scores rest on, of every community that is not silent; planted mismatches are watched."""
    known = registers.communities[~silent]
    keys = known["source_key"].to_numpy(dtype=object)
    watched = known["source_key"].isin(service.mismatches["community"]).to_numpy()
    households, streets = known["true_households"].to_numpy(), ground.street_of_site[~silent]
    quality, served = service.quality[~silent], (service.current >= 0)[~silent]
    policy, firm_keys = city.scores, firms["source_key"].to_numpy(dtype=object)
    inspections, met = evidence.make_inspections(keys, quality, watched, quarters, city.timezone, rng)
    findings = evidence.make_findings(inspections, met, policy, rng)
    return {
        "surveys": evidence.make_surveys(keys, households, quality, watched, quarters, policy, rng),
        "street_evaluations": evidence.make_evaluations(
            keys, streets, quality, watched, quarters, policy, rng
        ),
        "inspections": inspections,
        "findings": findings,
        "rectifications": evidence.make_rectifications(inspections, findings, as_of, rng),
        "penalties": evidence.make_penalties(keys, firm_keys, served, quarters, rng),
    }


def _name_street(frame: Frame, street_of: pd.Series[str]) -> Frame:
    """Name the street of the community that each row is about, where the frame is about communities."""
    if "community" not in frame.columns:
        return frame
    named = frame["community"].map(street_of)
    return frame.assign(street=named.where(named.notna(), None))


def _check(sample: SampleCity) -> None:
    for subject, contract in {**CONTRACTS_BY_SUBJECT, **EVIDENCE_BY_SUBJECT}.items():
        if subject != "roads":  # read from the road file
            check(getattr(sample, subject), contract)
