"""What was agreed on with a customer, and who is whose customer."""

from __future__ import annotations

from typing import Any

from services.mobile.domain.products import bundle_codes
from services.mobile.domain.subscriptions import told_anew
from services.mobile.domain.terms import Deviation, Step, Terms, with_step
from services.mobile.schemas import Reply
from services.mobile.schemas.replies import terms_reply
from services.mobile.store import Changes, Store
from services.mobile.usecases.common import Clock, asked
from shared.acting import Acting
from shared.errors import Permanent
from shared.events import CustomerChanged, Envelope
from shared.events.audit import Subject

TELL_BATCH = 250


def set_terms(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    month: str,
    bundles: list[dict[str, Any]],
    block_cost: str | None,
    unblock_cost: str | None,
    command_id: str,
) -> Reply:
    """What holds from the start of a month on, instead of what was said of that month before.

    Others are told of each subscription anew by the worker, right after.
    """
    known = bundle_codes()
    deviations = {
        each["bundle"]: Deviation(each["volume"], each["rate"])
        for each in bundles
        if each["bundle"] in known and (each["volume"] is not None or each["rate"] is not None)
    }
    step = Step(month, deviations, block_cost, unblock_cost)

    def work(changes: Changes) -> Reply:
        before = changes.terms(customer_id)
        after = with_step(before, step)
        changes.save_terms(customer_id, after)
        subject = Subject(kind="mobile_terms", id=customer_id, name=month)
        changes.record(acting, customer_id, "mobile_terms.changed", subject, _told(before), _told(after))
        return terms_reply(after)

    what = ("set_terms", customer_id, month, repr(bundles), block_cost, unblock_cost)
    return store.once(command_id, asked(acting, *what), clock(), work)


def tell_of_terms(store: Store, clock: Clock) -> bool:
    """Tell others of some subscriptions whose terms are others now; whether there may be more.

    How far it came is written with each batch, so a process that ends in between loses nothing.
    """
    customer_id = store.untold()
    if customer_id is None:
        return False

    def work(changes: Changes) -> bool:
        after = changes.untold_after(customer_id)
        if after is None:
            return False
        batch = [told_anew(each) for each in changes.next_of(customer_id, after, TELL_BATCH)]
        if batch:
            changes.save(*batch)
        changes.told_up_to(customer_id, batch[-1].id if batch else None)
        return True

    return store.in_one(clock(), work)


def customer_changed(store: Store, envelope: Envelope[CustomerChanged]) -> None:
    """Keep whose customer a customer is: that decides whose default limits it has."""
    event = envelope.data
    if not event.customer_id:
        raise Permanent("the event names no customer")

    def work(changes: Changes) -> None:
        if changes.customer_revision(event.customer_id) < event.revision:
            changes.keep_customer(event.customer_id, event.parent_id, event.revision)

    store.in_one(envelope.occurred_at, work)


def _told(terms: Terms) -> dict[str, Any]:
    return {"steps": terms_reply(terms)["steps"]}
