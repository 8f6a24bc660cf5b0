"""From a carrier's event to a priced one: whose it is, what it is, what it costs, or why not."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.calendar import calendar
from services.cdr.domain.call_types import classify
from services.cdr.domain.numbers import parse_charged, parse_party
from services.cdr.domain.posting import Priced
from services.cdr.domain.rating import NoRate, Usage, rate
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import BadEvent, UsageEvent, fingerprint


def refuse_priced(priced: Priced, reason: Reason, sentence: str) -> Refused:
    """Turn down an event that had a price already."""
    carrier, _, record = priced.key.partition("|")
    return Refused(
        carrier, reason, sentence, msgspec.json.encode(priced.source), record, priced.fields["number"]
    )


def price(carrier: str, item: UsageEvent | BadEvent, reference: Reference) -> Priced | Refused:
    """Give one item of a carrier's message its owner and price. Never raises on any input."""
    if isinstance(item, BadEvent):
        return Refused(carrier, Reason.SCHEMA, item.reason, item.raw, item.record)

    def refuse(reason: Reason, sentence: str, number: str | None = None) -> Refused:
        return Refused(carrier, reason, sentence, msgspec.json.encode(item), item.record, number)

    if item.carrier is not None and item.carrier != carrier:
        return refuse(
            Reason.CARRIER, f"carrier says {item.carrier!r}, but the message came in as {carrier!r}."
        )
    try:
        number = parse_charged(item.charged)
        sender = parse_party(item.sender, item.kind) if item.sender is not None else number
        receiver = parse_party(item.receiver, item.kind) if item.receiver is not None else None
    except ValueError as problem:
        return refuse(Reason.SCHEMA, str(problem))
    return _with_owner(carrier, item, (number, sender, receiver), reference, refuse)


def _with_owner(
    carrier: str,
    item: UsageEvent,
    parties: tuple[str, str, str | None],
    reference: Reference,
    refuse: Callable[..., Refused],
) -> Priced | Refused:
    number, sender, receiver = parties
    moment = epoch(item.start)
    owned = reference.owner(number, moment)
    if owned is None:
        return refuse(
            Reason.UNKNOWN_OWNER, f"{number} belongs to nobody at {item.start.isoformat()}.", number
        )
    day, month = calendar(moment)
    plan = reference.plan(owned.customer, day)
    if plan is None:
        return refuse(Reason.NO_RATE, f"there is no rate plan for {item.start:%Y-%m-%d}.", number)
    roaming = item.roaming.country if item.roaming else None
    call_type, _ = classify(item.kind, item.direction, sender, receiver, roaming)
    usage = Usage(item.kind, item.direction, receiver, moment, item.quantity, call_type, roaming)
    try:
        rated = rate(usage, plan)
    except NoRate as problem:
        return refuse(Reason.NO_RATE, f"{plan.version}: {problem}.", number)
    fields = {
        "customer": owned.customer,
        "product": owned.product,
        "number": number,
        "type": str(rated.call_type),
        "sender": sender,
        "receiver": receiver or "data",
        "destination": rated.destination,
        "kind": item.kind,
        "start": item.start,
        "quantity": usage.quantity,
        "amount": rated.amount_micro,
        "plan": plan.version,
        "prefix": rated.prefix,
    }
    return Priced(f"{carrier}|{item.record}", item.revision, fingerprint(item), day, month, fields, item)
