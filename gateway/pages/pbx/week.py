"""*Wie gaat over*: for a number, who rings at which hour of a week, holidays too (PBX-14)."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request

from gateway.charts.week import WeekMap, week_map
from gateway.models.part import Part
from gateway.models.pbx import Pbx
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.parts import parts
from gateway.phone_numbers import party

TAB = "pbx.who_rings"
FARTHEST = timedelta(days=750)
"""How far ahead and back one can look: holidays are known for about two years."""


@pages.get("/wie-gaat-over")
@holders
def who_rings() -> Page:
    """The week of a number: the company's to begin with, and this week."""
    it = settings()
    numbers = number_choices(it)
    asked = request.args.get("nummer", "")
    number = asked if asked in numbers else next(iter(numbers), "")
    first = _monday(request.args.get("week", ""))
    found = Part.ask(lambda: this_week(number, first)) if number else Part[WeekMap]()
    return page(
        "pbx/who_rings.html",
        it,
        TAB,
        numbers=numbers,
        number=number,
        found=found,
        first=first,
        last=first + timedelta(days=6),
        before=first - timedelta(days=7),
        after=first + timedelta(days=7),
        this=_monday(""),
    )


def number_choices(it: Pbx) -> dict[str, str]:
    """Own numbers that reach something, the company's first."""
    used = {one.number: one.used_by.name for one in it.numbers if one.used_by}
    order = sorted(used, key=lambda number: (number != it.config.company.number, number))
    return {number: f"{party(number)} ({used[number]})" for number in order}


def this_week(number: str, first: date | None = None) -> WeekMap:
    """The map of a number's week; None: the one of today."""
    client = parts().pbx_plans
    return week_map(client.week(acting(), number, first), parts().clock())


def _monday(text: str) -> date:
    """The Monday of the week of a day; of today for what is none, or too far away."""
    today = parts().today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = day if abs(day - today) <= FARTHEST else today
    return day - timedelta(days=day.weekday())
