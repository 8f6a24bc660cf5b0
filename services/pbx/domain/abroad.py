"""How many calls of a customer may be abroad at once, and whose turn it is.

Who breaks into a PBX sells its calls abroad by the dozen: a cap on how many there are at once bounds what a
night can cost, whoever decides the calls. A call that may leave the house for a number abroad holds a place
from when it is decided until it is answered by somebody else or ends. A place ends by itself when nobody is
heard of it: while it rings soon after the last telephone would have, when it is answered after the longest
call that the proxy knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import Struct

from services.pbx.domain.edge.stages import Leg, Stage
from services.pbx.domain.routing.classes import OutClass, out_class

PRESET = 5
"""Calls at once, of a customer for whom staff chose nothing else."""
MOST = 500
"""What staff can choose at most."""
LATE = timedelta(minutes=2)
"""How long after the last ring the news of an answer may be under way."""
ANSWERED = timedelta(hours=12)
"""The proxy ends a call after that."""
UNHEARD = timedelta(hours=1)
"""Calls that a proxy forgot go on without it; so long they still count."""
TOLD_AGAIN = timedelta(hours=24)
"""People hear once that a call was refused, and a day later again."""


class Place(Struct, frozen=True):
    """A call that counts, from when it was decided until ``until`` at most."""

    call: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Abroad:
    """A customer's calls abroad. ``most``: what staff chose, None: the preset; ``refused_at``: when a call
    was refused for want of a place and people were told, ``refused_over``: and how many they might have."""

    customer_id: str
    most: int | None = None
    places: tuple[Place, ...] = ()
    refused_at: datetime | None = None
    refused_over: int | None = None

    def under_way(self, now: datetime) -> tuple[Place, ...]:
        """The places that count now."""
        return tuple(place for place in self.places if place.until > now)

    def cap(self, preset: int) -> int:
        return preset if self.most is None else self.most


def is_abroad(number: str) -> bool:
    """Whether a number (in our notation) is abroad: satellites and ships are, emergency never."""
    return out_class(number) is OutClass.INTERNATIONAL


def leg_abroad(leg: Leg | None) -> bool:
    """Whether a leg leaves the house for a number abroad."""
    return leg is not None and is_abroad(leg.who)


def goes_abroad(stages: Iterable[Stage]) -> bool:
    """Whether an order rings anybody abroad, at any time: callers, forwards and what rings along alike."""
    return any(leg_abroad(branch.leg) for stage in stages for branch in stage.targets)


def rings_until(stages: Iterable[Stage], now: datetime) -> datetime:
    """When nothing can be heard any more of an order that nobody answered."""
    return now + timedelta(milliseconds=sum(stage.ms for stage in stages)) + LATE


def taken(abroad: Abroad, place: Place, preset: int) -> Abroad | None:
    """With a place for this call, at ``place.since``; a call that has one keeps it, for longer if need be.
    None: as many as may be are under way."""
    held = abroad.under_way(place.since)
    if any(each.call == place.call for each in held):
        return replace(abroad, places=tuple(_longer(each, place) for each in held))
    if len(held) >= abroad.cap(preset):
        return None
    return replace(abroad, places=(*held, place))


def answered(abroad: Abroad, place: Place) -> Abroad:
    """With the place of a call that somebody abroad answered, whether it still had one or not: it counts."""
    others = tuple(each for each in abroad.places if each.call != place.call)
    return replace(abroad, places=(*others, place))


def freed(abroad: Abroad, call: str) -> Abroad:
    """Without the place of this call; the same when it has none."""
    return replace(abroad, places=tuple(each for each in abroad.places if each.call != call))


def forgotten(abroad: Abroad, before: datetime) -> Abroad:
    """The proxy began anew at ``before`` and will tell of no call from before that."""
    until = before + UNHEARD
    return replace(
        abroad,
        places=tuple(
            Place(each.call, each.since, min(each.until, until)) if each.since < before else each
            for each in abroad.places
        ),
    )


def to_tell(abroad: Abroad, preset: int, now: datetime) -> bool:
    """Whether people should hear of a call that is refused now: once, and again a day later or when the cap
    is another. Where none may go abroad at all, a refusal is no news."""
    told, cap = abroad.refused_at, abroad.cap(preset)
    return cap > 0 and (told is None or cap != abroad.refused_over or now >= told + TOLD_AGAIN)


def _longer(held: Place, place: Place) -> Place:
    same = held.call == place.call
    return Place(held.call, held.since, max(held.until, place.until)) if same else held
