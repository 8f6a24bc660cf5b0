"""What goes out: values as JSON. Amounts and days are texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.domain.charges import Charge, Product
from services.invoicing.domain.parties import Account, Issuer

Reply = dict[str, Any]
MAIL_EXPECTED = timedelta(days=1)
"""Mail that nobody has told of by then was for nobody: no user is registered."""


def product_reply(product: Product) -> Reply:
    return _plain(product)


def issuer_reply(issuer: Issuer) -> Reply:
    """Without the logo itself."""
    reply = _plain(issuer)
    reply["has_logo"] = bool(reply["seller"].pop("logo"))
    return reply


def account_reply(account: Account) -> Reply:
    return _plain(account)


def charge_reply(charge: Charge) -> Reply:
    return _plain(charge)


def _plain(value: msgspec.Struct) -> Reply:
    reply: Reply = msgspec.to_builtins(value)
    return reply


def euro(cents: int | None) -> str | None:
    return None if cents is None else f"{Decimal(cents).scaleb(-2):.2f}"


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def invoice_row(row: Mapping[str, Any], now: datetime) -> Reply:
    """A row of the archive."""
    files = row.get("files") or {}
    return {
        "id": row["_id"],
        "customer_id": row["customer_id"],
        "number": row["number"],
        "kind": row["kind"],
        "period": row["period"],
        "issued_on": row["issued_on"],
        "due_on": row["due_on"],
        "sent_on": row["sent_on"],
        "net": euro(row["net"]),
        "vat": euro(row["vat"]),
        "total": euro(row["total"]),
        "status": row["status"],
        "paid_on": row["paid_on"],
        "method": row["method"],
        "mail": mail_of(row.get("mail"), now),
        "pdf": "pdf" in files,
        "ubl": "ubl" in files,
    }


def mail_of(mail: Mapping[str, Any] | None, now: datetime) -> str:
    """sent, failed, waiting, or none."""
    if mail is None:
        return "none"
    if mail["sent"]:
        return "sent"
    if mail["failed"]:
        return "failed"
    return "waiting" if now - mail["asked_at"] < MAIL_EXPECTED else "none"
