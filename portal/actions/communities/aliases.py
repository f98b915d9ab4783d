"""Other names of communities, as a clerk teaches them: complaints that use one find their place by it."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.communities.changes import Changed, change, check_version
from portal.actions.communities.records import clean_name
from portal.actions.communities.register_rows import add_aliases
from portal.actions.transactions.upserts import rows_of
from portal.errors import N_, BadRequest, Conflict, NotFound
from portal.models import Community, CommunityAlias
from portal.privacy import Cipher
from portal.store.places.known import Communities


def add(
    session: Session,
    viewer: Viewer,
    community_id: int,
    alias: str,
    *,
    cipher: Cipher,
    version: str | None = None,
) -> Changed:
    """Give a community another name.

    Parameters
    ----------
    cipher
        Opens the addresses of complaints that may have another place now.
    version
        Of the record as the clerk saw it; None does not ask.

    Raises
    ------
    NotAllowed, NotFound
        As `portal.actions.communities.changes.change`.
    BadRequest
        The name is empty, too long, or one that it has.
    Conflict
        The record has changed since, or another community of the street has this name.
    """
    alias = clean_name(alias)
    with change(session, viewer, cipher, "add_alias", [community_id]) as made:
        check_version(session, community_id, version)
        street_id = session.get_one(Community, community_id).street_id
        if is_known(Communities.known(session), alias, community_id, street_id):
            raise BadRequest(N_("这个小区已经叫“{alias}”"), alias=alias)
        add_aliases(session, [(community_id, alias)])
        return made.settle(community_id)


def remove(session: Session, viewer: Viewer, community_id: int, alias: str, *, cipher: Cipher) -> Changed:
    """Take another name away from a community.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `portal.actions.communities.changes.change`; also where it has no such name.
    """
    with change(session, viewer, cipher, "remove_alias", [community_id]) as made:
        mine = (CommunityAlias.community_id == community_id, CommunityAlias.alias == alias)
        if not rows_of(session, delete(CommunityAlias).where(*mine)):
            raise NotFound(N_("这个小区没有别名“{alias}”"), alias=alias)
        return made.settle(community_id)


def is_known(names: Communities, alias: str, community_id: int, street_id: int | None) -> bool:
    """Whether a community is called ``alias`` already.

    Raises
    ------
    Conflict
        Another community of its street is.
    """
    hit = names.find(alias, street_id)
    several = street_id is not None and names.count(alias, street_id) > 1
    if several or (hit is not None and hit.community_id != community_id):
        raise Conflict(
            N_("同一街道另有小区叫“{alias}”，两处会混淆，没有写入任何内容"),
            remedy=N_("请核对小区；指派投诉时可以不勾选“记住这个叫法”"),
            alias=alias,
        )
    return hit is not None
