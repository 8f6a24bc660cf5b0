"""A call for a user or a line: forwards, voicemail, telephones that ring along, and who is not there.

For the same cause a forward goes before voicemail; when nobody answers the fewer rings win.
"""

from __future__ import annotations

from typing import NamedTuple

from services.pbx.domain.config import COMPANY_VOICEMAIL, Forward, Line, PbxUser, SimRing
from services.pbx.domain.routing.classes import is_outside
from services.pbx.domain.routing.directory import label, outside
from services.pbx.domain.routing.trip import UNANSWERED_RINGS, Trip, Way, unknown
from services.pbx.domain.routing.values import Ring, Target
from shared.words import gettext as _


def ring(trip: Trip, owner: PbxUser | Line, shows: str = "") -> Way | None:
    """All that happens to a call for one user or line; a way on, or None when it ended."""
    forwards, box = owner.forwards, owner.voicemail
    way = _forward(trip, owner, forwards.always, _("Direct doorschakelen"))
    if way is not None:
        return way
    if box.on and box.always:
        return trip.voicemail(owner, False, _("Alle oproepen gaan naar voicemail."))
    present = owner.id in trip.state.registered
    if _is_company_voicemail(owner) and not present and box.on:
        return trip.voicemail(owner, False, _("Dit is de bedrijfsvoicemail."))
    if not present:
        return _offline(trip, owner, shows)
    waiting = isinstance(owner, PbxUser) and owner.call_waiting
    if owner.id in trip.state.busy and not waiting:
        return _busy(trip, owner, shows)
    return _present(trip, owner, shows)


def _is_company_voicemail(owner: PbxUser | Line) -> bool:
    return isinstance(owner, PbxUser) and owner.extension == COMPANY_VOICEMAIL


def _forward(trip: Trip, owner: PbxUser | Line, forward: Forward, cause: str) -> Way | None:
    """The way of a forward that is on and may be taken."""
    if not forward.on:
        return None
    way = trip.way(forward.to, cause, owner)
    if way is not None:
        _tell_way(trip, owner, way, cause)
    return way


def _tell_way(trip: Trip, owner: PbxUser | Line, way: Way, cause: str) -> None:
    trip.tell(_("%(cause)s naar %(name)s", cause=cause, name=way.name), "", owner)


def _offline(trip: Trip, owner: PbxUser | Line, shows: str) -> Way | None:
    """Not registered: *Indien geen internet*, else telephones that ring along, else no-answer voicemail."""
    trip.skip(_("%(name)s overgeslagen", name=label(owner)), _("Het toestel is niet aangemeld."), owner)
    way = _forward(trip, owner, owner.forwards.offline, _("Doorschakelen indien geen internet"))
    if way is not None:
        return way
    along = _along(trip, owner)
    answers = owner.voicemail.on and owner.voicemail.no_answer
    if along:
        _ring(trip, owner, along, owner.voicemail.rings if answers else UNANSWERED_RINGS, shows)
    if answers:
        return trip.voicemail(owner, False, _("Het toestel is niet aangemeld."))
    why = _("Het toestel is niet aangemeld en *Indien geen internet* is niet ingesteld.")
    trip.reject(480, _("%(name)s is niet bereikbaar", name=label(owner)), owner, why)
    return None


def _busy(trip: Trip, owner: PbxUser | Line, shows: str) -> Way | None:
    """In a call. A line may let the telephones that ring along ring even so."""
    trip.skip(_("%(name)s overgeslagen", name=label(owner)), _("Al in gesprek."), owner)
    along = _along(trip, owner) if isinstance(owner, Line) and owner.simring.during_call else ()
    if along:
        _ring(trip, owner, along, UNANSWERED_RINGS, shows)
    way = _forward(trip, owner, owner.forwards.busy, _("Doorschakelen indien bezet"))
    if way is not None:
        return way
    if owner.voicemail.on and owner.voicemail.busy:
        return trip.voicemail(owner, True, _("Al in gesprek."))
    trip.busy(_("%(name)s is in gesprek.", name=label(owner)), owner)
    return None


class Patience(NamedTuple):
    """How long a telephone rings, and then the way of a forward, or whether voicemail answers."""

    rings: int
    way: Way | None
    voicemail: bool


def _patience(trip: Trip, owner: PbxUser | Line) -> Patience:
    """The fewer rings win; a forward that rings as long as voicemail goes before it. A forward that may not
    be taken does not count."""
    box, forward = owner.voicemail, owner.forwards.no_answer
    voicemail = box.rings if box.on and box.no_answer else None
    if forward.on and (voicemail is None or forward.rings <= voicemail):
        way = trip.way(forward.to, _("Doorschakelen bij geen gehoor"), owner)
        if way is not None:
            return Patience(forward.rings, way, False)
    if voicemail is not None:
        return Patience(voicemail, None, True)
    return Patience(UNANSWERED_RINGS, None, False)


def _present(trip: Trip, owner: PbxUser | Line, shows: str) -> Way | None:
    patience = _patience(trip, owner)
    busy = owner.id in trip.state.busy
    along = () if busy else _along(trip, owner)
    _ring(trip, owner, (Target(user=owner.id, waiting=busy), *along), patience.rings, shows)
    if patience.way is not None:
        _tell_way(trip, owner, patience.way, _("Doorschakelen bij geen gehoor"))
        return patience.way
    if patience.voicemail:
        return trip.voicemail(owner, False, _("Niemand nam op."))
    why = _("Er is geen doorschakeling en geen voicemail bij geen gehoor.")
    trip.reject(480, _("%(name)s neemt niet op", name=label(owner)), owner, why)
    return None


def _ring(trip: Trip, owner: PbxUser | Line, targets: tuple[Target, ...], rings: int, shows: str) -> None:
    seconds = trip.rings(rings)
    trip.add(Ring(at=trip.seconds, targets=targets, seconds=seconds, shows=shows))
    why = _("%(rings)s keer, %(seconds)s seconden. Geen gehoor.", rings=rings, seconds=seconds)
    others = [target.number for target in targets if target.number]
    if others:
        numbers = ", ".join(outside(number).name for number in others)
        why = _("%(why)s Tegelijk: %(numbers)s.", why=why, numbers=numbers)
    trip.tell(_("%(name)s gaat over", name=label(owner)), why, owner, step=True)
    trip.seconds += seconds


def _along(trip: Trip, owner: PbxUser | Line) -> tuple[Target, ...]:
    """The telephones of *Simring* that may ring. An inside one only rings: its own settings do not count."""
    simring = owner.simring if isinstance(owner, Line) else SimRing()
    targets = []
    for along in simring.numbers if simring.on else ():
        found, number = trip.book.find(along.number)
        if isinstance(found, PbxUser | Line):
            if found.id in trip.state.registered and found.id not in trip.state.busy and found is not owner:
                targets.append(Target(user=found.id, confirm=along.confirm))
        elif found is None and is_outside(number) and not trip.barred(number, owner):
            targets.append(Target(number=number, confirm=along.confirm))
        else:
            why = (
                trip.barred(number, owner) if is_outside(number) and found is None else unknown(along.number)
            )
            trip.skip(_("Simring naar %(number)s overgeslagen", number=along.number), why, owner)
    return tuple(targets)
