"""Days, durations and distances of a route, as people say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date

from geo.routes.plans import round_time
from geo.routes.sheet import SheetRow
from geo.texts import Say
from portal.errors import N_

NO_BREAK = "\u00a0"
DAY_FORMATS = {"zh": "y年M月d日 EEEE", "en": "EEE d MMM y"}


@dataclass(frozen=True)
class Words:
    """Speaks of one route in the viewer's language.

    Parameters
    ----------
    say
        Translates and fills a marked text.
    language
        ``zh`` or ``en``.
    approximate
        Whether durations are estimates, and are said to be.
    """

    say: Say
    language: str
    approximate: bool = False

    def day(self, day: date) -> str:
        """Return ``2025年6月3日 星期二`` or ``Tue 3 Jun 2025``."""
        return str(format_date(day, DAY_FORMATS[self.language]))

    def time(self, moment: datetime) -> str:
        """Return ``09:05``: the nearest minute, as in `portal.documents.routes.Sheet`."""
        return f"{round_time(moment, 1):%H:%M}"

    def minutes(self, minutes: float) -> str:
        """Return ``25 分钟`` or ``1 小时 25 分``."""
        whole = round(minutes)
        if whole < 1:
            return self.say(N_("不到 1 分钟"))
        hours, rest = divmod(whole, 60)
        if not hours:
            return self.say(N_("{minutes} 分钟"), minutes=rest)
        if not rest:
            return self.say(N_("{hours} 小时"), hours=hours)
        return self.say(N_("{hours} 小时 {minutes} 分"), hours=hours, minutes=rest)

    def driving(self, minutes: float) -> str:
        """Return a driving time, said to be an estimate where it is one."""
        text = self.minutes(minutes)
        if not self.approximate or round(minutes) < 1:
            return text
        return self.say(N_("约 {duration}"), duration=text)

    def distance(self, metres: float) -> str:
        """Return ``2.3 公里``, or ``350 米`` below one kilometre."""
        if metres < 1000:
            return self.say(N_("{m} 米"), m=f"{round(metres, -1):.0f}")
        return self.say(N_("{km} 公里"), km=f"{metres / 1000:,.1f}")

    def leg(self, row: SheetRow) -> str:
        """Return ``经 深南大道、香蜜湖路 · 7 分钟 · 2.3 公里``; a way of no length says so."""
        if round(row.travel_m, -1) == 0:
            return self.say(N_("同一地点"))
        figures = [self.driving(row.travel_minutes), self.distance(row.travel_m)]
        # A line may break between the figures, not inside them.
        return " · ".join(filter(None, [self.roads(row.via), *(f.replace(" ", NO_BREAK) for f in figures)]))

    def roads(self, names: tuple[str, ...]) -> str:
        """Return ``经 深南大道、香蜜湖路``; "" without names."""
        if not names:
            return ""
        return self.say(N_("经 {roads}"), roads=self.say(N_("、")).join(names))
