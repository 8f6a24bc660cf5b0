"""The order in which a call is decided: normalise, emergency, who has the number, and then, wherever it
comes: the block of its callers, the night mode, the element itself, and where that sends it on."""

from __future__ import annotations

from datetime import datetime

from services.pbx.domain.config import Config, Element, Group, Menu
from services.pbx.domain.routing import groups, menus, night, outgoing, people
from services.pbx.domain.routing.blocks import block_of
from services.pbx.domain.routing.classes import is_emergency
from services.pbx.domain.routing.directory import display_name, label, ref
from services.pbx.domain.routing.trip import Trip, Way, emergency
from services.pbx.domain.routing.values import Call, Direction, Kind, Plan, Ref, State
from shared.phone_numbers import party
from shared.words import gettext as _


def plan(config: Config, call: Call, now: datetime, state: State) -> Plan:
    """What happens to a call, step by step, until nobody is left to answer it.

    Total: it has an answer for every configuration, and the same question has the same answer. ``now`` is
    aware. An element is entered once at most, which is why every plan ends.
    """
    trip = Trip(config, call, now, state)
    way = _start(trip)
    while way is not None:
        way = _enter(trip, way)
    return trip.plan()


def _start(trip: Trip) -> Way | None:
    element, number = trip.book.find(trip.call.called)
    if is_emergency(number):
        emergency(trip, number)
        return None
    if trip.call.direction is not Direction.IN and not outgoing.may_call(trip, number):
        return None
    if element is not None and not (trip.call.direction is Direction.IN and number.startswith("ext:")):
        _called(trip, element, number)
        return Way(element, number)
    if trip.call.direction is not Direction.IN:
        outgoing.call(trip, number)
        return None
    shown = party(number) if number else trip.call.called
    about = Ref(Kind.NUMBER, number, shown)
    trip.reject(404, _("%(number)s bereikt niemand", number=shown), about, _("Niemand heeft dit nummer."))
    return None


def _called(trip: Trip, element: Element, number: str) -> None:
    shown = party(number) if number.startswith(("+", "ext:")) else label(element)
    trip.path.append(Ref(Kind.NUMBER, number, shown))
    why = _("Hoort bij %(name)s.", name=label(element))
    trip.tell(
        _("%(number)s gebeld", number=shown), f"{why} {night.why_not(trip, element)}".strip(), trip.path[-1]
    )


def _enter(trip: Trip, way: Way) -> Way | None:
    if way.element is None:
        trip.transfer(way.number, way.sender)
        return None
    element = way.element
    if id(element) in trip.visited:
        trip.loop(element)
        return None
    trip.visited.add(id(element))
    trip.path.append(ref(element))
    if block_of(trip, element):
        return None
    instead = night.instead_of(trip, element)
    if instead is not None:
        return instead
    if trip.ended:
        return None
    shows = "" if way.sender is None else display_name(way.sender)
    if isinstance(element, Group):
        return groups.hunt(trip, element)
    if isinstance(element, Menu):
        return menus.answer(trip, element)
    return people.ring(trip, element, shows)
