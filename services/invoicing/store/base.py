"""What every part of the store builds on: rows, transactions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from shared import transactions
from shared.mongo import Document
from shared.transactions import Reading

__all__ = ["Reading", "Transaction", "row_of", "value_of"]

Value = TypeVar("Value", bound=msgspec.Struct)


def row_of(value: msgspec.Struct, key: str = "id") -> Document:
    """A value as a document, with ``key`` as its ID: decimals and days are texts, moments moments."""
    row: Document = msgspec.to_builtins(value, builtin_types=(dt.datetime,))
    return {"_id": row.pop(key), **row}


def value_of(row: Mapping[str, Any], of: type[Value], key: str = "id") -> Value:
    """The value that a document holds; what else is in the document is left out."""
    fields = {**row, key: row["_id"]}
    return msgspec.convert(fields, of)


class Transaction(transactions.Transaction):
    """What one command reads and writes, in its transaction; ``at`` is its moment."""

    service = "invoicing"

    def one_by_one(self, name: str) -> None:
        """Transactions that say the same name follow each other: of two at once, one is asked again."""
        self._db["turns"].update_one({"_id": name}, {"$inc": {"turn": 1}}, upsert=True, session=self.session)
