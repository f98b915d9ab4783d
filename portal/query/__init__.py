"""A spatial query over communities: a value that a URL spells and PostGIS answers."""

from portal.query.arguments import check_codes, parse_query
from portal.query.rings import MAX_VERTICES, Ring, parse_ring, spell_ring
from portal.query.value import PAGE_ROWS, URL_VERTICES, CommunityQuery, Near

__all__ = [
    "MAX_VERTICES",
    "PAGE_ROWS",
    "URL_VERTICES",
    "CommunityQuery",
    "Near",
    "Ring",
    "check_codes",
    "parse_query",
    "parse_ring",
    "spell_ring",
]
