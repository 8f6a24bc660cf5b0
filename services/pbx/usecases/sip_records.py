"""What the SIP proxy tells becomes: whose telephone is registered, calls as they really went, and usage of
the calls that left the house through it. Messages may come twice, and late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from services.pbx.domain.edge import records
from services.pbx.domain.edge.records import Called, Registered, Started, Told, moment
from services.pbx.domain.edge.stages import Leg
from services.pbx.domain.routing.classes import normalise
from services.pbx.store import Changes, Store
from services.pbx.store.calls import GroupAnswer
from services.pbx.store.phones import Registration
from services.pbx.usecases import abroad
from shared.logging import get_logger

log = get_logger(__name__)

OWN_SOURCE = "sipproxy"
"""Source of number ranges that are billed by what the proxy saw; of others the carrier hands over usage."""


def record(store: Store, clock: Callable[[], datetime], told: Sequence[Told]) -> None:
    """Keep a batch of messages in one transaction; it may run again with the same ones."""

    def work(changes: Changes) -> bool:
        registrations: list[Registration] = []
        for one in told:
            if isinstance(one, Registered):
                registrations.append(_registration(one))
                continue
            _register(changes, registrations)
            registrations = []
            if isinstance(one, Called):
                _call(changes, one)
            else:
                _started(changes, one)
        _register(changes, registrations)
        return True

    store.in_one(clock(), work)


def _registration(told: Registered) -> Registration:
    return Registration(
        sip_user=told.sip_user,
        state=told.event,
        at=moment(told.at),
        contact=told.contact,
        expires_at=datetime.fromtimestamp(told.expires, UTC) if told.expires else None,
        user_agent=told.user_agent[:200],
        source=told.source,
        call_id=told.call_id[:200],
        cseq=told.cseq,
    )


def _register(changes: Changes, found: Sequence[Registration]) -> None:
    if found:
        changes.tell_registrations(changes.registered(found))


def _started(changes: Changes, told: Started) -> None:
    """The proxy forgot all when it ended: nobody is registered until they are heard of again."""
    changes.tell_registrations(changes.forget_registrations(moment(told.at)))
    changes.lose_calls(moment(told.at))
    abroad.forget(changes, moment(told.at))


def _call(changes: Changes, told: Called) -> None:
    known = changes.call(told.own) or {}
    if told.part:
        _part(changes, told, known)
        return
    if "ended_at" in known:
        return
    leg = told.answering
    fields = {**_whose(changes, told, leg, known), **_how(told, leg)}
    fields |= abroad.told(changes, told, leg, known)
    if any("answered_at" in part for part in known.get("parts", {}).values()):
        for name in ("answered_at", "answered_by", "duration"):  # of who answered, not of who spoke before
            fields.pop(name, None)
    if told.event == "answered" and leg is not None:
        fields |= {"up": True, "talking": _talking(leg)}
        _answered_for_group(changes, leg, told)
    elif told.event in ("ended", "failed"):
        fields |= {"ended_at": moment(told.at), "up": False, "talking": []}
        fields |= _usage(changes, told, leg)
    changes.update_call(told.call, fields, fields.get("at") or known.get("at") or moment(told.began))


def _part(changes: Changes, told: Called, known: dict[str, Any]) -> None:
    """A call that the media server made for a caller who is with it: who answered it, and who pays for it.
    The caller's own call goes on around it, and may have ended a moment before."""
    before = known.get("parts", {}).get(told.part, {})
    leg = told.answering
    if "ended_at" in before:
        return
    here: dict[str, Any] = {"legs": records.trail(told.trail)}
    fields: dict[str, Any] = {}
    if told.answered and leg is not None:
        here |= {"answered_at": moment(told.answered), "answered_by": leg.who}
        fields |= {"answered_at": here["answered_at"], "answered_by": leg.who}
    if told.event == "answered" and leg is not None:
        fields |= {"talking": _talking(leg)} if "ended_at" not in known else {}
        _answered_for_group(changes, leg, told)
    elif told.event in ("ended", "failed"):
        here["ended_at"] = moment(told.at)
        fields |= _usage(changes, told, leg)
        if told.answered:
            fields |= {"duration": records.seconds(here["answered_at"], here["ended_at"])}
            fields |= {"talking": []} if "ended_at" in known else {}
    here |= abroad.told(changes, told, leg, before)
    fields[f"parts.{told.part}"] = before | here
    changes.update_call(told.own, fields, known.get("at") or moment(told.began))


def _whose(changes: Changes, told: Called, leg: Leg | None, known: dict[str, Any]) -> dict[str, Any]:
    """Whose call it was, where pbx was not asked or could not keep what it decided."""
    if "customer_id" in known:
        return {}
    owner = changes.customer_of_phone(told.sender) if told.source == "user" else None
    customer = leg.customer if leg else owner[0] if owner else changes.owner_of(normalise(told.dialled))
    who = owner[1] if owner else normalise(told.sender)
    numbers = (normalise(told.sender), normalise(told.dialled))
    return {
        "customer_id": customer,
        "at": moment(told.began),
        "caller": who,
        "called": normalise(told.dialled) or told.dialled[:40],
        "direction": "out" if told.source == "user" else "in",
        "sip_call_id": told.call_id[:200],
        "people": [who] if ":" in who else [],
        "numbers": [number for number in numbers if number.startswith(("+", "nl:"))],
    }


def _how(told: Called, leg: Leg | None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "outcome": records.outcome(told.event, told.code),
        "code": int(told.code) if told.code.isdigit() else 0,
        "legs": records.trail(told.trail),
    }
    if told.answered:
        fields["answered_at"] = moment(told.answered)
        fields["answered_by"] = leg.who if leg else ""
        if told.event == "ended":
            fields["duration"] = records.seconds(moment(told.answered), moment(told.at))
    return fields


def _talking(leg: Leg) -> list[str]:
    """A menu or a voicemail is never busy."""
    return [who for who in (leg.caller, leg.who) if who.startswith(("user:", "line:"))]


def _answered_for_group(changes: Changes, leg: Leg, told: Called) -> None:
    kind, _colon, user_id = leg.who.partition(":")
    if leg.group and kind == "user":
        answer = GroupAnswer(leg.group, user_id, moment(told.answered))
        changes.group_answered(leg.customer, answer)


def _usage(changes: Changes, told: Called, leg: Leg | None) -> dict[str, Any]:
    """The usage event of an answered leg that left the house, for a number that is billed by us and was the
    customer's when it was answered: nobody else pays for it."""
    if leg is None or leg.bill is None or not told.answered:
        return {}
    if changes.source_of(leg.bill.charged).lower() != OWN_SOURCE:
        return {}
    answered = moment(told.answered)
    owner = changes.owner_of(leg.bill.charged, answered)
    if owner != leg.customer:
        log.error("a call is not billed: its number was not the caller's", call=told.call, owner=owner)
        return {}
    spent = records.seconds(answered, moment(told.at))
    event = records.usage(told.call, leg.bill, answered, spent)
    return {"usage": event, "billed": event["record"]}
