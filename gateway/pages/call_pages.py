"""*Waarom ging mijn toestel niet over?*, written once for *Telefoon* and *Telefooncentrale*: the last calls,
and of each what was planned, why, and what really happened (PBX-14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from gateway.formatters import local
from gateway.models.part import Part
from gateway.models.pbx import Pbx
from gateway.models.pbx_calls import Call, Explained
from gateway.models.pbx_elements import Line, PbxUser
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

LONGEST = 40
KEPT_DAYS = 30

OUTCOMES = {
    "answered": (_l("opgenomen"), "done"),
    "busy": (_l("in gesprek"), "warning"),
    "cancelled": (_l("beller hing op"), "plain"),
    "missed": (_l("niet opgenomen"), "error"),
    "refused": (_l("geweigerd"), "error"),
    "lost": (_l("einde onbekend"), "plain"),
    "under_way": (_l("bezig"), "plain"),
}
"""In words, and the colour of its badge."""


@dataclass(frozen=True)
class Area:
    """Where the pages stand. ``people`` are those whose telephone can be asked about; ``draw(template, it,
    **values)`` puts a page in the area's frame; ``path`` is the address of the list."""

    pages: Blueprint
    rule: Callable[[Any], Any]
    path: str
    layout: str
    settings: Callable[[], Pbx]
    people: Callable[[Pbx], Iterable[PbxUser | Line]]
    draw: Callable[..., Page]

    def url(self, view: str, **values: Any) -> str:
        return url_for(f"{self.pages.name}.{view}", **values)


def install(area: Area) -> None:
    """Put the pages in an area."""
    for path, name, view in (("", "calls", calls), ("/<call_id>", "call", call)):
        area.pages.add_url_rule(area.path + path, name, area.rule(_of(area, view)), methods=["GET"])


def _of(area: Area, view: Callable[..., Page]) -> Callable[..., Page]:
    def shown(**known: Any) -> Page:
        return view(area, **known)

    return shown


def calls(area: Area) -> Page:
    """The last calls, of one telephone or one number when that is asked."""
    it = area.settings()
    people = _people(area, it)
    person, number = _person(people), request.args.get("nummer", "").strip()[:LONGEST]
    after = request.args.get("na", "")[:80]
    found = Part.ask(lambda: parts().calls.calls(acting(), person, number, after))
    values = {"people": people, "person": person, "number": number, "first": not after, "kept": KEPT_DAYS}
    return area.draw("calls/list.html", it, area=area, found=found, days=_by_day, outcome=outcome, **values)


def call(area: Area, call_id: str) -> Page:
    """One of them; with a telephone chosen, why that rang or did not."""
    it = area.settings()
    people = _people(area, it)
    person = _person(people)
    found = parts().calls.explained(acting(), call_id, person)
    values = {"people": people, "person": person, "steps": _steps(found)}
    return area.draw("calls/one.html", it, area=area, found=found, outcome=outcome, **values)


def outcome(call: Call) -> tuple[Any, str]:
    """How a call ended, in words, and the colour of that."""
    return OUTCOMES.get(call.outcome, (call.outcome, "plain"))


def _people(area: Area, it: Pbx) -> dict[str, str]:
    """By name; who has none is known by the number."""
    found = [(one.id, one.name or party(one.number)) for one in area.people(it)]
    return dict(sorted(found, key=lambda pair: pair[1].casefold()))


def _person(people: dict[str, str]) -> str:
    asked = request.args.get("toestel", "")
    return asked if asked in people else ""


def _by_day(rows: Iterable[Call]) -> list[tuple[date, list[Call]]]:
    """Rows under the day that they are of."""
    days: dict[date, list[Call]] = {}
    for row in rows:
        days.setdefault(local(row.at).date(), []).append(row)
    return list(days.items())


def _steps(found: Explained) -> list[dict[str, str]]:
    """What was planned, for the timeline."""
    return [
        {
            "title": line.what,
            "reason": line.why,
            "at": _("%(n)s s", n=line.at),
            "state": "done" if line.taken else "skipped",
        }
        for line in (found.plan.trace if found.plan else ())
    ]
