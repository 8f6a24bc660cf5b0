"""Blocking a SIM card and ending that: orders to the carrier, and what is known of the card by them.

The state follows from all orders of a card, in the order in which they were asked, whatever the order in
which the carrier answered: the confirmed order that was asked last says whether the card is blocked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from heapq import merge
from itertools import groupby

from shared.errors import Conflict
from shared.words import gettext

ANSWER_WITHIN = timedelta(minutes=15)
"""How long the carrier has, unless the setting SIM_ANSWER_SECONDS says otherwise."""


class OrderState(StrEnum):
    """Where an order is. An answer that comes after the time is up still counts."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"


ANSWERED = (OrderState.CONFIRMED, OrderState.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Block (or unblock) a card. ``id`` is what the carrier knows it by; ``sequence`` counts the orders of a
    subscription. ``cost`` (euro ex VAT) is what whoever asked was told; ``charged``: whether it was asked of
    invoicing. ``by`` is who asked, ``reason`` what the carrier says."""

    id: str
    sequence: int
    customer_id: str
    subscription_id: str
    number: str
    sim_number: str
    carrier: str
    block: bool
    cost: str
    by: str
    requested_at: datetime
    expires_at: datetime
    state: OrderState = OrderState.REQUESTED
    answered_at: datetime | None = None
    reason: str = ""
    charged: bool = False

    @property
    def is_free(self) -> bool:
        return not any(digit in "123456789" for digit in self.cost)


@dataclass(frozen=True)
class SimState:
    """What is known of the card in use: ``blocked`` by the last confirmed order; ``last`` is the state of the
    last order, which wanted ``wanted``; ``since`` is when that came about."""

    blocked: bool = False
    last: OrderState | None = None
    wanted: bool = False
    since: datetime | None = None
    by: str = ""
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the carrier has yet to answer."""
        return self.last is OrderState.REQUESTED

    @property
    def name(self) -> str:
        """active, blocked, blocking, unblocking, refused or timed_out."""
        if self.is_open:
            return "blocking" if self.wanted else "unblocking"
        if self.last in (OrderState.REFUSED, OrderState.TIMED_OUT):
            return str(self.last)
        return "blocked" if self.blocked else "active"

    @property
    def mark(self) -> str:
        """What a list shows: yes, no, blocking or unblocking."""
        if self.is_open:
            return self.name
        return "yes" if self.blocked else "no"


def state_of(orders: Iterable[Order], sim_number: str) -> SimState:
    """What the orders say of one card."""
    own = _as_asked(orders, sim_number)
    if not own:
        return SimState()
    confirmed = [order for order in own if order.state is OrderState.CONFIRMED]
    last = own[-1]
    return SimState(
        blocked=bool(confirmed) and confirmed[-1].block,
        last=last.state,
        wanted=last.block,
        since=_moment(last),
        by=last.by,
        reason=last.reason,
    )


def state_in(orders: Iterable[Order], sim_number: str, subscription_id: str) -> SimState:
    """What a subscription knows of its card, which others may have had before: of an order that was not its
    own no more than whether the card is blocked now."""
    known = list(orders)
    own, state = _as_asked(known, sim_number), state_of(known, sim_number)
    is_own = bool(own) and own[-1].subscription_id == subscription_id
    return state if is_own else SimState(blocked=state.blocked)


def asked(state: SimState, order: Order) -> SimState:
    """The state with an order that was asked just now."""
    return SimState(state.blocked, order.state, order.block, order.requested_at, order.by, order.reason)


def refuse_needless(state: SimState, block: bool) -> None:
    """Raise Conflict when the card is so already, or the carrier has yet to answer something else.

    After a time-out nobody knows for sure, so both may be asked.
    """
    if state.is_open and state.wanted != block:
        raise Conflict(
            gettext("De vorige opdracht voor deze SIM-kaart loopt nog. Wacht op antwoord van het netwerk.")
        )
    if state.last is OrderState.TIMED_OUT or state.is_open or state.blocked != block:
        return
    if block:
        raise Conflict(gettext("Deze SIM-kaart is al geblokkeerd."))
    raise Conflict(gettext("Deze SIM-kaart is niet geblokkeerd."))


def answered(order: Order, done: bool, reason: str, at: datetime) -> Order:
    """The order as the carrier answered it. The first answer stands; a confirmation goes before a refusal,
    since what was done was done."""
    new = OrderState.CONFIRMED if done else OrderState.REFUSED
    if order.state is OrderState.CONFIRMED or order.state is new:
        return order
    return replace(order, state=new, answered_at=at, reason=reason)


def expired(order: Order) -> Order:
    """The order whose time is up without an answer."""
    if order.state is not OrderState.REQUESTED:
        return order
    return replace(order, state=OrderState.TIMED_OUT)


def due(orders: Iterable[Order], sim_number: str) -> list[Order]:
    """The confirmed orders of a card that are to be paid and were not asked for yet. Orders by which a
    customer asks the same of a card, without a confirmed contrary one in between, are paid once: asking again
    after a time-out costs nothing more.

    A late answer may part orders that were in one row until then, so that one that was answered before is due
    now. Who asks this of all orders at each answer has the same charges in whatever order answers come.
    """
    own = (order for order in _as_asked(orders, sim_number) if order.state is OrderState.CONFIRMED)
    found: list[Order] = []
    for _, row in groupby(own, key=lambda o: o.block):
        same = list(row)
        for customer in dict.fromkeys(order.customer_id for order in same):
            theirs = [order for order in same if order.customer_id == customer]
            if not any(order.charged for order in theirs):
                found += [order for order in theirs if not order.is_free][:1]
    return found


def price(order: Order, orders: Iterable[Order]) -> str:
    """What one that is due is paid with: the lowest cost of those that may be in its row, free ones aside.
    Only answers that were known when the next one was asked matter, so any of a row has the price of the row:
    a contrary order that was confirmed by then parts it, and one that was refused by then is not of it."""
    row: list[Order] = []
    contrary: list[Order] = []
    for each in _as_asked(orders, order.sim_number):
        if each.block != order.block:
            contrary.append(each)
        elif each.customer_id == order.customer_id:
            if any(_was(OrderState.CONFIRMED, other, each) for other in contrary):
                if order in row:
                    break
                row = []
            row = [other for other in row if not _was(OrderState.REFUSED, other, each)] + [each]
            contrary = []
    return min((each.cost for each in row if not each.is_free), key=Decimal)


def _was(state: OrderState, order: Order, later: Order) -> bool:
    """Whether an order had been answered so when a later one was asked."""
    answered_at = order.answered_at if order.state is state else None
    return answered_at is not None and answered_at < later.requested_at


def _as_asked(orders: Iterable[Order], sim_number: str) -> list[Order]:
    """The orders of a card as they were asked: those of a subscription by sequence, and those of several,
    which have it one after the other, by their moments."""
    own = [order for order in orders if order.sim_number == sim_number]
    own.sort(key=lambda order: (order.subscription_id, order.sequence))
    each = [list(of_one) for _, of_one in groupby(own, key=lambda order: order.subscription_id)]
    return list(merge(*each, key=lambda order: order.requested_at))


def _moment(order: Order) -> datetime:
    if order.state is OrderState.TIMED_OUT:
        return order.expires_at
    return order.answered_at or order.requested_at
