"""*Mobiel* as the service mobile tells of it: subscriptions, use of bundles, limits, blocks.

Amounts are euro excluding VAT; data is in bytes and voice in seconds, exact: shown rounded, once.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.charts.bundle import Bundle
from gateway.words import lazy_gettext as _l
from shared.money import round_decimal

SCALES = {"data": 1_000_000, "voice": 60, "sms": 1}
UNITS = {"data": "MB", "voice": "Min", "sms": "sms"}
KIND_NAMES = {"data": "Data", "voice": "Voice", "sms": "SMS"}
ABOVE = "above_group"

SIM_STATES = {
    "active": _l("Actief"),
    "blocked": _l("Geblokkeerd"),
    "blocking": _l("Wordt geblokkeerd"),
    "unblocking": _l("Wordt gedeblokkeerd"),
    "refused": _l("Niet uitgevoerd"),
    "timed_out": _l("Nog geen antwoord"),
}
ORDER_STATES = {
    "requested": _l("aangevraagd"),
    "confirmed": _l("uitgevoerd"),
    "refused": _l("geweigerd"),
    "timed_out": _l("geen antwoord"),
}
MARKS = {
    "yes": _l("geblokkeerd"),
    "blocking": _l("wordt geblokkeerd"),
    "unblocking": _l("wordt gedeblokkeerd"),
}


def shown(amount: int, kind: str) -> Decimal:
    """Bytes as whole MB of 1,000,000, seconds as whole minutes, half up."""
    return round_decimal(Decimal(amount) / SCALES[kind], 0)


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """Use of one kind by a subscription. ``state``: none (no bundle), unlimited (it needs none), inside,
    above_own (the group's bundle still covers it) or above_group (nothing does)."""

    used: int
    allowance: int | None = None
    state: str = "none"

    def bundle(self, kind: str) -> Bundle | None:
        """None where there is no bundle to draw."""
        if self.allowance is None:
            return None
        size = shown(self.allowance, kind)
        return Bundle(shown(self.used, kind), size, UNITS[kind], used_up=self.state == ABOVE)

    @property
    def unlimited(self) -> bool:
        return self.state == "unlimited"

    def figure(self, kind: str) -> Decimal:
        """What was used, without a bundle."""
        return shown(self.used, kind)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group's bundle of one kind in this month, and what use above it costs."""

    group: str
    name: str
    kind: str
    used: int
    allowance: int
    over: int
    left: int
    amount: Decimal = Decimal(0)

    @property
    def title(self) -> str:
        """``Zakelijk Mobiel Bundel - Data``."""
        return f"{self.name} - {KIND_NAMES[self.kind]}"

    @property
    def bundle(self) -> Bundle:
        used, size = shown(self.used, self.kind), shown(self.allowance, self.kind)
        return Bundle(used, size, UNITS[self.kind], used_up=self.over > 0)


class GroupLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Per cents of a group's bundle at which a mail goes out; nobody can change them."""

    group: str
    name: str
    kind: str
    percentages: tuple[int, ...]

    @property
    def title(self) -> str:
        """``Zakelijk Mobiel Bundel Groepsbundel Data %``."""
        return f"{self.name} Groepsbundel {KIND_NAMES[self.kind]} %"


class CustomerLimit(msgspec.Struct, frozen=True, kw_only=True):
    """*Totaal per klant*. ``source``: own, default (what the ICT partner has set) or none."""

    amount: Decimal | None = None
    source: str = "none"
    default: Decimal | None = None
    used: Decimal = Decimal(0)
    reached_at: datetime | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of *Abonnementen*."""

    id: str
    number: str | None
    cost: Decimal
    data: Measure | None = None
    voice: Measure | None = None
    sim: str = ""
    label: str = ""
    type: str = ""
    product_name: str = ""
    active_from: datetime
    ended_at: datetime | None = None
    blocked: str = "no"

    @property
    def sim_end(self) -> str:
        """The last four digits, as people read a card: ``… 65 12``."""
        return f"… {self.sim[-4:-2]} {self.sim[-2:]}" if self.sim else ""

    @property
    def mark(self) -> Any:
        """What is to be said of its card; empty while nothing is blocked."""
        return MARKS.get(self.blocked, "")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    active: int = 0
    ended: int = 0


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The page *Lijst van abonnementen en limietinstellingen*; ``next`` begins the next page of rows."""

    month: str
    limit: CustomerLimit
    cost: Decimal
    updated_at: datetime | None = None
    group_limits: tuple[GroupLimit, ...] = ()
    bundles: tuple[Group, ...] = ()
    rows: tuple[Row, ...] = ()
    next: str | None = None
    counts: Counts = Counts()

    @property
    def month_day(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(f"{self.month}-01")


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A number or module that a subscription has or had; ``valid_to`` is the first day without."""

    valid_from: date | None = None
    valid_to: date | None = None
    number: str = ""
    module: str = ""
    name: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A SIM card that a subscription has or had; another one is taken into use in the middle of a day."""

    sim_number: str
    valid_from: datetime
    valid_to: datetime | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """*Algemeen* of one subscription."""

    id: str
    customer_id: str
    number: str | None
    product: str
    product_name: str
    active_from: datetime
    ended_at: datetime | None = None
    sim_number: str = ""
    has_puk: bool = False
    label: str = ""
    numbers: tuple[Term, ...] = ()
    sims: tuple[Card, ...] = ()
    modules: tuple[Term, ...] = ()
    blocks: tuple[str, ...] = ()
    blocked: str | bool = "no"
    revision: int = 1


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit of a subscription, in ``unit`` (euro, percent, minutes, MB) and multiples of ``step``."""

    code: str
    name: str
    unit: str
    fixed: bool = False
    step: int | None = None
    percentages: tuple[int, ...] = ()
    value: Decimal | None = None
    source: str = "none"
    default: Decimal | None = None
    used: Decimal = Decimal(0)
    reached: tuple[int, ...] = ()
    reached_at: datetime | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    limits: tuple[Limit, ...] = ()
    month: str = ""


class Sim(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the card, what the carrier said of the last order, and what asking costs."""

    state: str
    blocked: bool = False
    wanted: bool | None = None
    since: datetime | None = None
    by: str | None = None
    reason: str | None = None
    block_cost: Decimal | None = None
    unblock_cost: Decimal | None = None
    can_order: bool = False

    @property
    def words(self) -> Any:
        return SIM_STATES.get(self.state, self.state)

    @property
    def waits(self) -> bool:
        """Whether the carrier has an order that it has not answered."""
        return self.state in ("blocking", "unblocking")


class Block(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    on: bool = False
    help: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of the carrier, and what became of it."""

    at: datetime
    what: str
    state: str
    by: str | None = None
    reason: str | None = None

    @property
    def words(self) -> Any:
        return ORDER_STATES.get(self.state, self.state)


class Blocks(msgspec.Struct, frozen=True, kw_only=True):
    """*Blokkeren*; without the role to see them ``blocks`` is empty."""

    sim: Sim
    blocks: tuple[Block, ...] = ()
    history: tuple[Order, ...] = ()
