"""How customers and users stand in the database."""

from __future__ import annotations

from dataclasses import asdict, fields

import msgspec

from services.identity.domain.credentials import username_key
from services.identity.domain.customers import Customer, Kind, Product
from services.identity.domain.particulars import Address, Contact
from services.identity.domain.users import Gender, Registration, Role, User
from shared.mongo import Document

_CONVERTED = ("id", "roles", "registrations", "gender")


def customer_row(customer: Customer) -> Document:
    """With the name as it is searched: without case."""
    return {**_row(customer), "name_key": customer.name.casefold()}


def user_row(user: User) -> Document:
    return {**_row(user), "username_key": username_key(user.username)}


def _row(value: Customer | User) -> Document:
    row = asdict(value)
    return {"_id": row.pop("id"), **row}


def customer_of(row: Document | None) -> Customer | None:
    """A row of an earlier version tells nothing of addresses and registrations."""
    if row is None:
        return None
    return Customer(
        id=row["_id"],
        number=row["number"],
        name=row["name"],
        kind=Kind(row["kind"]),
        parent_id=row["parent_id"],
        products=tuple(Product(code) for code in row["products"]),
        kvk=row.get("kvk", ""),
        vat_number=row.get("vat_number", ""),
        address=_address(row.get("address")),
        invoice_address=_address(row.get("invoice_address")),
        contact=msgspec.convert(row.get("contact", {}), Contact),
        revision=row["revision"],
    )


def _address(row: Document | None) -> Address | None:
    return msgspec.convert(row, Address) if row else None


def user_of(row: Document | None) -> User | None:
    """What a row of an earlier version has no field for stays as it is for a new user."""
    if row is None:
        return None
    kept = {f.name: row[f.name] for f in fields(User) if f.name not in _CONVERTED and f.name in row}
    return User(
        id=row["_id"],
        roles=tuple(Role(code) for code in row["roles"]),
        registrations=tuple(Registration(code) for code in row.get("registrations", ())),
        gender=Gender(row.get("gender", "")),
        **kept,
    )
