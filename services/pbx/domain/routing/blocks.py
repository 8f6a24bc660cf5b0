"""*Blokkeren inkomende nummers*: which callers do not get through to a user or a line."""

from __future__ import annotations

from services.pbx.domain.config import BlockRule, Callers, Element, Group, Menu
from services.pbx.domain.routing.classes import ANONYMOUS, UNAVAILABLE, normalise
from services.pbx.domain.routing.directory import label
from services.pbx.domain.routing.trip import Trip
from services.pbx.domain.schedules import holds
from shared.phone_numbers import party
from shared.words import gettext as _


def block_of(trip: Trip, element: Element) -> bool:
    """Whether the caller is refused here (SIP 603); this goes before the night mode."""
    if isinstance(element, Group | Menu):
        return False
    why = _why(trip, element.blocks.all, element.blocks.anonymous, element.blocks.rules)
    if why is None:
        return False
    trip.reject(603, _("%(name)s weigert deze beller", name=label(element)), element, why)
    return True


def _why(trip: Trip, every: bool, anonymous: bool, rules: tuple[BlockRule, ...]) -> str | None:
    caller = trip.caller_party
    if every:
        return _("*Blokkeer alle bellers* staat aan.")
    if anonymous and caller == ANONYMOUS:
        return _("*Blokkeer anonieme bellers* staat aan.")
    if any(_is_about(rule, caller) and holds(trip.config, rule.schedule, trip.now) for rule in rules):
        return _("Een specifieke blokkering geldt nu voor %(caller)s.", caller=_in_words(caller))
    return None


def _is_about(rule: BlockRule, caller: str) -> bool:
    if rule.callers is Callers.ANONYMOUS:
        return caller == ANONYMOUS
    if rule.callers is Callers.UNAVAILABLE:
        return caller in (UNAVAILABLE, "")
    return any(normalise(number) == caller for number in rule.numbers)


def _in_words(caller: str) -> str:
    return _("bellers zonder nummer") if caller in (UNAVAILABLE, "") else party(caller)
