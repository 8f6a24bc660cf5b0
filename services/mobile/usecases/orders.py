"""Blocking SIM cards: asking the carrier, and what follows from its answer (MOB-07).

An order is one document; it is sent by the worker, which may send it twice, so a carrier knows it by its ID.
The cost is asked of invoicing when the carrier confirms, once: nobody pays for what was not done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from services.mobile.domain import sim
from services.mobile.domain.numbers import shown
from services.mobile.domain.sim import Order, OrderState
from services.mobile.domain.subscriptions import Subscription
from services.mobile.schemas import Reply
from services.mobile.schemas.carriers import Answer
from services.mobile.schemas.replies import order_reply
from services.mobile.store import Changes, Store
from services.mobile.usecases import common
from services.mobile.usecases.common import Clock, asked, by_whom, reached, subject_of
from shared.acting import Acting
from shared.days import day_of
from shared.errors import Invalid
from shared.events.charge import MobileChargeRequested
from shared.events.notification import MobileNotificationRequested
from shared.ids import new_id
from shared.words import gettext as _

REGISTRATION = "sim_block_confirmation"
CONFIRMED, FAILED = "sim_block_confirmation", "sim_block_failed"
SYSTEM = Acting(kind="service", scope="operator", username="carrier", issuer="mobile")


def request_sim_block(
    store: Store,
    clock: Clock,
    acting: Acting,
    carrier: str,
    patience: timedelta,
    *,
    subscription_id: str,
    block: bool,
    command_id: str,
) -> Reply:
    """Ask the carrier to block the card in use, or to end that. While the carrier has yet to answer the same
    order, it is that one's answer: two clicks are one order.

    Raises Invalid (ended, no card), Conflict (so already, or another order under way), NotFound, Forbidden.
    """
    now = clock()

    def work(changes: Changes) -> Reply:
        found = reached(changes.subscription(subscription_id), acting, common.SIM_BLOCK)
        _refuse_without_card(found, now)
        orders = changes.orders(subscription_id)
        state = found.sim_state  # what others asked of the card is in it, and nowhere else within reach
        sim.refuse_needless(state, block)
        if state.is_open:
            return order_reply(next(o for o in reversed(orders) if o.sim_number == found.sim_number))
        cost = changes.terms(found.customer_id).sim_cost(block, now)
        last = orders[-1].sequence if orders else 0
        order = Order(
            id=new_id(),
            sequence=last + 1,
            customer_id=found.customer_id,
            subscription_id=found.id,
            number=found.number_at(now) or "",
            sim_number=found.sim_number,
            carrier=carrier,
            block=block,
            cost=cost,
            by=by_whom(acting),
            requested_at=now,
            expires_at=now + patience,
        )
        changes.add_order(order)
        changes.set_sim_state(found.id, sim.asked(state, order))
        _record(changes, acting, found, order, "requested")
        return order_reply(order)

    return store.once(command_id, asked(acting, "request_sim_block", subscription_id, block), now, work)


def take_answer(store: Store, clock: Clock, carrier: str, body: bytes) -> None:
    """What a carrier says of an order; what is about no order of its own is kept for staff."""
    now = clock()
    try:
        answer = Answer.read(body)
    except ValueError as problem:
        reason = f"not an answer: {problem}"
        store.in_one(now, lambda changes: changes.keep_stray(carrier, body, reason))
        return

    def work(changes: Changes) -> None:
        order = changes.order(answer.command_id)
        if order is None or order.carrier != carrier:
            changes.keep_stray(carrier, body, "no such command was given to this carrier")
            return
        settled = sim.answered(order, answer.is_done, answer.reason, now)
        if settled is not order:
            _settle(changes, settled, now)

    store.in_one(now, work)


def time_out(store: Store, clock: Clock, limit: int = 100) -> int:
    """Give up waiting for answers whose time is up; how many. An answer that comes later still counts."""
    now = clock()
    ids = store.overdue(now, limit)
    for order_id in ids:
        store.in_one(now, partial(_expire, order_id, now))
    return len(ids)


def _expire(order_id: str, now: datetime, changes: Changes) -> None:
    order = changes.order(order_id)
    if order is None or order.expires_at > now:
        return
    settled = sim.expired(order)
    if settled is not order:
        _settle(changes, settled, now)


def _settle(changes: Changes, after: Order, now: datetime) -> None:
    """Store what became of an order, with all that follows from it: for other orders of the card as well.

    The card is held: of two answers about it that come at once, the second sees what the first did.
    """
    changes.hold(f"sim:{after.sim_number}")
    found = changes.subscription(after.subscription_id)
    orders = [after if each.id == after.id else each for each in changes.orders_of_sim(after.sim_number)]
    due = sim.due(orders, after.sim_number)
    charged = {each.id: _charged(changes, each, sim.price(each, orders), now) for each in due}
    for each in {after.id: after, **charged}.values():
        changes.save_order(each)
    for having in changes.with_sim(after.sim_number):
        changes.set_sim_state(having.id, sim.state_in(orders, having.sim_number, having.id))
    if found is not None:
        _record(changes, SYSTEM, found, after, str(after.state))
    changes.tell(after.customer_id, _letter(after, now))


def _charged(changes: Changes, order: Order, amount: str, now: datetime) -> Order:
    """The order, for which invoicing is asked to bill this amount."""
    number = shown(order.number)
    blocked = _("SIM-kaart van %(number)s geblokkeerd", number=number)
    description = blocked if order.block else _("SIM-kaart van %(number)s gedeblokkeerd", number=number)
    event = MobileChargeRequested(
        charge_id=order.id,
        day=day_of(order.answered_at or now).isoformat(),
        description=description,
        amount=amount,
        subscription_id=order.subscription_id,
    )
    changes.tell(order.customer_id, event)
    return replace(order, charged=True)


def _letter(order: Order, now: datetime) -> MobileNotificationRequested:
    """The confirmation for those who are registered for it; or that it did not happen."""
    parameters = {
        "number": shown(order.number),
        "blocked": order.block,
        "at": (order.answered_at or now).isoformat(),
    }
    if order.state is not OrderState.CONFIRMED:
        parameters |= {"refused": order.state is OrderState.REFUSED, "reason": order.reason}
    return MobileNotificationRequested(
        template=CONFIRMED if order.state is OrderState.CONFIRMED else FAILED,
        dedupe_key=f"sim:{order.id}:{order.state}",
        registration=REGISTRATION,
        parameters=parameters,
    )


def _record(changes: Changes, acting: Acting, found: Subscription, order: Order, verb: str) -> None:
    what = "sim_block" if order.block else "sim_unblock"
    told = {"sim_number": order.sim_number, "cost": order.cost, "answer": order.reason}
    changes.record(acting, found.customer_id, f"{what}.{verb}", subject_of(found), after=told)


def _refuse_without_card(found: Subscription, now: datetime) -> None:
    if found.has_ended(now) or not found.numbers:
        day = f"{day_of(found.ended_at):%d-%m-%Y}" if found.ended_at else ""
        raise Invalid(fields={"block": [_("Dit abonnement is beëindigd op %(ended)s.", ended=day)]})
    if not found.sim_number:
        raise Invalid(fields={"block": [_("Van dit abonnement kennen we geen SIM-kaart.")]})
