"""*Mobiel* for staff: products, what was agreed on with a customer, defaults, orders to carriers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.models.mobile import KIND_NAMES, ORDER_STATES, SCALES, UNITS


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What a product or module has each month; ``rate`` per started MB, minute or message above it."""

    bundle: str
    kind: str
    volume: int
    rate: Decimal = Decimal(0)
    group: str = ""

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def size(self) -> Decimal:
        return Decimal(self.volume) / SCALES[self.kind]

    @property
    def unit(self) -> str:
        return UNITS[self.kind]


class Product(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    group_name: str = ""
    bundles: tuple[Bundle, ...] = ()


class Module(Bundle, frozen=True, kw_only=True):
    """``step``: its limit is a multiple of this."""

    code: str
    name: str
    step: int
    products: tuple[str, ...] = ()


class NamedBlock(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be subscribed to."""

    products: tuple[Product, ...] = ()
    modules: tuple[Module, ...] = ()
    blocks: tuple[NamedBlock, ...] = ()
    block_cost: Decimal = Decimal(0)
    unblock_cost: Decimal = Decimal(0)

    @property
    def product_names(self) -> dict[str, str]:
        return {one.code: one.name for one in self.products}

    @property
    def module_names(self) -> dict[str, str]:
        return {one.code: one.name for one in self.modules}

    @property
    def bundles(self) -> dict[str, tuple[str, Bundle]]:
        """By code, each with what it is of."""
        named = [(one.name, bundle) for one in self.products for bundle in one.bundles]
        named += [(one.name, one) for one in self.modules]
        return {bundle.bundle: (name, bundle) for name, bundle in named}

    def sized(self, agreed: AgreedBundle) -> Decimal:
        """The agreed volume in MB, minutes or messages."""
        return Decimal(agreed.volume or 0) / SCALES[self.bundles[agreed.bundle][1].kind]


class AgreedBundle(msgspec.Struct, frozen=True, kw_only=True):
    """Another volume or rate than the product's; None is the product's."""

    bundle: str
    volume: int | None = None
    rate: Decimal | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What holds from the first day of ``month`` on."""

    month: str
    bundles: tuple[AgreedBundle, ...] = ()
    block_cost: Decimal | None = None
    unblock_cost: Decimal | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    steps: tuple[Step, ...] = ()


class Default(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    unit: str
    step: int | None = None
    value: Decimal | None = None


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    partner_id: str
    limits: tuple[Default, ...] = ()


class SimOrder(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    what: str
    state: str
    requested_at: datetime
    answered_at: datetime | None = None
    customer_id: str = ""
    subscription_id: str = ""
    number: str = ""
    by: str | None = None
    reason: str | None = None

    @property
    def words(self) -> Any:
        return ORDER_STATES.get(self.state, self.state)


class Stray(msgspec.Struct, frozen=True, kw_only=True):
    """What a carrier said that fits no order."""

    carrier: str
    at: datetime
    reason: str
    body: str = ""


class SimOrders(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[SimOrder, ...] = ()
    next: str | None = None
    strays: tuple[Stray, ...] = ()


class StaffRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str | None = None
    product_name: str = ""
    sim_number: str = ""
    label: str = ""
    active_from: date
    ended_at: date | None = None


class Subscriptions(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a customer's subscriptions; here ``active_from`` and ``ended_at`` are days."""

    rows: tuple[StaffRow, ...] = ()
    next: str | None = None
