"""What a customer pays beside usage: products, their prices, charges, discounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

from shared.days import day_of

ChargeKind = Literal["recurring", "one_off", "discount"]
PRODUCT_PREFIX, MODULE_PREFIX = "mobile:", "module:"


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Something with a price: per ``month`` or ``once``, euro ex VAT. ``code`` of what mobile sells is
    ``mobile:<product>`` or ``module:<module>``; ``vat`` is a code of domain/vat.py."""

    code: str
    description: str
    price: Decimal
    per: Literal["month", "once"] = "month"
    vat: str = "standard"
    retired: bool = False
    revision: int = 1


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What staff put on a customer's invoices.

    ``recurring``: ``quantity`` times ``price`` per month from ``starts`` up to and including ``ends``.
    ``one_off``: once, on the first invoice of the month of ``starts`` or later; a negative quantity gives
    back. ``discount``: of the costs of each month of the term, ``percentage`` of the groups in ``of`` (all
    when it is empty) or ``price`` as an amount. Prices are euro ex VAT.
    """

    id: str
    customer_id: str
    kind: ChargeKind
    description: str
    quantity: Decimal
    starts: dt.date
    price: Decimal = Decimal(0)
    ends: dt.date | None = None
    percentage: Decimal | None = None
    of: tuple[str, ...] = ()
    vat: str = "standard"
    product: str = ""
    invoice_id: str | None = None
    """Of a one-off: the invoice that it is on."""


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """A cost that another service asks for; ``id`` is ``producer:charge_id``."""

    id: str
    customer_id: str
    day: dt.date
    description: str
    amount: Decimal
    subscription_id: str = ""
    invoice_id: str | None = None


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A module of a subscription, from ``starts`` up to (not including) ``ends``."""

    module: str
    starts: dt.datetime
    ends: dt.datetime | None = None


class ProductTerm(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription is to, from ``starts`` up to (not including) ``ends``."""

    product: str
    starts: dt.datetime
    ends: dt.datetime | None = None


class NumberTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A number of a subscription, from ``starts`` until the next one."""

    number: str
    starts: dt.datetime


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A mobile subscription as mobile tells of it; ``ends`` is the first moment on which it is no more.

    ``products`` and ``numbers`` are all that it has had or will have, oldest first; ``product`` and
    ``number`` the last of them, and all that is known of one that was told before there was more.
    """

    id: str
    customer_id: str
    revision: int
    product: str
    number: str
    starts: dt.datetime
    ends: dt.datetime | None = None
    label: str = ""
    modules: tuple[Module, ...] = ()
    products: tuple[ProductTerm, ...] = ()
    numbers: tuple[NumberTerm, ...] = ()

    def number_on(self, day: dt.date) -> str:
        """Its number at the end of that day: before its start the first."""
        return self.numbers_until(day)[-1]

    def numbers_until(self, day: dt.date) -> list[str]:
        """The numbers that it has had by the end of that day, at least one."""
        begun = [each.number for each in self.numbers if day_of(each.starts) <= day]
        return begun or [each.number for each in self.numbers[:1]] or [self.number]
