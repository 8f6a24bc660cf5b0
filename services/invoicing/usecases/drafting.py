"""What a customer's invoice of a month would be: everything that is known, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from services.invoicing.documents.checks import lacking
from services.invoicing.domain import periods
from services.invoicing.domain.charges import Charge
from services.invoicing.domain.composing import (
    Basis,
    Draft,
    compose,
    invoice,
    lacks,
    obstacles,
    payment_of,
)
from services.invoicing.domain.discounts import has_discount
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.invoiced import Invoiced
from services.invoicing.domain.parties import Account, Customer, Issuer, issuer_for
from services.invoicing.domain.pricing import PriceList
from services.invoicing.domain.recurring import LOOK_BACK
from services.invoicing.domain.usage import Statement
from services.invoicing.drivers.cdr import Cdr
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.common import Clock, may_see
from shared.acting import Acting
from shared.days import day_of
from shared.errors import Conflict
from shared.words import gettext as _


def gather(store: Store, cdr: Cdr, customer: Customer, period: str, statement: Statement | None) -> Basis:
    """All that the invoice is made of; without a ``statement`` cdr is asked for it as it stands now."""
    statement = statement or cdr.statement(customer.id, period)
    account = store.account(customer.id)
    # Before what was billed: another run may settle a month in between, and this one must wait for that one.
    settled = frozenset(store.settled(customer.id))
    charges = tuple(store.charges(customer.id))
    return Basis(
        period=period,
        customer=customer,
        account=account,
        issuer=issuer_for(customer, account, store.issuers()),
        prices=PriceList(products=store.products(), own=account.prices),
        charges=charges,
        requested=tuple(store.requested(customer.id)),
        subscriptions=tuple(store.subscriptions(customer.id)),
        settled=settled,
        billed=tuple(store.billed(customer.id, periods.shifted(period, -LOOK_BACK))),
        invoiced=invoices_before(store, customer.id, period, charges),
        statement=statement,
    )


def invoices_before(
    reads: Store | Changes, customer_id: str, period: str, charges: Iterable[Charge]
) -> tuple[Invoiced, ...]:
    """The invoices that ``Basis.invoiced`` is of."""
    since = periods.shifted(period, -LOOK_BACK)
    return tuple(reads.invoiced(customer_id, since, period, uncredited=has_discount(charges)))


def draw_up(
    basis: Basis,
    draft: Draft,
    issued_on: dt.date,
    *,
    invoice_id: str = "",
    number: str = "",
    first: bool = False,
) -> Invoice:
    """The invoice of a draft; ``first``: whether it is the first collection by the customer's mandate."""
    assert basis.issuer is not None
    return invoice(
        invoice_id=invoice_id,
        number=number,
        kind="invoice",
        period=basis.period,
        issued_on=issued_on,
        parties=(basis.issuer, basis.customer, basis.account),
        payment=payment_of(basis.account, issued_on, first),
        lines=draft.lines,
        number_totals=draft.number_totals,
    )


def why_not(basis: Basis, draft: Draft, issued_on: dt.date) -> list[str]:
    """Sentences of what must be mended before this invoice can get a number."""
    found = obstacles(basis)
    return found or lacking(draw_up(basis, draft, issued_on))


def set_up(customer: Customer, account: Account, issuers: dict[str, Issuer]) -> list[str]:
    """Sentences of what keeps every month of this customer from being billed, whatever is in it."""
    issuer = issuer_for(customer, account, issuers)
    found = lacks(issuer, customer, account)
    if issuer is None or customer.bills_to is None:
        return found
    some_day = customer.known_on
    nothing = invoice(
        invoice_id="",
        number="",
        kind="invoice",
        period=periods.of(some_day),
        issued_on=some_day,
        parties=(issuer, customer, account),
        payment=payment_of(account, some_day, False),
        lines=(),
    )
    return [*found, *lacking(nothing)]


def unsettled(basis: Basis) -> list[str]:
    """Months before this one that were never billed although they count; first things first."""
    begins = periods.of(basis.account.begins(basis.customer))
    before = periods.between(begins, periods.shifted(basis.period, -1))
    return [period for period in before if period not in basis.settled]


def preview(
    store: Store, cdr: Cdr, clock: Clock, acting: Acting, *, customer_id: str, period: str
) -> dict[str, Any]:
    """The invoice as it would be now, and what stands in its way."""
    customer = may_see(store, acting, customer_id)
    now = clock()
    basis = gather(store, cdr, customer, periods.checked(period), None)
    draft = compose(basis)
    sentences = obstacles(basis)
    if basis.statement.unrated:
        sentences.append(unrated_sentence(basis.statement.unrated))
    missing = [each for each in obstacles(basis) if basis.issuer is None or customer.bills_to is None]
    if missing:
        raise Conflict(" ".join(missing))
    drawn = draw_up(basis, draft, max(day_of(now), periods.last_day(period)))
    sentences += [each for each in lacking(drawn) if each not in sentences]
    return {
        "invoice": shown(drawn),
        "state": basis.statement.state,
        "empty": draft.is_empty,
        "obstacles": sentences,
    }


def shown(drawn: Invoice) -> dict[str, Any]:
    """An invoice as it travels: decimals and days as texts, without logo and calls."""
    seller = msgspec.structs.replace(drawn.seller, logo=b"")
    plain: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(drawn, seller=seller, calls=()))
    return plain


def unrated_sentence(count: int) -> str:
    return _(
        "Van deze klant wachten nog %(count)s gesprekken op een tarief. Geef ze een tarief, of keur goed"
        " dat ze op een latere factuur komen.",
        count=count,
    )
