"""What is known of places, for records to be put where they belong: by name, by key, by point."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import shapely
from sqlalchemy import FromClause, Subquery, func, select, true
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, CommunityIdentity, Neighbourhood, Street
from portal.place_names import district_key, loose_street_key, name_key, neighbourhood_key, street_name
from portal.terms import CommunityStatus, PlaceHow

WGS84 = "EPSG:4326"
# Shorter names occur in addresses by chance.
LEAST_CHARACTERS_IN_ADDRESS = 3
# 泰然九路 is a road, not 泰然: what follows a name in an address may make it another thing.
_NOT_A_COMMUNITY = ("路", "街", "巷", "大道", "地铁", "公交", "站")


class Streets:
    """Streets by name and district."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Take id, name and district of every street."""
        self._by_name: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._loosely: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for street_id, name, district in rows:
            self._by_name[street_key(name)].append((district_key(district), street_id))
            self._loosely[loose_street_key(name)].append((district_key(district), street_id))

    @classmethod
    def known(cls, session: Session) -> Streets:
        """Return those of the database."""
        return cls(session.execute(select(Street.id, Street.name, Street.district)).tuples())

    def __len__(self) -> int:
        return sum(map(len, self._by_name.values()))

    def find(self, street: str | None, district: str | None = None) -> int | None:
        """Return the id of the only street of this name, in this district where one is given.

        A short form, such as 石牌街 for 石牌街道, is found where no street has it for its name.
        """
        if not street:
            return None
        found = self._by_name.get(street_key(street)) or self._loosely.get(loose_street_key(street), [])
        if district:
            wanted = district_key(district)
            # A street without a district may be in any.
            found = [(known, street_id) for known, street_id in found if known in ("", wanted)]
        return found[0][1] if len(found) == 1 else None

    def knows(self, street: str) -> bool:
        """Whether any street has this name, in whatever district."""
        return street_key(street) in self._by_name or loose_street_key(street) in self._loosely

    def find_elsewhere(self, street: str | None, district: str | None) -> int | None:
        """Return the id of the only street of this name where it lies in another district than is given."""
        if not district or self.find(street, district) is not None:
            return None
        return self.find(street)


def street_key(name: str) -> str:
    """Return what two spellings of a street's name have in common."""
    return name_key(street_name(name))


