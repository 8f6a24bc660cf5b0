"""What every part of the store builds on."""

from __future__ import annotations

from shared import transactions
from shared.transactions import Reading

__all__ = ["Reading", "Transaction"]


class Transaction(transactions.Transaction):
    """What one command or event reads and writes, in its transaction; ``at`` is its moment."""

    service = "pbx"
