"""A call for a group: in which order its members' telephones ring, and what follows when nobody answers.

Regular begins at the top; circular after the member who answered last; uniform with whoever was idle longest,
counting calls through the group only; simultaneous rings all. A member's own forwards, voicemail and
telephones that ring along do not apply. With a waiting time the hunt goes round until it is over; without
one there is a single round, then the destination, else 480.
"""

from __future__ import annotations

from datetime import UTC, datetime

from services.pbx.domain.config import Group, PbxUser, Policy
from services.pbx.domain.routing.directory import display_name, label
from services.pbx.domain.routing.trip import UNANSWERED_RINGS, Trip, Way
from services.pbx.domain.routing.values import Ring, Target, Wait
from shared.words import gettext as _

LONGEST_WAIT = 7200
"""Seconds; the longest waiting time there is."""
_NEVER = datetime.min.replace(tzinfo=UTC)


def hunt(trip: Trip, group: Group) -> Way | None:
    """All that happens to a call for a group; a way on, or None when it ended."""
    members = in_order(trip, group)
    trip.tell(label(group)[:1].upper() + label(group)[1:], _policy(group), group)
    there = trip.state.of(group.id)
    present = [member for member in members if member.id in there.registered]
    free = [member for member in present if member.call_waiting or member.id not in there.busy]
    _tell_skipped(trip, members, present, free)
    if not present:
        return _nobody(trip, group)
    if not free:
        return _all_busy(trip, group)
    _ring_round(trip, group, free)
    return _overflow(trip, group)


def in_order(trip: Trip, group: Group) -> list[PbxUser]:
    """The members in the order in which this call is offered to them."""
    known = trip.book.users
    members = [known[member] for member in dict.fromkeys(group.members) if member in known]
    if group.policy is Policy.CIRCULAR:
        last = trip.state.last_answered.get(group.id)
        start = next((at + 1 for at, member in enumerate(members) if member.id == last), 0)
        return members[start:] + members[:start]
    if group.policy is Policy.UNIFORM:
        answered = trip.state.last_answered_at.get(group.id, {})
        return sorted(members, key=lambda member: answered.get(member.id, _NEVER))
    return members


def waiting_time(group: Group) -> int:
    """*Wachttijd* in seconds, 0 to 7200."""
    return min(max(group.wait_seconds, 0), LONGEST_WAIT)


def _policy(group: Group) -> str:
    if group.policy is Policy.CIRCULAR:
        return _("Circulair: begint na het lid dat het laatst opnam.")
    if group.policy is Policy.UNIFORM:
        return _("Uniform: begint bij het lid dat het langst geen gesprek van de groep kreeg.")
    if group.policy is Policy.SIMULTANEOUS:
        return _("Simultaan: alle vrije leden gaan tegelijk over.")
    return _("Vaste volgorde: begint bovenaan.")


def _tell_skipped(trip: Trip, members: list[PbxUser], present: list[PbxUser], free: list[PbxUser]) -> None:
    if len(free) == len(members):
        return
    reachable, available = {member.id for member in present}, {member.id for member in free}
    for member in members:
        if member.id in available:
            continue
        why = _("Al in gesprek.") if member.id in reachable else _("Het toestel is niet aangemeld.")
        trip.skip(_("%(name)s overgeslagen", name=label(member)), why, member)


def _ring_round(trip: Trip, group: Group, free: list[PbxUser]) -> None:
    """Rings the free members, round and round until the waiting time is over, or once without one."""
    limit = trip.seconds + waiting_time(group) if group.wait_on else None
    together = group.policy is Policy.SIMULTANEOUS
    stages = [free] if together else [[member] for member in free]
    each = trip.rings(UNANSWERED_RINGS)
    if not group.next_on and not together:
        stages = stages[:1]
    elif not together:
        each = max(trip.rings(group.next_rings), 1)
    if limit is not None and len(stages) == 1:
        each = waiting_time(group)
    for stage in stages:
        _ring_stage(trip, group, stage, each, limit, tell=True)
    if limit is not None and trip.seconds < limit:
        trip.tell(_("Opnieuw van voren af aan"), _("De wachttijd is nog niet om."), group)
    while limit is not None and trip.seconds < limit:
        for stage in stages:
            _ring_stage(trip, group, stage, each, limit, tell=False)


def _ring_stage(
    trip: Trip, group: Group, members: list[PbxUser], each: int, limit: int | None, tell: bool
) -> None:
    seconds = each if limit is None else min(each, limit - trip.seconds)
    if seconds <= 0:
        if tell:
            why = _("De wachttijd is om voor dit lid aan de beurt is.")
            trip.skip(_("%(name)s overgeslagen", name=_names(members)), why, members[0])
        return
    busy = trip.state.of(group.id).busy
    targets = tuple(Target(user=member.id, waiting=member.id in busy) for member in members)
    trip.add(
        Ring(at=trip.seconds, targets=targets, seconds=seconds, shows=display_name(group), group=group.id)
    )
    if tell:
        why = _("%(seconds)s seconden. Geen gehoor.", seconds=seconds)
        about = members[0] if len(members) == 1 else group
        trip.tell(_("%(name)s gaat over", name=_names(members)), why, about, step=True)
    trip.seconds += seconds


def _names(members: list[PbxUser]) -> str:
    return ", ".join(label(member) for member in members)


def _nobody(trip: Trip, group: Group) -> Way | None:
    """No member is registered, or there is none."""
    if group.offline_on:
        way = trip.way(group.offline_to, _("Doorschakelen indien geen internet"), group)
        if way is not None:
            why = _("Geen enkel lid is aangemeld.")
            trip.tell(_("Doorschakelen indien geen internet naar %(name)s", name=way.name), why, group)
            return way
    why = _("Geen enkel lid is aangemeld en *Doorschakelen indien geen internet* is niet ingesteld.")
    trip.reject(480, _("%(name)s is niet bereikbaar", name=label(group)), group, why)
    return None


def _all_busy(trip: Trip, group: Group) -> Way | None:
    """Everybody who is there is in a call."""
    if group.busy_to:
        way = trip.way(group.busy_to, _("Doorschakelen indien bezet"), group)
        if way is not None:
            trip.tell(
                _("Doorschakelen indien bezet naar %(name)s", name=way.name),
                _("Iedereen is in gesprek."),
                group,
            )
            return way
    if group.busy_tone:
        why = _("Iedereen is in gesprek en *Laat in-gesprek toon horen* staat aan.")
        trip.busy(why, group)
        return None
    seconds = waiting_time(group)
    if group.wait_on and seconds:
        trip.add(Wait(at=trip.seconds, group=group.id, seconds=seconds, music=trip.config.music))
        why = _("Iedereen is in gesprek. De beller hoort wachtmuziek.")
        trip.tell(_("%(seconds)s seconden wachten", seconds=seconds), why, group, step=True)
        trip.seconds += seconds
    return _overflow(trip, group)


def _overflow(trip: Trip, group: Group) -> Way | None:
    """*Doorschakelen na wachttijd*; else 480."""
    if group.overflow_to or group.wait_on:
        way = trip.way(group.overflow_to, _("Doorschakelen na wachttijd"), group)
        if way is not None:
            why = _("Niemand nam op.")
            if group.wait_on:
                why = _("De wachttijd van %(seconds)s seconden is om.", seconds=waiting_time(group))
            trip.tell(_("Doorschakelen na wachttijd naar %(name)s", name=way.name), why, group)
            return way
    why = _("Er is geen *Doorschakelen na wachttijd* ingesteld.")
    trip.reject(480, _("%(name)s neemt niet op", name=label(group)), group, why)
    return None