class Neighbourhoods:
    """Neighbourhoods by street and name."""

    def __init__(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """Take id, street and name of every neighbourhood."""
        self._by_name: dict[str, dict[int, int]] = defaultdict(dict)
        for neighbourhood_id, street_id, name in rows:
            self._by_name[neighbourhood_key(name)][street_id] = neighbourhood_id

    @classmethod
    def known(cls, session: Session) -> Neighbourhoods:
        """Return those of the database."""
        rows = select(Neighbourhood.id, Neighbourhood.street_id, Neighbourhood.name)
        return cls(session.execute(rows).tuples())

    def find(self, name: str | None, street_id: int | None) -> int | None:
        """Return the id of the neighbourhood of this name: of the street, else the city's only one."""
        found = self._by_name.get(neighbourhood_key(name), {}) if name else {}
        if street_id is not None:
            return found.get(street_id)
        return next(iter(found.values())) if len(found) == 1 else None


@dataclass(frozen=True)
class Hit:
    """A community found by its name, an alias, or an address that holds one of them."""

    community_id: int
    how: PlaceHow


class Communities:
    """Communities by street and any of their names."""

    def __init__(self, rows: Iterable[tuple[int, int | None, str, bool]]) -> None:
        """Take community, street, name, and whether it is an alias, of every name."""
        # Street (None: the whole city) to name to communities, and whether it is their own name.
        self._by_street: dict[int | None, dict[str, dict[int, bool]]] = defaultdict(dict)
        for community_id, street_id, name, is_alias in rows:
            for place in {street_id, None}:
                owners = self._by_street[place].setdefault(name_key(name), {})
                owners[community_id] = owners.get(community_id, False) or not is_alias
        self._lengths = {
            place: sorted({n for n in map(len, names) if n >= LEAST_CHARACTERS_IN_ADDRESS}, reverse=True)
            for place, names in self._by_street.items()
        }
        self._names: dict[int, list[str]] = defaultdict(list)
        for key, owners in self._by_street.get(None, {}).items():
            for community_id in owners:
                self._names[community_id].append(key)

    @classmethod
    def known(cls, session: Session) -> Communities:
        """Return the active ones of the database."""
        active = Community.status == CommunityStatus.ACTIVE
        own = select(Community.id, Community.street_id, Community.name).where(active)
        other = (
            select(Community.id, Community.street_id, CommunityAlias.alias)
            .join(CommunityAlias, CommunityAlias.community_id == Community.id)
            .where(active)
        )
        rows = [(*row, False) for row in session.execute(own).tuples()]
        rows += [(*row, True) for row in session.execute(other).tuples()]
        return cls((owner, street, name, is_alias) for owner, street, name, is_alias in rows if name)

    def find(self, name: str | None, street_id: int | None, stays: int | None = None) -> Hit | None:
        """Return the only community called ``name`` on the street; in the city where no street is given.

        Parameters
        ----------
        stays
            A community that was found by this name before: as long as it is called so, it is
            the one, wherever it lies now and whoever else is called so.
        """
        if not name:
            return None
        key = name_key(name)
        own = None if stays is None else self._by_street.get(None, {}).get(key, {}).get(stays)
        if stays is not None and own is not None:
            return Hit(stays, PlaceHow.NAME if own else PlaceHow.ALIAS)
        return self._only(self._by_street.get(street_id, {}).get(key, {}))

    def count(self, name: str, street_id: int) -> int:
        """Return how many communities of the street are called ``name``."""
        return len(self._by_street.get(street_id, {}).get(name_key(name), {}))

    def find_in_address(
        self, address: str | None, street_id: int | None, stays: int | None = None
    ) -> Hit | None:
        """Return the community whose name is the longest that occurs in ``address``.

        Parameters
        ----------
        stays
            A community that was found in this address before; only a longer name takes it away.
        """
        if not address:
            return None
        text = name_key(address)
        before = self._longest_in(text, stays)
        names = self._by_street.get(street_id, {})
        for length in self._lengths.get(street_id, []):
            if length <= before:
                break
            for start in range(len(text) - length + 1):
                owners = names.get(text[start : start + length])
                if owners and _ends_a_name(text, start + length):
                    hit = self._only(owners)
                    if hit is not None:
                        return Hit(hit.community_id, PlaceHow.ADDRESS)
        return Hit(stays, PlaceHow.ADDRESS) if stays is not None and before else None

    def _longest_in(self, text: str, community_id: int | None) -> int:
        """Return the length of the longest name of a community that occurs in ``text``, 0 without any."""
        names = [] if community_id is None else self._names.get(community_id, [])
        long = (name for name in names if len(name) >= LEAST_CHARACTERS_IN_ADDRESS)
        return max((len(name) for name in long if _occurs(name, text)), default=0)

    @staticmethod
    def _only(owners: dict[int, bool]) -> Hit | None:
        if len(owners) != 1:
            return None
        community_id, own = next(iter(owners.items()))
        return Hit(community_id, PlaceHow.NAME if own else PlaceHow.ALIAS)


def _occurs(name: str, text: str) -> bool:
    start = text.find(name)
    while start >= 0:
        if _ends_a_name(text, start + len(name)):
            return True
        start = text.find(name, start + 1)
    return False


def _ends_a_name(text: str, end: int) -> bool:
    return not text.startswith(_NOT_A_COMMUNITY, end)


class Identities:
    """Communities by the keys that sources give them."""

    def __init__(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """Take source, key and community of identities."""
        self._by_key: dict[str, dict[str, int]] = defaultdict(dict)
        for source, key, community_id in rows:
            self._by_key[key][source] = community_id

    @classmethod
    def known(cls, session: Session, keys: Iterable[str]) -> Identities:
        """Return those of active communities that have one of ``keys``."""
        rows = (
            select(CommunityIdentity.source, CommunityIdentity.source_key, CommunityIdentity.community_id)
            .join(Community, Community.id == CommunityIdentity.community_id)
            .where(CommunityIdentity.source_key.in_(set(keys)), Community.status == CommunityStatus.ACTIVE)
        )
        return cls(session.execute(rows).tuples())

    def find(self, key: str, source: str) -> int | None:
        """Return the community that ``source`` calls ``key``, else the only one that any source does."""
        found = self._by_key.get(key, {})
        if source in found:
            return found[source]
        owners = set(found.values())
        return owners.pop() if len(owners) == 1 else None


def holding_streets(rows: FromClause, key: str, point: str) -> Subquery:
    """Return ``key`` and ``street_id`` of the rows whose point lies in a street.

    Where streets overlap, the first by source key holds it: the same whatever was imported first.
    """
    # From the streets' side, so that PostGIS prepares each of them once; OFFSET keeps it that way.
    inside = (
        select(rows.c[key])
        .where(rows.c[point].op("&&")(Street.outline), func.ST_Covers(Street.outline, rows.c[point]))
        .offset(0)
        .lateral()
    )
    return (
        select(inside.c[key], Street.id.label("street_id"))
        .select_from(Street)
        .join(inside, true())
        .distinct(inside.c[key])
        .order_by(inside.c[key], Street.source_key)
        .subquery()
    )


def outlines(session: Session) -> gpd.GeoDataFrame | None:
    """Return the outlines of active communities in WGS 84, None without any."""
    active = (Community.status == CommunityStatus.ACTIVE, Community.outline.is_not(None))
    rows = session.scalars(select(func.ST_AsBinary(Community.outline)).where(*active)).all()
    shapes = shapely.from_wkb([bytes(item) for item in rows])
    return gpd.GeoDataFrame(geometry=list(shapes), crs=WGS84) if rows else None
