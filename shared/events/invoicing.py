"""Events of invoicing."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event


class InvoiceIssued(Event, frozen=True, kw_only=True):
    """An invoice or a credit note has its number and will never change.

    ``kind``: invoice or credit. ``period`` reads ``2026-10``, empty when it is of none; days read
    ``2026-11-02``; amounts are euro, decimal strings with two decimals.
    """

    name: ClassVar[str] = "invoicing.invoice.issued.v1"

    invoice_id: str
    number: str
    kind: str
    period: str
    issued_on: str
    due_on: str
    net: str
    vat: str
    total: str
