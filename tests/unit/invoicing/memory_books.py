"""Invoicing on a database in memory: months of a customer are billed without a worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.invoicing.domain.charges import Product, Subscription
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.parties import Account, Customer
from services.invoicing.domain.periods import last_day
from services.invoicing.store import Store
from services.invoicing.usecases.billing import Billed, Order, bill_customer
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

    def know(self, subscription: Subscription) -> None:
        self.store.keep_subscription(subscription)

    def bill(self, period: str) -> Billed:
        cdr = FakeCdr(given={(self.customer.id, period): statement(period)})
        order = Order(period=period, issued_on=last_day(period) + dt.timedelta(days=1))
        return bill_customer(
            self.store, cdr, self.clock, STAFF, self.customer, order, "run", lambda _changes, _billed: None
        )

    def invoice(self, invoice_id: str | None) -> Invoice:
        row = self.db["invoices"].find_one({"_id": invoice_id})
        return self.store.full(row)
