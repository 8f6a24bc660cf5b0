"""What of a customer recurs, and what each of it costs: charges, mobile subscriptions, their modules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import msgspec

from services.invoicing.domain.charges import (
    MODULE_PREFIX,
    PRODUCT_PREFIX,
    Charge,
    Product,
    Subscription,
)
from services.invoicing.domain.recurring import Item
from shared.days import day_of
from shared.phone_numbers import party


class Unpriced(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the customer that has no price: its name for people, and the product that lacks it."""

    name: str
    code: str


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """The products, and a customer's own prices by product code."""

    products: Mapping[str, Product]
    own: Mapping[str, Decimal] = {}

    def price_of(self, code: str) -> Decimal | None:
        product = self.products.get(code)
        return None if product is None else self.own.get(code, product.price)


class _Wanted(msgspec.Struct, frozen=True):
    """A subscription or a module of one, before it has a price. Days are included on both sides."""

    key: str
    code: str
    name: str
    starts: dt.date
    ends: dt.date | None

    def is_in(self, span: tuple[dt.date, dt.date]) -> bool:
        return max(self.starts, span[0]) <= min(self.ends or dt.date.max, span[1])


def items_of_charges(charges: Iterable[Charge]) -> list[Item]:
    return [
        Item(
            key=f"charge:{charge.id}",
            description=charge.description,
            price=charge.price,
            quantity=charge.quantity,
            vat=charge.vat,
            starts=charge.starts,
            ends=charge.ends,
        )
        for charge in charges
        if charge.kind == "recurring"
    ]


def items_of_subscriptions(
    subscriptions: Iterable[Subscription], prices: PriceList, span: tuple[dt.date, dt.date]
) -> tuple[list[Item], list[Unpriced]]:
    """Subscriptions and modules at the customer's price or that of the list; and what has neither although
    it is there on a day of ``span``. One that never was stays in, without days: it may have been billed."""
    items: list[Item] = []
    unpriced: list[Unpriced] = []
    for each in (wanted for subscription in subscriptions for wanted in _wanted(subscription)):
        price = prices.price_of(each.code)
        if price is None:
            if each.is_in(span):
                unpriced.append(Unpriced(name=each.name, code=each.code))
            continue
        product = prices.products[each.code]
        items.append(
            Item(
                key=each.key,
                description=f"{product.description}, {each.name}",
                price=price,
                quantity=Decimal(1),
                vat=product.vat,
                starts=each.starts,
                ends=each.ends,
            )
        )
    return items, unpriced


def _wanted(subscription: Subscription) -> Iterator[_Wanted]:
    number = party(subscription.number)
    name = f"{number} ({subscription.label})" if subscription.label else number
    days = _days(subscription.starts, subscription.ends)
    yield _Wanted(f"subscription:{subscription.id}", PRODUCT_PREFIX + subscription.product, name, *days)
    for module in subscription.modules:
        first, last = _days(module.starts, _earliest(module.ends, subscription.ends))
        key = f"module:{subscription.id}:{module.module}:{first}"
        yield _Wanted(key, MODULE_PREFIX + module.module, name, first, last)


def _days(starts: dt.datetime, ends: dt.datetime | None) -> tuple[dt.date, dt.date | None]:
    """Moments as days, both included: the day on which something ends does not count any more."""
    return day_of(starts), day_of(ends) - dt.timedelta(days=1) if ends else None


def _earliest(*moments: dt.datetime | None) -> dt.datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
