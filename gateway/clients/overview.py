"""cdr for *Overzicht*: every part of the page in one round; what cdr counts comes as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.figures import Figures
from gateway.models.invoices import Archive
from gateway.models.limits import FraudWatch, VoipLimit
from gateway.models.part import Part
from shared.acting import Acting

LINES = 5
"""Rows of a box."""

FIGURES: dict[str, Any] = {
    "selection": {"period": "current"},
    "totals": ["type"],
    "top": ["sender"],
    "limit": LINES,
    "dearest": LINES,
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
        wanted = {**(GUARD if guarded else {}), **(INVOICES if billed else {})}
        calls = [
            ("invoicing" if name in INVOICES else "cdr", method, fields)
            for name, (method, fields, _) in wanted.items()
        ]
        found, *replies = self.rpc.parallel([("cdr", "figures", FIGURES), *calls], acting)
        beside = zip(wanted.items(), replies, strict=True)
        return {
            **_usage(Part.of(found, Figures)),
            **{name: Part.of(reply, model) for (name, (_, _, model)), reply in beside},
        }


def _usage(figures: Part[Figures]) -> dict[str, Part[Any]]:
    return {
        "periods": figures.piece(lambda known: known.periods),
        "types": figures.piece(lambda known: known.totals["type"]),
        "series": figures.piece(lambda known: known.series),
        "dearest": figures.piece(lambda known: known.dearest),
        "numbers": figures.piece(lambda known: known.top["sender"]),
    }
