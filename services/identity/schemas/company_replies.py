"""A company as staff see it."""

from __future__ import annotations

from dataclasses import asdict

from services.identity.domain.customers import Customer
from services.identity.schemas.replies import Reply


def company_reply(customer: Customer, parent_name: str | None, users: int) -> Reply:
    """All that is known of it; what is not known is null."""
    told = any(asdict(customer.contact).values())
    return {
        "id": customer.id,
        "number": customer.number,
        "name": customer.name,
        "kind": customer.kind.value,
        "parent_id": customer.parent_id,
        "parent_name": parent_name,
        "products": list(customer.products),
        "kvk": customer.kvk or None,
        "vat_number": customer.vat_number or None,
        "address": asdict(customer.address) if customer.address else None,
        "invoice_address": asdict(customer.invoice_address) if customer.invoice_address else None,
        "contact": asdict(customer.contact) if told else None,
        "revision": customer.revision,
        "users": users,
    }


def viewed_reply(customer: Customer) -> Reply:
    """As whom staff look along: as much as an account says of its customer."""
    return {
        "customer": {
            "id": customer.id,
            "number": customer.number,
            "name": customer.name,
            "products": list(customer.products),
        }
    }
