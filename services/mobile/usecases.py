"""What staff do with subscriptions. Each command runs once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from services.mobile import domain
from services.mobile.domain import NumberTerm, Subscription, midnight
from services.mobile.schemas import Reply, subscription_reply
from services.mobile.store import Changes, Store
from shared.acting import Acting
from shared.errors import NotFound
from shared.events.audit import Subject
from shared.ids import new_id

Clock = Callable[[], datetime]


def create_subscription(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    product: str,
    number: str,
    active_from: date,
    sim_number: str,
    label: str,
    command_id: str,
) -> Reply:
    """A new subscription with its first number. Conflict when another has the number then."""
    now, start = clock(), midnight(active_from)
    numbers = (NumberTerm(number, start),)
    new = Subscription(
        new_id(), customer_id, product, start, numbers, sim_number=sim_number, label=label.strip()
    )

    def work(changes: Changes) -> Reply:
        _save_with_number(changes, new, number)
        _record(changes, acting, "created", None, new)
        return subscription_reply(new, now)

    request = ("create_subscription", customer_id, product, number, active_from, sim_number, label)
    return store.once(command_id, request, now, work)


def change_number(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    number: str,
    valid_from: date,
    command_id: str,
) -> Reply:
    """Another number from a day on. NotFound, Conflict (taken then, ended by then), Invalid."""
    now = clock()

    def work(changes: Changes) -> Reply:
        before = _existing(changes, subscription_id)
        changed = domain.change_number(before, number, midnight(valid_from))
        _save_with_number(changes, changed, number)
        _record(changes, acting, "number_changed", before, changed)
        return subscription_reply(changed, now)

    return store.once(command_id, ("change_number", subscription_id, number, valid_from), now, work)


def end_subscription(
    store: Store, clock: Clock, acting: Acting, *, subscription_id: str, ended_at: date, command_id: str
) -> Reply:
    """End a subscription. NotFound, Conflict (has an end already), Invalid (before its start)."""
    now = clock()

    def work(changes: Changes) -> Reply:
        before = _existing(changes, subscription_id)
        ended = domain.end(before, midnight(ended_at))
        changes.save(ended)
        _record(changes, acting, "ended", before, ended)
        return subscription_reply(ended, now)

    return store.once(command_id, ("end_subscription", subscription_id, ended_at), now, work)


def republish(store: Store, clock: Clock) -> Reply:
    """Queue the state of every subscription again, so that a new consumer learns all of them.

    Revisions stay as they are: whoever knows them already sees nothing new. A change that runs at
    the same time may be told before an older state of it; its higher revision wins.
    """
    count, after = 0, ""
    while batch := store.publish_again(after, clock()):
        count, after = count + len(batch), batch[-1].id
    return {"events": count}


def _record(
    changes: Changes, acting: Acting, verb: str, before: Subscription | None, after: Subscription
) -> None:
    """Enter in the audit log what has become different."""
    name = after.label or (after.numbers or before.numbers if before else after.numbers)[-1].number
    subject = Subject(kind="subscription", id=after.id, name=name)
    changes.record(acting, after.customer_id, f"subscription.{verb}", subject, _told(before), _told(after))


def _told(subscription: Subscription | None) -> dict[str, Any]:
    if subscription is None:
        return {}
    ended = subscription.ended_at
    return {
        "product": subscription.product,
        "label": subscription.label,
        "sim_number": subscription.sim_number,
        "active_from": domain.day_of(subscription.active_from),
        "ended_at": domain.day_of(ended) if ended else None,
        "numbers": [
            {"number": term.number, "valid_from": domain.day_of(term.start)} for term in subscription.numbers
        ],
    }


def _existing(changes: Changes, subscription_id: str) -> Subscription:
    subscription = changes.subscription(subscription_id)
    if subscription is None:
        raise NotFound()
    return subscription


def _save_with_number(changes: Changes, subscription: Subscription, number: str) -> None:
    changes.hold(number)
    domain.refuse_taken(subscription, changes.with_number(number))
    changes.save(subscription)
