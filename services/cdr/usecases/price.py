"""From a carrier's event to a priced one: whose it is, what it is, what it costs, or why not."""

from __future__ import annotations

import msgspec

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.calendar import calendar
from services.cdr.domain.call_types import classify, counted_as
from services.cdr.domain.numbers import parse_charged, parse_party
from services.cdr.domain.posting import Priced, Row
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


class _Objection(Exception):
    """Why the event at hand cannot be booked."""

    def __init__(self, reason: Reason, sentence: str, number: str | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.number = number


def price(carrier: str, item: UsageEvent | BadEvent, reference: Reference) -> Priced | Refused:
    """Give one item of a carrier's message its owner and price. Never raises on any input."""
    if isinstance(item, BadEvent):
        return Refused(carrier, Reason.SCHEMA, item.reason, item.raw, item.record)
    try:
        return _price(carrier, item, reference)
    except _Objection as objection:
        source = msgspec.json.encode(item)
        return Refused(carrier, objection.reason, str(objection), source, item.record, objection.number)


def _price(carrier: str, item: UsageEvent, reference: Reference) -> Priced:
    if item.carrier is not None and item.carrier != carrier:
        raise _Objection(
            Reason.CARRIER, f"carrier says {item.carrier!r}, but the message came in as {carrier!r}."
        )
    number, sender, receiver = _parties(item)
    moment = epoch(item.start)
    owned = reference.owner(number, moment)
    if owned is None:
        sentence = f"{number} belongs to nobody at {item.start.isoformat()}."
        raise _Objection(Reason.UNKNOWN_OWNER, sentence, number)
    day, month = calendar(moment)
    roaming = item.roaming.country if item.roaming else None
    call_type, _ = classify(item.kind, item.direction, sender, receiver, roaming)
    usage = Usage(
        item.kind, item.direction, receiver, moment, item.quantity, call_type, roaming, owned.product
    )
    try:
        rated = rating(usage, owned.customer, day, reference)
    except NoRate as problem:
        raise _Objection(Reason.NO_RATE, f"{problem}.", number) from problem
    fields = {
        "customer": owned.customer,
        "product": owned.product,
        "number": number,
        "sender": sender,
        "receiver": receiver or "data",
        "kind": item.kind,
        "direction": item.direction,
        "start": item.start,
        "quantity": usage.quantity,
        **rated,
    }
    if roaming:
        fields["roaming"] = roaming
    if subscription := owned.subscription:
        fields["subscription"] = subscription
        counted = counted_as(rated["type"], item.kind, roaming)
        fields |= in_bundles(rated, counted, subscription, moment, reference)
    return Priced(f"{carrier}|{item.record}", item.revision, fingerprint(item), day, month, fields, item)


def rating(usage: Usage, customer: str, day: int, reference: Reference) -> Row:
    """The fields of a row that its price decides (posting.RATED), by the customer's plan and terms of a
    day (20261122). Raises :class:`NoRate`."""
    plan = reference.plan(customer, day)
    if plan is None:
        raise NoRate(f"there is no rate plan for {day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}")
    terms = reference.terms(customer)
    try:
        rated = rate(usage, plan, terms.deviations if terms else None)
    except NoRate as problem:
        raise NoRate(f"{plan.version}: {problem}") from problem
    fields: Row = {
        "type": rated.call_type,
        "destination": rated.destination,
        "amount": rated.amount_micro,
        "plan": plan.version,
        "prefix": rated.prefix,
    }
    if terms:
        fields["terms"] = terms.id
    return fields


def in_bundles(rated: Row, counted: str, subscription: str, moment: int, reference: Reference) -> Row:
    """What the bundles of a subscription change of a price, for usage that they count as this type: nothing
    is asked where one covers it. Where that turns out otherwise for the month, its line makes up for it
    (bundles.accounts_of)."""
    changed: Row = {} if counted == rated["type"] else {"counted_as": counted}
    if rated["amount"] and reference.covered(subscription, counted, moment):
        changed |= {"amount": 0, "waived": rated["amount"]}
    return changed


def usage_of(row: Row) -> Usage:
    """What was rated when a row was made, to be rated once more."""
    kind, direction = row["kind"], row["direction"]
    receiver, roaming = None if kind == "data" else row["receiver"], row.get("roaming")
    call_type, _ = classify(kind, direction, row["sender"], receiver, roaming)
    moment = epoch(row["start"])
    return Usage(kind, direction, receiver, moment, row["quantity"], call_type, roaming, row["product"])


def _parties(item: UsageEvent) -> tuple[str, str, str | None]:
    """(the number that pays, sender, receiver) in our notation."""
    try:
        number = parse_charged(item.charged)
        sender = number if item.sender is None else parse_party(item.sender, item.kind)
        receiver = None if item.receiver is None else parse_party(item.receiver, item.kind)
    except ValueError as problem:
        raise _Objection(Reason.SCHEMA, str(problem)) from problem
    return number, sender, receiver
