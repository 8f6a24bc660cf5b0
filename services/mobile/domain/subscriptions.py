"""Mobile subscriptions: the numbers, products, SIM cards and modules that they have had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from services.mobile.domain.products import MODULES, PRODUCTS
from services.mobile.domain.sim import SimState
from shared.days import day_of
from shared.errors import Conflict, Invalid
from shared.words import gettext


class Term(Protocol):
    """Something that held in ``[start, end)``, UTC; no end means until further notice."""

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime | None: ...


@dataclass(frozen=True)
class NumberTerm:
    """A number of a subscription."""

    number: str
    start: datetime
    end: datetime | None = None

    def overlaps(self, other: NumberTerm) -> bool:
        """Whether it is the same number at the same time."""
        return self.number == other.number and _meet(self, other)


@dataclass(frozen=True)
class ProductTerm:
    """What the subscription was to."""

    product: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class SimTerm:
    """The card in use. ``puk`` is sealed, and empty when nobody has told it."""

    sim_number: str
    start: datetime
    end: datetime | None = None
    puk: str = field(default="", repr=False)


@dataclass(frozen=True)
class ModuleTerm:
    """An extra that was on."""

    module: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """``numbers`` and ``products`` have no gaps from ``active_from`` to ``ended_at``; all oldest first.

    ``blocks``: codes of blocks.py that the carrier has on. ``sim_state`` is of the card in use.
    ``revision`` counts what others are told; the state of the card is not among it.
    """

    id: str
    customer_id: str
    active_from: datetime
    numbers: tuple[NumberTerm, ...]
    products: tuple[ProductTerm, ...]
    sims: tuple[SimTerm, ...] = ()
    modules: tuple[ModuleTerm, ...] = ()
    blocks: tuple[str, ...] = ()
    sim_state: SimState = SimState()
    ended_at: datetime | None = None
    label: str = ""
    revision: int = 1

    def number_at(self, moment: datetime) -> str | None:
        """The number it has then: before its start the first, after its end the last; None if never any."""
        begun = [term.number for term in self.numbers if term.start <= moment]
        if begun:
            return begun[-1]
        return self.numbers[0].number if self.numbers else None

    def product_at(self, moment: datetime) -> str:
        """The code of its product then: before its start the first, after its end the last."""
        begun = [term.product for term in self.products if term.start <= moment]
        return begun[-1] if begun else self.products[0].product

    @property
    def sim(self) -> SimTerm | None:
        """The card in use, or that was last."""
        return self.sims[-1] if self.sims else None

    @property
    def sim_number(self) -> str:
        return self.sim.sim_number if self.sim else ""

    def has_ended(self, moment: datetime) -> bool:
        return self.ended_at is not None and moment >= self.ended_at

    def modules_at(self, moment: datetime) -> tuple[str, ...]:
        """Codes of the modules that are on then."""
        return tuple(term.module for term in self.modules if holds(term, moment))


def holds(term: Term, moment: datetime) -> bool:
    return term.start <= moment and (term.end is None or moment < term.end)


def change_number(subscription: Subscription, number: str, at: datetime) -> Subscription:
    """Another number from ``at`` on; the one before ends there.

    Raises Conflict when the subscription has ended by then, Invalid when it has the number already or
    ``at`` is not after the start of the number that it has.
    """
    _refuse_ended(subscription, at)
    last = subscription.numbers[-1]
    if number == last.number:
        raise Invalid(fields={"number": [gettext("Dit abonnement heeft dit nummer al.")]})
    if at <= last.start:
        sentence = gettext("Kies een dag na %(day)s, toen het huidige nummer inging.", day=_day(last.start))
        raise Invalid(fields={"valid_from": [sentence]})
    numbers = (*subscription.numbers[:-1], replace(last, end=at), NumberTerm(number, at, last.end))
    return _next(replace(subscription, numbers=numbers))


def change_product(subscription: Subscription, product: str, at: datetime) -> Subscription:
    """Another product from ``at`` on; modules that it does not have end there.

    Raises Conflict when the subscription has ended by then, Invalid when it has the product already or
    ``at`` is not after the start of the product that it has.
    """
    _refuse_ended(subscription, at)
    last = subscription.products[-1]
    if product == last.product:
        raise Invalid(fields={"product": [gettext("Dit abonnement heeft dit produkt al.")]})
    if at <= last.start:
        sentence = gettext("Kies een dag na %(day)s, toen het huidige produkt inging.", day=_day(last.start))
        raise Invalid(fields={"valid_from": [sentence]})
    products = (*subscription.products[:-1], replace(last, end=at), ProductTerm(product, at, last.end))
    kept = tuple(
        term if product in MODULES[term.module].products else _cut(term, at) for term in subscription.modules
    )
    modules = tuple(term for term in kept if term.end is None or term.start < term.end)
    return _next(replace(subscription, products=products, modules=modules))


def change_sim(
    subscription: Subscription, sim_number: str, puk: str, state: SimState, at: datetime
) -> Subscription:
    """Another card from ``at`` on (at once, or from the start). ``state``: what is known of that card, which
    may be one that comes back.

    ``puk`` is sealed. Raises Conflict when the subscription has ended, Invalid when it has the card already.
    """
    _refuse_ended(subscription, at)
    if sim_number == subscription.sim_number:
        raise Invalid(fields={"sim_number": [gettext("Dit abonnement heeft deze SIM-kaart al.")]})
    at = max(at, subscription.active_from)
    before = tuple(_cut(term, at) for term in subscription.sims)
    begun = tuple(term for term in before if term.end is None or term.start < term.end)
    sims = (*begun, SimTerm(sim_number, at, subscription.ended_at, puk))
    return _next(replace(subscription, sims=sims, sim_state=state))


def add_module(subscription: Subscription, module: str, at: datetime) -> Subscription:
    """With a module from ``at`` on, until a product that does not have it.

    Raises Conflict when the subscription has ended by then, Invalid when the product has no such module, it
    is on already, or ``at`` is before the start.
    """
    _refuse_ended(subscription, at)
    if at < subscription.active_from:
        sentence = gettext(
            "Kies %(day)s of later: dan begint het abonnement.", day=_day(subscription.active_from)
        )
        raise Invalid(fields={"valid_from": [sentence]})
    product, having = PRODUCTS[subscription.product_at(at)], MODULES[module].products
    if product.code not in having:
        sentence = gettext("Deze module hoort niet bij %(product)s.", product=product.name)
        raise Invalid(fields={"module": [sentence]})
    lacking = (t.start for t in subscription.products if t.start > at and t.product not in having)
    new = ModuleTerm(module, at, next(lacking, subscription.ended_at))
    if any(term.module == module and _meet(term, new) for term in subscription.modules):
        raise Invalid(fields={"module": [gettext("Deze module is er dan al.")]})
    modules = tuple(sorted((*subscription.modules, new), key=lambda term: (term.start, term.module)))
    return _next(replace(subscription, modules=modules))


def end_module(subscription: Subscription, module: str, at: datetime) -> Subscription:
    """Without the module from ``at`` on; at its start means that it never was. Where it comes more than once,
    the time that ``at`` is in, else the one without an end.

    Raises Invalid when it is not on, or for an end before its start.
    """
    own = [term for term in subscription.modules if term.module == module]
    found = next((term for term in own if holds(term, at)), None)
    found = found or next((term for term in own if term.end is None), None)
    if found is None:
        raise Invalid(fields={"module": [gettext("Deze module staat niet aan.")]})
    if at < found.start:
        raise Invalid(fields={"valid_to": [gettext("Het einde ligt voor het begin.")]})
    ended = [replace(term, end=at) if term is found else term for term in subscription.modules]
    modules = tuple(term for term in ended if term.end is None or term.start < term.end)
    return _next(replace(subscription, modules=modules))


def rename(subscription: Subscription, label: str) -> Subscription:
    return subscription if label == subscription.label else _next(replace(subscription, label=label))


def told_anew(subscription: Subscription) -> Subscription:
    """The same, under a new revision: what others hear is another although the subscription is not."""
    return _next(subscription)


def end(subscription: Subscription, at: datetime) -> Subscription:
    """The subscription ending at ``at``, and with it all that it has; at its start means that it never was.

    Raises Conflict when it has an end already, Invalid for an end before the start.
    """
    if subscription.ended_at is not None:
        raise Conflict(gettext("Dit abonnement is al beëindigd op %(day)s.", day=_day(subscription.ended_at)))
    if at < subscription.active_from:
        raise Invalid(fields={"ended_at": [gettext("Het einde ligt voor het begin.")]})
    return _next(
        replace(
            subscription,
            numbers=_until(subscription.numbers, at),
            products=_until(subscription.products, at) or subscription.products[:1],
            sims=_until(subscription.sims, at),
            modules=_until(subscription.modules, at),
            ended_at=at,
        )
    )


def refuse_taken(subscription: Subscription, others: Iterable[Subscription]) -> None:
    """Raise Conflict when another subscription has one of its numbers at the same time."""
    for theirs in (term for other in others if other.id != subscription.id for term in other.numbers):
        if any(theirs.overlaps(ours) for ours in subscription.numbers):
            raise Conflict(gettext("%(number)s hoort dan al bij een ander abonnement.", number=theirs.number))


def refuse_sim_in_use(subscription: Subscription, others: Iterable[Subscription]) -> None:
    """Raise Invalid when another subscription has its card in use."""
    mine = subscription.sim
    for other in others:
        theirs = other.sim
        if mine and theirs and other.id != subscription.id and _same_card(mine, theirs):
            sentence = gettext("Deze SIM-kaart hoort bij een ander abonnement.")
            raise Invalid(fields={"sim_number": [sentence]})


def _same_card(one: SimTerm, other: SimTerm) -> bool:
    return one.sim_number == other.sim_number and _meet(one, other)


T = TypeVar("T", NumberTerm, ProductTerm, SimTerm, ModuleTerm)


def _until(terms: tuple[T, ...], at: datetime) -> tuple[T, ...]:
    return tuple(_cut(term, at) for term in terms if term.start < at)


def _cut(term: T, at: datetime) -> T:
    return replace(term, end=min(term.end or at, at))


def _meet(one: Term, other: Term) -> bool:
    ends = [end for end in (one.end, other.end) if end is not None]
    return not ends or max(one.start, other.start) < min(ends)


def _refuse_ended(subscription: Subscription, at: datetime) -> None:
    ended = subscription.ended_at
    if ended is not None and (at >= ended or not subscription.numbers):
        raise Conflict(gettext("Dit abonnement is beëindigd op %(ended)s.", ended=_day(ended)))


def _next(subscription: Subscription) -> Subscription:
    return replace(subscription, revision=subscription.revision + 1)


def _day(moment: datetime) -> str:
    return f"{day_of(moment):%d-%m-%Y}"
