"""Calls by the customer's own people: who may call at all, and which numbers are blocked for them."""

from __future__ import annotations

from services.pbx.domain.config import Line
from services.pbx.domain.routing.classes import VOICEMAIL_SERVICE, is_blocked, is_outside
from services.pbx.domain.routing.directory import label, outside
from services.pbx.domain.routing.trip import Trip, shown_as, unknown
from services.pbx.domain.routing.values import End, Mailbox, Transfer
from shared.phone_numbers import party
from shared.words import gettext as _


def may_call(trip: Trip, number: str) -> bool:
    """Whether the caller may call at all; when not, the call is refused here."""
    caller = trip.caller
    if caller is None:
        why = _("%(caller)s is geen gebruiker of telefoon van u.", caller=trip.call.caller)
        trip.reject(403, _("Deze beller mag niet bellen"), None, why)
        return False
    if isinstance(caller, Line):
        return _has_number(trip, caller)
    if not caller.number and not caller.extension:
        why = _("Een gebruiker zonder telefoonnummer en zonder extensie kan niet bellen.")
        trip.reject(403, _("%(name)s kan niet bellen", name=label(caller)), caller, why)
        return False
    if not trip.config.company.number:
        why = _("Er is geen bedrijfsnummer ingesteld. Zonder bedrijfsnummer kan niemand bellen.")
        trip.reject(403, _("%(name)s kan niet bellen", name=label(caller)), caller, why)
        return False
    return True


def _has_number(trip: Trip, line: Line) -> bool:
    """Whether there is a number for a line to call with; when not, the call is refused here."""
    if line.number:
        return True
    why = _(
        "Deze telefoon heeft geen telefoonnummer dat van u is. Zonder nummer kan niemand ermee bellen. "
        "Vraag uw leverancier om een nummer."
    )
    trip.reject(403, _("%(name)s kan niet bellen", name=label(line)), line, why)
    return False


def call(trip: Trip, number: str) -> None:
    """A call to the public network."""
    caller = trip.caller
    assert caller is not None
    if number == VOICEMAIL_SERVICE:
        _mailbox(trip, caller.id)
    elif not is_outside(number):
        trip.reject(
            404, _("%(number)s bestaat niet", number=trip.call.called), None, unknown(trip.call.called)
        )
    elif why := trip.barred(number, caller):
        code = 403 if is_blocked(trip.config.outgoing, number) else _code_of_full(trip)
        trip.reject(code, _("%(number)s mag niet gebeld worden", number=party(number)), caller, why)
    else:
        shown, name = shown_as(trip.config, caller)
        trip.path.append(outside(number))
        own = caller.number or trip.config.company.number
        trip.add(Transfer(at=trip.seconds, to=number, shown=shown, name=name, on_behalf=own))
        reason = _("%(number)s gaat over", number=party(number))
        trip.tell(reason, _("De ander ziet %(shown)s.", shown=party(shown)), outside(number), step=True)
        trip.end(End.TRANSFER, 200, reason)


def _code_of_full(trip: Trip) -> int:
    """Another time it will do, 480, unless none may go abroad at all."""
    return 403 if trip.state.full is not None and trip.state.full.most == 0 else 480


def _mailbox(trip: Trip, caller_id: str) -> None:
    """1233: for lines; the voicemail of a PBX's user comes by mail only."""
    caller = trip.caller
    if isinstance(caller, Line) and caller.voicemail.on:
        trip.add(Mailbox(at=trip.seconds, line=caller_id))
        reason = _("Voicemail afluisteren en inspreken")
        trip.tell(reason, _("1233, gebeld vanaf %(name)s.", name=label(caller)), caller, step=True)
        trip.end(End.MAILBOX, 200, reason)
    elif isinstance(caller, Line):
        trip.reject(404, _("Er is geen voicemail"), caller, _("*Gebruik voicemail* staat uit."))
    else:
        why = _("Voicemail van een gebruiker komt per e-mail en is niet met het toestel af te luisteren.")
        trip.reject(404, _("1233 werkt hier niet"), caller, why)
