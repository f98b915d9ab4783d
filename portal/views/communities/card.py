"""The community's card in the drawer."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_
from portal.views.communities import blueprint, card_facts, card_words
from portal.views.maps import drawer
from portal.views.queries import way_back
from portal.web import charts, context
from portal.web.guard import needs


@blueprint.get("/communities/<int:number>")
@needs(Permission.SEE_MAP)
def card(number: int) -> ResponseReturnValue:
    """Show a community's card."""
    scope, viewer = context.scope(), context.viewer()
    as_of = context.as_of()
    found = card_facts.gather(context.session(), number, scope, viewer, context.city(), as_of)
    months = found.details.months if found.details else []
    numbers = [month.n for month in months]
    return drawer.show_scored(
        "communities/card.html",
        title=context.community_name(found.head.name, found.head.key),
        head=found.head,
        details=found.details,
        words=card_words,
        bars=charts.bars(numbers) if any(numbers) else [],
        monthly=[context.say(N_("未知")) if n is None else n for n in numbers],
        scope=scope,
        as_of=as_of,
        back=way_back.read(),
    )
