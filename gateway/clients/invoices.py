"""invoicing: the archive of invoices and their files, for customers' users and for staff."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from gateway.clients import Rpc
from gateway.models.invoices import Archive, File, Invoice
from gateway.models.part import Part, convert
from shared.acting import Acting
from shared.errors import Fault

ROWS_PER_PAGE = 25
MOST_PIECES = 100_000


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """At most 512 KiB of a file, as base64."""

    data: str
    last: bool = False


@dataclass(frozen=True)
class InvoicesClient:
    """Users see their own customer's invoices. Staff see those within their reach, by ``customer_id`` only
    those of one. NotFound for an invoice that is not there or somebody else's."""

    rpc: Rpc

    def archive(self, acting: Acting, sort: str, after: str | None, **filters: Any) -> Part[Archive]:
        """A page; ``filters`` as invoicing takes them, days as dates and amounts as decimals."""
        fields = {"sort": sort, "after": after, "limit": ROWS_PER_PAGE, **plain(filters)}
        return Part.of(self.rpc.parallel([("invoicing", "archive", fields)], acting)[0], Archive)

    def invoice(self, acting: Acting, invoice_id: str) -> Invoice:
        return convert(self.rpc.call("invoicing", "invoice", acting, invoice_id=invoice_id), Invoice)

    def file(self, acting: Acting, invoice_id: str, kind: str) -> File:
        """What the PDF or the e-invoice is called. NotFound while it is not made."""
        fields: dict[str, Any] = {"invoice_id": invoice_id, "kind": kind}
        return convert(self.rpc.call("invoicing", "file_info", acting, **fields), File)

    def pieces(self, acting: Acting, file: File) -> Iterator[bytes]:
        """The file in order, one piece in memory at a time."""
        return self._pieces(acting, "file_chunk", file_id=file.id)

    def batch(self, acting: Acting, batch_id: str) -> Iterator[bytes]:
        """A file for the bank, for staff of the operator."""
        return self._pieces(acting, "batch_chunk", batch_id=batch_id)

    def _pieces(self, acting: Acting, method: str, **which: Any) -> Iterator[bytes]:
        for index in range(MOST_PIECES):
            reply = self.rpc.call("invoicing", method, acting, index=index, **which)
            piece = convert(reply, Piece)
            try:
                yield base64.b64decode(piece.data, validate=True)
            except (binascii.Error, ValueError) as problem:
                raise Fault() from problem
            if piece.last:
                return


def plain(filters: Mapping[str, Any]) -> dict[str, Any]:
    """As they travel; what is not set is left out."""
    found: dict[str, Any] = {}
    for name, value in filters.items():
        if value is None or value == "":
            continue
        if isinstance(value, date):
            value = value.isoformat()
        found[name] = f"{value:f}" if isinstance(value, Decimal) else value
    return found
