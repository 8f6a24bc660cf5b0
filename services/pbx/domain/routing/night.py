"""The night mode on a call's way: for calls from outside, and once, so that its destination is exempt."""

from __future__ import annotations

from services.pbx.domain.config import Element, Follow, Line, NightState
from services.pbx.domain.routing.directory import label
from services.pbx.domain.routing.trip import Trip, Way
from services.pbx.domain.schedules import DAYS, company_night, find, in_words, is_holiday, night_is_on
from shared.days import ZONE
from shared.words import gettext as _


def instead_of(trip: Trip, element: Element) -> Way | None:
    """Where the night mode leads instead of to this element; None when it does not, or the call ended."""
    if trip.night_done or isinstance(element, Line) or not night_is_on(trip.config, element.night, trip.now):
        return None
    to = element.night.destination or trip.config.night.destination
    if trip.book.find(to)[0] is element:
        trip.night_done = True
        return None
    why = _why(trip, element.night.mode, label(element))
    way = trip.way(to, _("Nachtschakeling"), element)
    if way is None:
        trip.reject(480, _("De nachtschakeling leidt nergens heen"), element, why)
        return None
    trip.night_done = True
    trip.tell(_("Nachtschakeling: naar %(name)s", name=way.name), why, element)
    return way


def _why(trip: Trip, mode: Follow, name: str) -> str:
    """Why the night mode is on for an element."""
    night = trip.config.night
    if mode is Follow.ON:
        return _("Bij %(name)s staat de nachtschakeling aan.", name=name)
    if company_night(night, trip.now) is not NightState.AUTO:
        return _("De nachtschakeling van uw bedrijf staat aan.")
    holiday = find(trip.config, night.holidays)
    if holiday is not None and is_holiday(holiday, trip.now.astimezone(ZONE).date()):
        return _("Vandaag staat in %(name)s.", name=holiday.name)
    hours = find(trip.config, night.hours)
    name = hours.name if hours is not None else ""
    return _(
        "%(moment)s valt buiten %(hours)s (%(when)s).", moment=_moment(trip), hours=name, when=in_words(hours)
    )


def why_not(trip: Trip, element: Element) -> str:
    """Why the night mode is off for an element that was called from outside; empty when it is on."""
    if trip.night_done or isinstance(element, Line) or night_is_on(trip.config, element.night, trip.now):
        return ""
    if element.night.mode is Follow.OFF:
        return _("Dit doet niet mee met de nachtschakeling.")
    hours = find(trip.config, trip.config.night.hours)
    if company_night(trip.config.night, trip.now) is NightState.OFF or hours is None:
        return _("De nachtschakeling staat uit.")
    return _(
        "De nachtschakeling staat uit: %(moment)s valt in %(hours)s.", moment=_moment(trip), hours=hours.name
    )


def _moment(trip: Trip) -> str:
    local = trip.now.astimezone(ZONE)
    return f"{DAYS[local.weekday()]} {local:%H:%M}"
