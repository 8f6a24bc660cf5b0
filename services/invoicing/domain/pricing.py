"""What of a customer recurs, and what each of it costs: charges, mobile subscriptions, their modules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain

import msgspec

from services.invoicing.domain.charges import (
    MODULE_PREFIX,
    PRODUCT_PREFIX,
    Charge,
    Product,
    ProductTerm,
    Subscription,
)
from services.invoicing.domain.recurring import Billed, Item
from shared.days import day_of
from shared.phone_numbers import party


class Unpriced(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the customer that has no price: its name for people, the product that lacks it, and its
    first and last day in the span that was asked."""

    name: str
    code: str
    first: dt.date
    last: dt.date


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """The products, and a customer's own prices by product code."""

    products: Mapping[str, Product]
    own: Mapping[str, Decimal] = {}

    def price_of(self, code: str) -> Decimal | None:
        product = self.products.get(code)
        return None if product is None else self.own.get(code, product.price)


class _Wanted(msgspec.Struct, frozen=True):
    """A product or a module of a subscription, before it has a price. Days are included on both sides."""

    key: str
    thing: str
    code: str
    name: str
    starts: dt.date
    ends: dt.date | None

    def within(self, span: tuple[dt.date, dt.date]) -> tuple[dt.date, dt.date] | None:
        """Its first and last day in ``span``."""
        first, last = max(self.starts, span[0]), min(self.ends or dt.date.max, span[1])
        return (first, last) if first <= last else None


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
    it is there on a day of ``span``. One that never was stays in, without days: it may have been billed.
    Subscriptions are called by their number at the end of ``span``."""
    items: list[Item] = []
    unpriced: list[Unpriced] = []
    for each in chain.from_iterable(_wanted(one, span[1]) for one in subscriptions):
        price = prices.price_of(each.code)
        if price is None:
            if days := each.within(span):
                unpriced.append(Unpriced(name=each.name, code=each.code, first=days[0], last=days[1]))
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
                thing=each.thing,
            )
        )
    return items, unpriced


def named(
    billed: Iterable[Billed], subscriptions: Iterable[Subscription], prices: PriceList, on: dt.date
) -> list[Billed]:
    """What was billed, with what it was of. The release before did not write that down; the keys of modules
    tell it, of which nothing else is known any more once they never were."""
    names = {each.id: _name(each, on) for each in subscriptions}
    return [_named(mark, names, prices) for mark in billed]


def _named(mark: Billed, names: Mapping[str, str], prices: PriceList) -> Billed:
    if mark.description or not mark.key.startswith("module:"):
        return mark
    thing, _colon, _first = mark.key.rpartition(":")
    _module, subscription_id, module = thing.split(":")
    product = prices.products.get(MODULE_PREFIX + module)
    words = (product.description if product else module, names.get(subscription_id, ""))
    return msgspec.structs.replace(
        mark,
        thing=thing,
        description=", ".join(filter(None, words)),
        vat=product.vat if product else "standard",
    )


def _wanted(subscription: Subscription, on: dt.date) -> Iterator[_Wanted]:
    name, own = _name(subscription, on), f"subscription:{subscription.id}"
    for term in subscription.products or (_only(subscription),):
        days = _days(term.starts, _earliest(term.ends, subscription.ends))
        yield _Wanted(own, f"{own}:{term.product}", PRODUCT_PREFIX + term.product, name, *days)
    for module in subscription.modules:
        first, last = _days(module.starts, _earliest(module.ends, subscription.ends))
        thing = f"module:{subscription.id}:{module.module}"
        yield _Wanted(f"{thing}:{first}", thing, MODULE_PREFIX + module.module, name, first, last)


def _only(subscription: Subscription) -> ProductTerm:
    """The product of a subscription that was told before products had days."""
    return ProductTerm(product=subscription.product, starts=subscription.starts)


def _name(subscription: Subscription, on: dt.date) -> str:
    number = party(subscription.number_on(on))
    return f"{number} ({subscription.label})" if subscription.label else number


def _days(starts: dt.datetime, ends: dt.datetime | None) -> tuple[dt.date, dt.date | None]:
    """Moments as days, both included: the day on which something ends does not count any more."""
    return day_of(starts), day_of(ends) - dt.timedelta(days=1) if ends else None


def _earliest(*moments: dt.datetime | None) -> dt.datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
