"""What the names that a record gives tell of its place: street, neighbourhood, community."""

from __future__ import annotations

from typing import Any

import pandas as pd

from portal.store.places.known import Communities, Neighbourhoods, Streets
from portal.terms import Ruling

NAMES = ("district", "street", "neighbourhood", "community")


def find_names(
    records: pd.DataFrame, streets: Streets, neighbourhoods: Neighbourhoods, communities: Communities
) -> pd.DataFrame:
    """Return what the names of each record tell.

    Parameters
    ----------
    records
        `NAMES` and ``address``; ``stays`` and ``ruling`` as `portal.actions.places.complaint_places.place`.

    Returns
    -------
    DataFrame
        ``street_id``, ``neighbourhood_id``, ``community_id``, ``how`` it was found, and
        ``elsewhere_id``: the street so named, where it lies in another district than the named one.
    """
    memory: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    found = []
    nothing = [None] * len(records)
    staying, rulings = (records.get(name, nothing) for name in ("stays", "ruling"))
    rows = records[[*NAMES, "address"]].itertuples(index=False, name=None)
    for (*names, address), stays, ruling in zip(rows, staying, rulings, strict=True):
        key = (*names, stays, ruling)
        if key not in memory:
            district, street, neighbourhood, community = names
            street_id = streets.find(street, district)
            elsewhere_id = streets.find_elsewhere(street, district)
            if ruling == Ruling.NAMED:
                street_id = street_id or elsewhere_id
            memory[key] = (
                street_id,
                neighbourhoods.find(neighbourhood, street_id),
                elsewhere_id,
                communities.find(community, street_id, stays),
            )
        *ids, hit = memory[key]
        hit = hit or communities.find_in_address(address, ids[0], stays)
        found.append((*ids, hit and hit.community_id, hit and hit.how))
    columns = ["street_id", "neighbourhood_id", "elsewhere_id", "community_id", "how"]
    return pd.DataFrame(found, columns=columns, dtype=object)
