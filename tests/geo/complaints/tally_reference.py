"""What complaints say of communities, by quarter: what the portal's counts in SQL are checked against."""

from __future__ import annotations

import pandas as pd


def tally_complaints(complaints: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Count complaints and how they were handled, by community and quarter.

    Parameters
    ----------
    complaints
        Columns of the COMPLAINTS contract, ``community`` being a source key. The
        caller leaves out what is no property matter and what is an enquiry.
    timezone
        The quarter of a complaint is that of its local time there.

    Returns
    -------
    pandas.DataFrame
        ``community``, ``period`` ("2025-Q4"), ``complaints``; ``dispatched`` and
        ``contacted_in_time``; ``called_back`` (validly) and, among these,
        ``resolved`` and ``satisfied``.
    """
    known = complaints[complaints["community"].notna()]
    called = known["called_back"].eq(True)
    counts = pd.DataFrame(
        {
            "community": known["community"],
            "period": _quarter_of(known["received_at"], timezone),
            "complaints": 1,
            "dispatched": known["responded_in_time"].notna(),
            "contacted_in_time": known["responded_in_time"].eq(True),
            "called_back": called,
            "resolved": called & known["resolved"].eq(True),
            "satisfied": called & known["satisfied"].eq(True),
        }
    )
    return counts.groupby(["community", "period"], as_index=False).sum()


def list_spoken_of(complaints: pd.DataFrame, communities: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """List the communities and quarters of which the complaints' source speaks.

    A source that has no record of a street in a quarter may not cover it at all:
    that nobody complains there is then not known.

    Parameters
    ----------
    complaints
        ``street`` and ``received_at`` of every record, of whatever matter.
    communities
        ``source_key`` and ``street``, missing where unknown: such a community is never listed.
    timezone
        The quarter of a record is that of its local time there.

    Returns
    -------
    pandas.DataFrame
        ``community``, ``period``: each pair once.
    """
    known = complaints[complaints["street"].notna()]
    spoken = pd.DataFrame(
        {"street": known["street"], "period": _quarter_of(known["received_at"], timezone)}
    ).drop_duplicates()
    listed = communities[communities["street"].notna()].merge(spoken, on="street")
    return listed[["source_key", "period"]].rename(columns={"source_key": "community"})


def _quarter_of(moment: pd.Series[pd.Timestamp], timezone: str) -> pd.Series[str]:
    local = moment.dt.tz_convert(timezone)
    return local.dt.year.astype(str) + "-Q" + local.dt.quarter.astype(str)
