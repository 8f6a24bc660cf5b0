"""Invoices as invoicing tells of them: the archive, one invoice, its files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from gateway.formatters import month, period
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

STATUSES = {
    "open": _l("Open"),
    "direct_debit": _l("Wordt geïncasseerd"),
    "paid": _l("Betaald"),
    "credited": _l("Gecrediteerd"),
    "credit": _l("Creditnota"),
}
MAILS = {
    "sent": _l("verzonden"),
    "waiting": _l("wacht op verzending"),
    "failed": _l("niet aangekomen"),
    "none": _l("niet per e-mail"),
}
GROUPS = {
    "subscription": _l("Abonnementen"),
    "usage": _l("Verbruik"),
    "bundle": _l("Bundels"),
    "one_off": _l("Eenmalig"),
    "discount": _l("Kortingen"),
}
FILES = {"pdf": "application/pdf", "ubl": "application/xml"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the archive. Amounts in euro; ``sent_on`` is when the first mail with it went."""

    id: str
    number: str
    kind: str
    period: str = ""
    issued_on: date
    due_on: date | None = None
    sent_on: date | None = None
    net: Decimal
    vat: Decimal
    total: Decimal
    status: str
    paid_on: date | None = None
    method: str = "transfer"
    mail: str = "none"
    pdf: bool = False
    ubl: bool = False
    customer_id: str = ""
    customer_number: int | None = None
    customer_name: str = ""

    @property
    def month(self) -> str:
        """``oktober 2026``; empty for one that is not about a month."""
        return month_of(self.period)

    @property
    def status_label(self) -> Any:
        return STATUSES.get(self.status, self.status)

    @property
    def mail_label(self) -> Any:
        return MAILS.get(self.mail, self.mail)

    @property
    def signed(self) -> Decimal:
        """What it asks of the customer: a credit note gives back."""
        return -self.total if self.kind == "credit" else self.total


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """A page; ``next`` goes into the next call's ``after``."""

    rows: tuple[Row, ...] = ()
    next: str | None = None
    count: int = 0


class Vat(msgspec.Struct, frozen=True, kw_only=True):
    category: str
    percentage: Decimal
    reason: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line; ``net`` is the amount that counts."""

    group: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    vat: Vat
    first: date | None = msgspec.field(name="from", default=None)
    last: date | None = msgspec.field(name="to", default=None)
    detail: str = ""

    @property
    def group_label(self) -> Any:
        return GROUPS.get(self.group, self.group)

    @property
    def about(self) -> str:
        """Days and detail in small print; the days once."""
        days = period(self.first, self.last) if self.first and self.last else ""
        return " · ".join(part for part in ("" if "t/m" in self.detail else days, self.detail) if part)

    @property
    def vat_words(self) -> str:
        return {"AE": _("verlegd"), "E": _("vrijgesteld")}.get(
            self.vat.category
        ) or f"{self.vat.percentage.normalize():f} %"


class Party(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    city: str = ""

    @property
    def lines(self) -> list[str]:
        written = (f"{self.street} {self.house_number}", f"{self.postcode}  {self.city}")
        return [line.strip() for line in written if line.strip()]


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What an invoice says, or would say."""

    number: str
    kind: str
    period: str = ""
    issued_on: date
    due_on: date | None = None
    seller: Party
    buyer: Party
    lines: tuple[Line, ...] = ()
    net: Decimal
    vat: Decimal
    total: Decimal
    note: str = ""


class Invoice(Row, frozen=True, kw_only=True):
    """One invoice with all that it says and what was credited of it (``credited_lines``: place → net)."""

    invoice: Drawn
    credited: Decimal = Decimal(0)
    credited_lines: dict[str, Decimal] = {}
    credit_of: str | None = None
    credit_notes: tuple[Row, ...] = ()
    run_id: str | None = None
    mail_problem: str = ""

    def left_of(self, place: int) -> Decimal:
        """What of a line is not credited yet."""
        return self.invoice.lines[place].net - self.credited_lines.get(str(place), Decimal(0))

    @property
    def can_be_credited(self) -> bool:
        return self.kind == "invoice" and any(self.left_of(place) for place in range(len(self.invoice.lines)))


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an invoice: its name as it is saved, bytes, SHA-256 (hex)."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the invoice of a month would be now, and what stands in its way."""

    invoice: Drawn
    state: str = "open"
    empty: bool = False
    obstacles: tuple[str, ...] = ()


def month_of(period: str) -> str:
    """``oktober 2026`` for ``2026-10``; what is no month stays as it is."""
    try:
        return month(date.fromisoformat(f"{period}-01"))
    except ValueError:
        return period
