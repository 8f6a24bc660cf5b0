"""A cdr, a renderer and customers for tests of invoicing: small, and the same each time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.domain.invoice import CallRow, Invoice, Seller
from services.invoicing.domain.parties import Customer, Issuer
from services.invoicing.domain.usage import BundleLine, NumberSums, Statement, StatementRow, TypeSums
from services.invoicing.render_worker import Drawn
from shared.acting import Acting
from shared.errors import DependencyDown
from shared.events.identity import PostalAddress

STAFF = Acting(kind="staff", scope="operator", username="beheer")
SELLER = Seller(
    name="Voorbeeld Telecom B.V.",
    street="Zendmaststraat",
    house_number="1",
    postcode="9999 AA",
    city="Voorbeeldstad",
    kvk="00001000",
    vat_number="NL000010000B01",
    iban="NL02TEST0123456789",
    creditor_id="NL20ZZZ123456780000",
)
ISSUER = Issuer(id="1" * 32, seller=SELLER, is_default=True)
ADDRESS = PostalAddress(
    street="Voorbeeldstraat", house_number="16", postcode="9999 AA", city="Voorbeeldstad", country="NL"
)


def customer(place: int, **more: Any) -> Customer:
    """The n-th customer, known since long ago."""
    facts: dict[str, Any] = {
        "id": f"{place:032x}",
        "revision": 1,
        "number": 10_000 + place,
        "name": f"Klant {place} B.V.",
        "kind": "customer",
        "parent_id": None,
        "known_on": dt.date(2026, 9, 1),
        "kvk": "00001600",
        "vat_number": "NL000016000B01",
        "address": ADDRESS,
    }
    return Customer(**(facts | more))


def type_sums(amount: str, kind: str = "national", calls: int = 10, **more: Any) -> TypeSums:
    facts = {"product": "telephony", "duration": 600, "volume": 0, "messages": 0, **more}
    return TypeSums(type=kind, calls=calls, amount=Decimal(amount), **facts)


def within(covered: str, amount: str, **more: Any) -> BundleLine:
    """What a bundle takes back of usage; ``amount`` is what it comes to with what was used above it."""
    facts: dict[str, Any] = {
        "month": "2026-10",
        "kind": "voice",
        "label": "Sanne",
        "used": 130 * 60,
        "allowance": 100 * 60,
        "over": 30 * 60,
        "difference": False,
    }
    return BundleLine(covered=Decimal(covered), amount=Decimal(amount), **(facts | more))


def statement(
    period: str, usage: Iterable[TypeSums] = (), late: Iterable[TypeSums] = (), **more: Any
) -> Statement:
    """``usage`` that started in the month, and what came ``late`` of months before it."""
    own, behind = tuple(usage), tuple(late)
    sums = own + behind
    amount = sum((each.amount for each in sums), Decimal(0))
    facts: dict[str, Any] = {
        "state": "open",
        "rows": sum(each.calls for each in sums),
        "amount": amount,
        "unrated": 0,
        "numbers": tuple(
            NumberSums(
                number="+31850001600",
                product=each.product,
                calls=each.calls,
                duration=each.duration,
                volume=each.volume,
                messages=each.messages,
                amount=each.amount,
            )
            for each in sums
        ),
        "lines": (),
        "own_usage": own,
        "late_usage": behind,
    }
    return Statement(period=period, usage=sums, **(facts | more))


@dataclass
class FakeCdr:
    """Answers the same for each customer and month, however often it is asked; nothing is lost when it is
    killed. ``given`` are statements by customer and month, ``booked`` rows."""

    given: Mapping[tuple[str, str], Statement] = field(default_factory=dict)
    booked: Mapping[tuple[str, str], list[StatementRow]] = field(default_factory=dict)
    closed: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    def close_period(self, customer_id: str, period: str, command_id: str) -> None:
        if (customer_id, period) not in self.closed:
            self.closed.append((customer_id, period))

    def statement(self, customer_id: str, period: str) -> Statement:
        if self.away:
            raise DependencyDown("cdr")
        found = self.given.get((customer_id, period)) or made_up(customer_id, period)
        state = "closed" if (customer_id, period) in self.closed else "open"
        return msgspec.structs.replace(found, state=state)

    def rows(self, customer_id: str, period: str) -> Iterator[StatementRow]:
        return iter(self.booked.get((customer_id, period), []))

    def unrated(self, period: str) -> int:
        return sum(each.unrated for (_customer, of), each in self.given.items() if of == period)


def made_up(customer_id: str, period: str) -> Statement:
    """Two call types with amounts that follow from the customer and the month alone."""
    digest = hashlib.sha256(f"{customer_id}|{period}".encode()).digest()
    national, mobile = (Decimal(int.from_bytes(part, "big")) / 10_000 for part in (digest[:3], digest[3:6]))
    return statement(period, [type_sums(f"{national:.4f}"), type_sums(f"{mobile:.4f}", "mobile")])


class PlainRenderer:
    """Files of a few bytes that say which invoice they are of."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, int]] = []

    def draw(self, invoice: Invoice, calls: tuple[CallRow, ...]) -> Drawn:
        self.drawn.append((invoice.number, len(calls)))
        return Drawn(
            pdf=f"%PDF {invoice.number} {invoice.total}".encode(), ubl=f"<{invoice.number}/>".encode()
        )

    def close(self) -> None:
        pass
