"""From all that is known of a customer's month to the lines of its invoice, and from lines to the invoice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.charges import Charge, Requested, Subscription
from services.invoicing.domain.discounts import discount_lines
from services.invoicing.domain.invoice import Credited, Invoice, Kind, Line, NumberTotal, Payment
from services.invoicing.domain.invoiced import Invoiced, credits_of
from services.invoicing.domain.parties import Account, Customer, Issuer, buyer_of
from services.invoicing.domain.pricing import (
    PriceList,
    Unpriced,
    items_of_charges,
    items_of_subscriptions,
    named,
)
from services.invoicing.domain.recurring import LOOK_BACK, Billed, bill
from services.invoicing.domain.usage import Statement, number_totals
from services.invoicing.domain.usage import lines as usage_lines
from services.invoicing.domain.vat import ZERO, rate_of, vat_totals
from shared.money import round_decimal
from shared.words import gettext as _

USAGE_VAT = "standard"


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What one month's invoice of a customer is made of. ``settled`` are the months that were settled before
    ``billed`` was read: what was billed of them is in it. ``invoiced`` are the invoices of the months that a
    change still reaches; only those of which something was credited, where there is no discount."""

    period: str
    customer: Customer
    account: Account
    issuer: Issuer | None
    prices: PriceList
    charges: tuple[Charge, ...]
    requested: tuple[Requested, ...]
    subscriptions: tuple[Subscription, ...]
    settled: frozenset[str] = frozenset()
    billed: tuple[Billed, ...]
    invoiced: tuple[Invoiced, ...] = ()
    statement: Statement


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Lines, and what is settled by them."""

    lines: tuple[Line, ...]
    number_totals: tuple[NumberTotal, ...]
    billed: tuple[Billed, ...]
    charge_ids: tuple[str, ...]
    requested_ids: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing to bill; a month whose lines add up to nothing is not empty."""
        return not self.lines


def lacks(issuer: Issuer | None, customer: Customer, account: Account) -> list[str]:
    """What has to be set up before this customer can get any invoice: sentences for staff."""
    name, found = customer.name, []
    if issuer is None:
        found.append(_("Voor %(name)s is geen afzender ingesteld. Kies er een bij het account.", name=name))
    if customer.bills_to is None:
        found.append(_("%(name)s heeft geen adres. Vul het in bij de klantgegevens.", name=name))
    if account.reverse_charge and not customer.vat_number:
        found.append(_("Btw is verlegd, maar %(name)s heeft geen btw-nummer. Vul het in.", name=name))
    return found


def obstacles(basis: Basis) -> list[str]:
    """Why this customer can not get the invoice of this month now: sentences for staff."""
    return [*lacks(basis.issuer, basis.customer, basis.account), *unpriced(basis)]


def unpriced(basis: Basis) -> list[str]:
    """What has no price, not even that of nothing, in this month or in one before of which it would still be
    billed: sentences for staff."""
    earliest = periods.first_day(periods.shifted(basis.period, -LOOK_BACK))
    begins = max(basis.account.begins(basis.customer), earliest)
    span = (begins, periods.last_day(basis.period))
    _items, found = items_of_subscriptions(basis.subscriptions, basis.prices, span)
    return list(dict.fromkeys(_unpriced_sentence(each, basis.period) for each in found))


def _unpriced_sentence(each: Unpriced, period: str) -> str:
    if each.last >= periods.first_day(period):
        return _(
            "%(name)s heeft geen prijs. Geef produkt %(code)s een prijs.", name=each.name, code=each.code
        )
    return _(
        "%(name)s had in %(month)s iets zonder prijs. Geef produkt %(code)s een prijs; met een prijs van 0"
        " wordt die maand niet alsnog berekend.",
        name=each.name,
        month=periods.named(periods.of(each.last)),
        code=each.code,
    )


