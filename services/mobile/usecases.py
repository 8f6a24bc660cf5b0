"""What staff do with subscriptions. Each command runs once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from services.mobile import domain
from services.mobile.domain import NumberTerm, Subscription, midnight
from services.mobile.schemas import Reply, subscription_reply
from services.mobile.store import Changes, Store
from shared.errors import NotFound
from shared.ids import new_id

Clock = Callable[[], datetime]


def create_subscription(
    store: Store,
    clock: Clock,
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
        return subscription_reply(new, now)

    request = ("create_subscription", customer_id, product, number, active_from, sim_number, label)
    return store.once(command_id, request, now, work)


def change_number(
    store: Store, clock: Clock, *, subscription_id: str, number: str, valid_from: date, command_id: str
) -> Reply:
    """Another number from a day on. NotFound, Conflict (taken then, ended by then), Invalid."""
    now = clock()

    def work(changes: Changes) -> Reply:
        changed = domain.change_number(_existing(changes, subscription_id), number, midnight(valid_from))
        _save_with_number(changes, changed, number)
        return subscription_reply(changed, now)

    return store.once(command_id, ("change_number", subscription_id, number, valid_from), now, work)


def end_subscription(
    store: Store, clock: Clock, *, subscription_id: str, ended_at: date, command_id: str
) -> Reply:
    """End a subscription. NotFound, Conflict (has an end already), Invalid (before its start)."""
    now = clock()

    def work(changes: Changes) -> Reply:
        ended = domain.end(_existing(changes, subscription_id), midnight(ended_at))
        changes.save(ended)
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


def _existing(changes: Changes, subscription_id: str) -> Subscription:
    subscription = changes.subscription(subscription_id)
    if subscription is None:
        raise NotFound()
    return subscription


def _save_with_number(changes: Changes, subscription: Subscription, number: str) -> None:
    changes.hold(number)
    domain.refuse_taken(subscription, changes.with_number(number))
    changes.save(subscription)
