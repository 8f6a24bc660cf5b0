"""What comes after an invoice's lines: totals per number and, when the customer wants them, all calls."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from services.invoicing.documents import dutch
from services.invoicing.domain.invoice import CallRow, Invoice, NumberTotal
from shared.call_types import label
from shared.phone_numbers import party
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

PRODUCTS = {"telephony": _l("Telefonie"), "mobile": _l("Mobiel")}
# A hundred pages, made in 350 MB. Who calls more finds all rows, with filters and as a file, in the portal.
MOST_CALLS = 6_000


def numbers(invoice: Invoice) -> dict[str, Any] | None:
    """The table of totals per number, without columns that say nothing; None when there are no numbers."""
    totals = invoice.number_totals
    if not totals:
        return None
    columns: list[tuple[str, list[str], bool]] = [
        (_("Produkt"), [str(PRODUCTS.get(total.product, total.product)) for total in totals], True),
        (_("Gesprekken"), [_count(total.calls) for total in totals], any(total.calls for total in totals)),
        (_("Duur"), [_duration(total.duration) for total in totals], any(total.duration for total in totals)),
        (_("Data"), [_volume(total.volume) for total in totals], any(total.volume for total in totals)),
        (_("Berichten"), [_count(total.messages) for total in totals], any(t.messages for t in totals)),
        (_("Bedrag (€)"), [dutch.number(total.net, 2) for total in totals], True),
    ]
    shown = [(name, cells) for name, cells, used in columns if used]
    return {
        "title": _("Verbruik per nummer"),
        "head": [_("Nummer"), *(name for name, _cells in shown)],
        "rows": [
            [_who(total), *cells] for total, *cells in zip(totals, *(c for _n, c in shown), strict=True)
        ],
        "total": dutch.number(sum((total.net for total in totals), Decimal()), 2),
        "note": _("Abonnementen, kortingen en verbruik boven een groepsbundel zijn hierin niet meegeteld."),
    }


def calls(invoice: Invoice) -> dict[str, Any] | None:
    """The itemised appendix, day by day; None when the customer does not want it. Reads ``calls`` once."""
    rows = iter(invoice.calls)
    days, total = [], Decimal()
    for day, members in groupby(islice(rows, MOST_CALLS), key=lambda row: dutch.local(row.start).date()):
        listed = list(members)
        of_day = sum((row.net for row in listed), Decimal())
        total += of_day
        shown = [_call(row, invoice.masked) for row in listed]
        days.append({"title": dutch.weekday(day), "total": dutch.exact(of_day), "rows": shown})
    if not days:
        return None
    notes = [_("Nummers zijn op uw verzoek ingekort.")] if invoice.masked else []
    complete = next(rows, None) is None
    if not complete:
        notes.append(
            _(
                "Dit zijn de eerste %(count)s gesprekken. De overige staan in de portal bij Gespreksdetails.",
                count=dutch.number(MOST_CALLS),
            )
        )
    return {
        "title": _("Gespecificeerde gesprekken"),
        "head": [_("Start"), _("Gesprekstype"), _("Zender"), _("Ontvanger"), _("Duur"), _("Bedrag (€)")],
        "days": days,
        "total": [_("Totaal"), dutch.exact(total)] if complete else [],
        "notes": notes,
    }


def _call(row: CallRow, hide: bool) -> list[str]:
    sender, receiver = party(row.sender), party(row.receiver)
    if hide and row.type == "incoming":
        sender = dutch.masked(sender)  # the other party; the receiver is the customer's own number
    elif hide:
        receiver = dutch.masked(receiver)
    return [dutch.clock(row.start), label(row.type), sender, receiver, _extent(row), dutch.exact(row.net)]


def _extent(row: CallRow) -> str:
    if row.volume:
        return dutch.megabytes(row.volume)
    if row.duration:
        return dutch.duration(row.duration)
    return _("%(count)s bericht", count=row.messages) if row.messages == 1 else _messages(row.messages)


def _messages(count: int) -> str:
    return _("%(count)s berichten", count=count) if count else dutch.ABSENT


def _who(total: NumberTotal) -> list[str]:
    """The number, and its label below it."""
    return [party(total.number), total.label]


def _count(value: int) -> str:
    return dutch.number(value) if value else dutch.ABSENT


def _duration(seconds: int) -> str:
    return dutch.duration(seconds) if seconds else dutch.ABSENT


def _volume(volume: int) -> str:
    return dutch.megabytes(volume) if volume else dutch.ABSENT