def compose(basis: Basis) -> Draft:
    """The invoice's lines: subscriptions, one-off items, usage, discounts."""
    reverse = basis.account.reverse_charge
    begins = basis.account.begins(basis.customer)
    last = periods.last_day(basis.period)
    span = (periods.first_day(basis.period), last)
    items, _unpriced = items_of_subscriptions(basis.subscriptions, basis.prices, span)
    billed = named(basis.billed, basis.subscriptions, basis.prices, last)
    credited = credits_of(basis.invoiced, billed)
    every = [*items_of_charges(basis.charges), *items]
    recurring, marks = bill(every, billed, basis.period, begins, reverse, credited)
    one_offs = [
        charge
        for charge in basis.charges
        if charge.kind == "one_off" and charge.invoice_id is None and charge.starts <= last
    ]
    asked = [each for each in basis.requested if each.invoice_id is None and each.day <= last]
    lines = [
        *recurring,
        *(_one_off(each, reverse) for each in one_offs),
        *(_asked(each, reverse) for each in asked),
        *usage_lines(basis.statement, rate_of(USAGE_VAT, reverse)),
    ]
    discounts = [each for each in basis.charges if each.kind == "discount"]
    lines += discount_lines(discounts, lines, basis.invoiced, basis.period, begins, reverse)
    labels = {number: each.label for each in basis.subscriptions for number in each.numbers_until(last)}
    return Draft(
        lines=tuple(lines),
        number_totals=number_totals(basis.statement.numbers, labels),
        billed=tuple(marks),
        charge_ids=tuple(each.id for each in one_offs),
        requested_ids=tuple(each.id for each in asked),
    )


def _one_off(charge: Charge, reverse: bool) -> Line:
    return Line(
        group="one_off",
        description=charge.description,
        quantity=charge.quantity,
        unit="piece",
        unit_price=charge.price,
        net=round_decimal(charge.quantity * charge.price),
        vat=rate_of(charge.vat, reverse),
        from_=charge.starts,
        to=charge.starts,
        detail=f"{charge.starts:%d-%m-%Y}",
    )


def _asked(asked: Requested, reverse: bool) -> Line:
    net = round_decimal(asked.amount)
    return Line(
        group="one_off",
        description=asked.description,
        quantity=Decimal(-1 if net < 0 else 1),
        unit="piece",
        unit_price=abs(net),
        net=net,
        vat=rate_of(USAGE_VAT, reverse),
        from_=asked.day,
        to=asked.day,
        detail=f"{asked.day:%d-%m-%Y}",
    )


def payment_of(account: Account, issued_on: dt.date, first_collection: bool) -> Payment:
    """How this customer pays an invoice of that day."""
    due_on = issued_on + dt.timedelta(days=account.days)
    if account.pays_by == "transfer":
        return Payment(method="transfer", days=account.days, due_on=due_on)
    return Payment(
        method="direct_debit",
        days=account.days,
        due_on=due_on,
        iban=account.iban,
        mandate_id=account.mandate_id,
        mandate_signed_on=account.mandate_signed_on,
        sequence="FRST" if first_collection else "RCUR",
        collect_on=due_on,
    )


def invoice(
    *,
    invoice_id: str,
    number: str,
    kind: Kind,
    period: str,
    issued_on: dt.date,
    parties: tuple[Issuer, Customer, Account],
    payment: Payment,
    lines: Sequence[Line],
    number_totals: Sequence[NumberTotal] = (),
    credits: Credited | None = None,
    note: str = "",
) -> Invoice:
    """The whole invoice, with its totals."""
    issuer, customer, account = parties
    totals = vat_totals(lines)
    net = sum((line.net for line in lines), ZERO)
    vat = sum((total.vat for total in totals), ZERO)
    return Invoice(
        id=invoice_id,
        number=number,
        kind=kind,
        series=issuer.series if kind == "invoice" else issuer.credit_series,
        period=period,
        issued_on=issued_on,
        due_on=payment.due_on,
        seller=issuer.seller,
        buyer=buyer_of(customer, account),
        lines=tuple(lines),
        vat_totals=totals,
        net=net,
        vat=vat,
        total=net + vat,
        payment=payment,
        number_totals=tuple(number_totals),
        credits=credits,
        note=note,
        profile=account.profile,
        masked=account.masked,
    )


def written_number(series: str, year: int, place: int) -> str:
    """F2026-00042; behind 99999 the number grows."""
    return f"{series}{year}-{place:05d}"
