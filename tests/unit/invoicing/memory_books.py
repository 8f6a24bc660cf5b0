"""Invoicing on a database in memory: months of a customer are billed without a worker."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.domain.charges import Charge, Product, Subscription
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.parties import Account, Customer
from services.invoicing.domain.periods import last_day
from services.invoicing.store import Store
from services.invoicing.usecases.billing import Billed, Order, bill_customer
from services.invoicing.usecases.crediting import credit
from shared.ids import new_id
from tests.support.billing import ISSUER, STAFF, FakeCdr, statement
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server

NOW = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)


class MemoryBooks:
    """One customer without usage. ``price`` sets what a product costs from now on."""

    def __init__(self, customer: Customer, account: Account) -> None:
        self.db: Any = Database(Server())
        self.store = Store(self.db)
        self.customer = customer
        self.store.keep_customer(customer)
        self.store.in_one(NOW, lambda changes: changes.save_issuer(ISSUER))
        self.store.in_one(NOW, lambda changes: changes.save_account(account))

    def clock(self) -> dt.datetime:
        return NOW

    def price(self, product: Product) -> None:
        self.store.in_one(NOW, lambda changes: changes.save_product(product))

    def charge(self, *charges: Charge) -> None:
        self.store.in_one(NOW, lambda changes: [changes.save_charge(each) for each in charges])

    def change_account(self, **values: Any) -> None:
        changed = msgspec.structs.replace(self.store.account(self.customer.id), **values)
        self.store.in_one(NOW, lambda changes: changes.save_account(changed))

    def know(self, subscription: Subscription) -> None:
        """What mobile tells now, whatever it told before."""
        row = self.db["subscriptions"].find_one({"_id": subscription.id})
        revision = row["revision"] + 1 if row else subscription.revision
        self.store.keep_subscription(msgspec.structs.replace(subscription, revision=revision))

    def bill(self, period: str, cdr: FakeCdr | None = None) -> Billed:
        cdr = cdr or FakeCdr(given={(self.customer.id, period): statement(period)})
        order = Order(period=period, issued_on=last_day(period) + dt.timedelta(days=1))
        return bill_customer(
            self.store, cdr, self.clock, STAFF, self.customer, order, "run", lambda _changes, _billed: None
        )

    def billed(self, period: str, cdr: FakeCdr | None = None) -> Invoice:
        """The invoice of a month that is billed now."""
        return self.invoice(self.bill(period, cdr).invoice_id)

    def credit(self, invoice_id: str, *lines: tuple[int, str | None]) -> str:
        """Credit these lines, or all that is left; the total of the credit note."""
        wanted = [{"line": place, "net": net and Decimal(net)} for place, net in lines] or None
        made = credit(
            self.store,
            self.clock,
            STAFF,
            invoice_id=invoice_id,
            lines=wanted,
            reason="Storing",
            mail=False,
            issued_on=None,
            command_id=new_id(),
        )
        return str(made["total"])

    def invoice(self, invoice_id: str | None) -> Invoice:
        row = self.db["invoices"].find_one({"_id": invoice_id})
        return self.store.full(row)
