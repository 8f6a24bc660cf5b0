"""Documents and what they stand for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from services.provisioning.domain.device import Device, Person
from services.provisioning.domain.registrations import Contact
from shared.mongo import Document

_KEPT = (datetime,)
"""What MongoDB keeps as it is."""


SHOWN = {"rendered.body": 0, "secrets": 0}
"""A projection for lists: neither secrets nor the file itself, but whether it is the one that was fetched."""


def device_row(device: Device) -> Document:
    """Without a MAC address the field is absent: the unique index is about those that are there."""
    row: Document = msgspec.to_builtins(device, builtin_types=_KEPT)
    row["_id"] = row.pop("id")
    if not row["mac"]:
        del row["mac"]
    return row


def device_of(row: Document) -> Device:
    return msgspec.convert({**row, "id": row["_id"]}, Device)


def shown_device_of(row: Document) -> Device:
    """A device as it was read with :data:`SHOWN`; never to be saved."""
    kept = row.get("rendered")
    return device_of({**row, "rendered": {"body": "", **kept} if kept else None})


def person_row(person: Person) -> Document:
    row: Document = msgspec.to_builtins(person)
    row["_id"] = row.pop("id")
    return row


def person_of(row: Document) -> Person:
    return msgspec.convert({**row, "id": row["_id"]}, Person)


def contact_rows(contacts: tuple[Contact, ...]) -> list[Document]:
    return [msgspec.to_builtins(contact, builtin_types=_KEPT) for contact in contacts]


def contacts_of(row: Document | None) -> tuple[Contact, ...]:
    found: list[Any] = row["contacts"] if row else []
    return tuple(msgspec.convert(contact, Contact) for contact in found)
