"""Blocking a SIM card and ending that: orders to the carrier, and what is known of the card by them.

The state follows from all orders of a card, by their sequence, whatever the order in which the carrier
answered: the confirmed order that was asked last says whether the card is blocked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
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
    own = sorted((order for order in orders if order.sim_number == sim_number), key=lambda o: o.sequence)
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
    """The confirmed orders of a card that are to be paid and were not asked for yet. Orders that ask the same
    of a card, without a confirmed contrary one in between, are paid once: asking again after a time-out costs
    nothing more.

    A late answer may part orders that were in one row until then, so that one that was answered before is due
    now. Who asks this of all orders at each answer has the same charges in whatever order answers come.
    """
    own = (o for o in orders if o.sim_number == sim_number and o.state is OrderState.CONFIRMED)
    found: list[Order] = []
    for _, row in groupby(sorted(own, key=lambda o: o.sequence), key=lambda o: o.block):
        same = list(row)
        if not any(order.charged for order in same):
            found += [order for order in same if not order.is_free][:1]
    return found


def _moment(order: Order) -> datetime:
    if order.state is OrderState.TIMED_OUT:
        return order.expires_at
    return order.answered_at or order.requested_at
