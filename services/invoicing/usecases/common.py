"""What several decisions share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.invoicing.domain.parties import Customer
from services.invoicing.store import Store
from shared.acting import Acting
from shared.errors import Forbidden, NotFound
from shared.mongo import Document

Clock = Callable[[], datetime]
ROLE = "invoices"


def may_see(store: Store, acting: Acting, customer_id: str) -> Customer:
    """The customer, for staff that may read it. NotFound for one that is not there or somebody else's."""
    customer = store.customer(customer_id)
    if customer is None or not _reaches(acting, customer.id, customer.parent_id):
        raise NotFound()
    return customer


def _reaches(acting: Acting, customer_id: str, parent_id: str | None) -> bool:
    if acting.kind != "staff":
        raise Forbidden()
    if acting.scope == "customer":
        return acting.customer_id == customer_id
    partner = acting.require_console()
    return partner is None or partner in (customer_id, parent_id)


def whose(store: Store, acting: Acting, customer_id: str | None) -> list[str] | None:
    """Whose invoices the acting person reads; None: everybody's. Users read those of their own customer and
    need the role for it; staff may name one. Forbidden, NotFound."""
    if acting.kind == "user":
        own = acting.require_customer()
        acting.require(ROLE)
        if customer_id not in (None, own):
            raise NotFound()
        return [own]
    if customer_id is not None:
        return [may_see(store, acting, customer_id).id]
    if acting.scope == "customer" and acting.kind == "staff" and acting.customer_id:
        return [acting.customer_id]
    partner = acting.require_console()
    return None if partner is None else store.customers_of(partner)


def own_invoice(store: Store, acting: Acting, invoice_id: str) -> Document:
    """The invoice, when it is within reach; NotFound else."""
    row = store.row_of(invoice_id)
    if acting.kind == "service":  # identity, for the mail to this customer
        if row is None or row["customer_id"] != acting.customer_id:
            raise NotFound()
        return row
    if acting.kind == "user":
        if row is None or [row["customer_id"]] != whose(store, acting, None):
            raise NotFound()
        return row
    if row is None:
        acting.require_console()
        raise NotFound()
    may_see(store, acting, row["customer_id"])
    return row
