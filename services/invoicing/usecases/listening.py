"""What other services tell, kept for the invoices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

from services.invoicing.domain.charges import Module, NumberTerm, ProductTerm, Requested, Subscription
from services.invoicing.domain.parties import Customer
from services.invoicing.store import Store
from shared.days import day_of
from shared.errors import Permanent
from shared.events import (
    ChargeRequested,
    CustomerChanged,
    Envelope,
    MailFailed,
    MailSent,
    MobileSubscriptionChanged,
)


def customer_changed(store: Store, envelope: Envelope[CustomerChanged]) -> None:
    told = envelope.data
    store.keep_customer(
        Customer(
            id=told.customer_id,
            revision=told.revision,
            number=told.number,
            name=told.customer_name,
            kind=told.kind,
            parent_id=told.parent_id,
            known_on=day_of(envelope.occurred_at),
            kvk=told.kvk,
            vat_number=told.vat_number,
            address=told.address,
            invoice_address=told.invoice_address,
            contact_name=told.contact_name,
            contact_email=told.contact_email,
        )
    )


def subscription_changed(store: Store, envelope: Envelope[MobileSubscriptionChanged]) -> None:
    told = envelope.data
    numbers = sorted(told.numbers, key=lambda each: each.valid_from)
    store.keep_subscription(
        Subscription(
            id=told.subscription_id,
            customer_id=_customer(envelope.customer_id),
            revision=told.revision,
            product=told.product,
            number=numbers[-1].number if numbers else "",
            label=told.label,
            starts=told.active_from,
            ends=told.ended_at,
            modules=tuple(
                Module(module=each.module, starts=each.valid_from, ends=each.valid_to)
                for each in told.modules
            ),
            products=tuple(
                ProductTerm(product=each.product, starts=each.valid_from, ends=each.valid_to)
                for each in sorted(told.products, key=lambda each: each.valid_from)
            ),
            numbers=tuple(NumberTerm(number=each.number, starts=each.valid_from) for each in numbers),
        )
    )


def charge_requested(store: Store, envelope: Envelope[ChargeRequested]) -> None:
    """Once per producer and charge, however often it is asked."""
    told = envelope.data
    producer = envelope.name.partition(".")[0]
    try:
        amount, day = Decimal(told.amount), dt.date.fromisoformat(told.day)
    except (InvalidOperation, ValueError) as problem:
        raise Permanent(f"{producer}:{told.charge_id}: {problem}") from problem
    if not amount.is_finite():
        raise Permanent(f"{producer}:{told.charge_id}: no amount")
    store.keep_requested(
        Requested(
            id=f"{producer}:{told.charge_id}",
            customer_id=_customer(envelope.customer_id),
            day=day,
            description=told.description,
            amount=amount,
            subscription_id=told.subscription_id,
        )
    )


def mail_sent(store: Store, envelope: Envelope[MailSent]) -> None:
    told = envelope.data
    if told.dedupe_key:
        store.mail_sent(told.dedupe_key, told.mail_id, envelope.occurred_at)


def mail_failed(store: Store, envelope: Envelope[MailFailed]) -> None:
    told = envelope.data
    if told.dedupe_key:
        store.mail_failed(told.dedupe_key, told.mail_id, told.reason)


def _customer(customer_id: str | None) -> str:
    if customer_id is None:
        raise Permanent("no customer")
    return customer_id
