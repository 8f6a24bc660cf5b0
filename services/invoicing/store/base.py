"""What every part of the store builds on: rows, transactions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import audit, outbox
from shared.acting import Acting
from shared.events import Event, wrap
from shared.events.audit import Subject
from shared.mongo import Document

Value = TypeVar("Value", bound=msgspec.Struct)


def row_of(value: msgspec.Struct, key: str = "id") -> Document:
    """A value as a document, with ``key`` as its ID: decimals and days are texts, moments moments."""
    row: Document = msgspec.to_builtins(value, builtin_types=(dt.datetime,))
    return {"_id": row.pop(key), **row}


def value_of(row: Mapping[str, Any], of: type[Value], key: str = "id") -> Value:
    """The value that a document holds; what else is in the document is left out."""
    fields = {**row, key: row["_id"]}
    return msgspec.convert(fields, of)


class Transaction:
    """What one command reads and writes, in its transaction; ``at`` is its moment."""

    def __init__(self, db: Database[Document], session: ClientSession, at: dt.datetime) -> None:
        self._db = db
        self.session = session
        self.at = at

    def record(
        self,
        acting: Acting,
        customer_id: str | None,
        action: str,
        subject: Subject,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Tell the audit log what this command changed; ``customer_id`` None: of the house as a whole."""
        told = audit.entry(
            *("invoicing", acting, customer_id, action, subject),
            before=before,
            after=after,
            at=self.at,
            reason=reason,
        )
        outbox.add(self._db, self.session, told)

    def tell(self, customer_id: str, *events: Event) -> None:
        """Queue events of this customer."""
        if events:
            outbox.add(self._db, self.session, *(wrap(event, customer_id, self.at) for event in events))


class Reading:
    """What is read outside a transaction."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
