"""cdr for *Overzicht*: every part of the page in one round, each of which may fail alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.invoices import Archive
from gateway.models.limits import FraudWatch, VoipLimit
from gateway.models.part import Part
from gateway.models.series import Series, Top
from gateway.models.usage import Details, Periods, Totals
from shared.acting import Acting

CURRENT: dict[str, Any] = {"period": "current"}
LINES = 5
"""Rows of a box."""

USAGE: Mapping[str, tuple[str, dict[str, Any], type[Any]]] = {
    "periods": ("periods", {}, Periods),
    "types": ("totals", {"selection": CURRENT, "by": "type"}, Totals),
    "series": ("series", {"selection": CURRENT, "by": "day"}, Series),
    "dearest": ("details", {"selection": CURRENT, "cursor": None, "limit": LINES, "sort": "amount"}, Details),
    "numbers": ("top", {"selection": CURRENT, "of": "sender", "limit": LINES}, Top),
}
GUARD: Mapping[str, tuple[str, dict[str, Any], type[Any]]] = {
    "limit": ("voip_limit", {}, VoipLimit),
    "watch": ("fraud_watch", {}, FraudWatch),
}
INVOICES: Mapping[str, tuple[str, dict[str, Any], type[Any]]] = {
    "invoices": ("archive", {"sort": "-issued_on", "after": None, "limit": 1}, Archive),
}


@dataclass(frozen=True)
class OverviewClient:
    """Calls to cdr, and to invoicing for the newest invoice, on behalf of a customer's user."""

    rpc: Rpc

    def parts(self, acting: Acting, guarded: bool, billed: bool = False) -> dict[str, Part[Any]]:
        """The parts by name; ``guarded``: also the limit and the alerts, ``billed``: also the newest
        invoice. Each of the two needs a role."""
        wanted = {**USAGE, **(GUARD if guarded else {}), **(INVOICES if billed else {})}
        calls = [
            ("invoicing" if name in INVOICES else "cdr", method, fields)
            for name, (method, fields, _) in wanted.items()
        ]
        replies = self.rpc.parallel(calls, acting)
        found = zip(wanted.items(), replies, strict=True)
        return {name: Part.of(reply, model) for (name, (_, _, model)), reply in found}
