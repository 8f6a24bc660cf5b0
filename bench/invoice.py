"""``bench invoice``: invoices per second with PDF and e-invoice, against typst alone in the same run.

An invoice of two pages (two dozen lines, totals of twenty numbers) and one of forty (1,500 calls itemised),
drawn as the worker's child process draws them: the e-invoice, then the PDF/A-3 with it inside. Time is
processor time, of child processes too, so that what else runs does not count.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import msgspec

from bench.report import Promise, Report
from services.invoicing.documents import pdf as documents
from services.invoicing.documents.content import content
from services.invoicing.domain.composing import invoice as complete
from services.invoicing.domain.composing import payment_of
from services.invoicing.domain.invoice import CallRow, Invoice, Line, NumberTotal, Seller
from services.invoicing.domain.parties import Account, Customer, Issuer
from services.invoicing.domain.vat import RATES
from services.invoicing.render_worker import Request, draw
from shared.events.identity import PostalAddress

PER_SECOND, RATIO, FLAT = 10.0, 0.7, 1.3
WARM = 100
"""Invoices after which what typst keeps has its size."""
LINES, NUMBERS, CALLS = 24, 20, 1_500
ISSUED = dt.date(2026, 11, 2)
CUSTOMER = Customer(
    id="1" * 32,
    revision=1,
    number=10_001,
    name="Bakkerij Voorbeeld B.V.",
    kind="customer",
    parent_id=None,
    known_on=dt.date(2026, 1, 1),
    kvk="00001600",
    vat_number="NL000016000B01",
    address=PostalAddress(
        street="Voorbeeldstraat", house_number="16", postcode="9999 AA", city="Voorbeeldstad", country="NL"
    ),
)
SELLER = Seller(
    name="Verzonnen Telecom B.V.",
    street="Zendmaststraat",
    house_number="10",
    postcode="9999 AB",
    city="Voorbeeldstad",
    kvk="00001000",
    vat_number="NL000010000B01",
    iban="NL47TEST0000010000",
)
ISSUER = Issuer(id="2" * 32, seller=SELLER)


def sample(place: int) -> Invoice:
    """The n-th invoice; each is another, so that nothing can be remembered."""
    account = Account(customer_id=CUSTOMER.id)
    return complete(
        invoice_id=f"{place:032x}",
        number=f"F2026-{place:05d}",
        kind="invoice",
        period="2026-10",
        issued_on=ISSUED,
        parties=(ISSUER, CUSTOMER, account),
        payment=payment_of(account, ISSUED, False),
        lines=[_line(place, row) for row in range(LINES)],
        number_totals=[_number(place, row) for row in range(NUMBERS)],
    )


def _line(place: int, row: int) -> Line:
    net = Decimal(place * 100 + row * 37).scaleb(-2)
    return Line(
        group="subscription" if row < LINES // 2 else "usage",
        description=f"Zakelijk Mobiel, 06-00 16 {row:02d} {place % 100:02d}",
        quantity=Decimal(1),
        unit="month",
        unit_price=net,
        net=net,
        vat=RATES["standard"],
        detail="01-10 t/m 31-10",
    )


def _number(place: int, row: int) -> NumberTotal:
    return NumberTotal(
        number=f"+318500016{row:02d}",
        product="telephony",
        calls=row,
        duration=place + row,
        net=Decimal("1.25"),
    )


def calls_of(place: int) -> tuple[CallRow, ...]:
    """Calls of a whole month."""
    start = dt.datetime(2026, 10, 1, 7, tzinfo=dt.UTC)
    return tuple(
        CallRow(
            start=start + dt.timedelta(minutes=29 * row),
            sender="+31850001600",
            receiver=f"+3185000{2000 + (row + place) % 7000:04d}",
            type="national",
            duration=row % 600,
            volume=0,
            messages=0,
            net=Decimal(row % 977).scaleb(-4),
        )
        for row in range(CALLS)
    )


def run(invoices: int, long: int, say: Callable[[str], None]) -> Report:
    """Measures both sizes, typst alone, and the memory after a tenth and after all of ``invoices``."""
    report = Report("invoice")
    _draw(0)
    begin = min(max(invoices // 10, WARM), invoices)
    first = _seconds(range(1, begin + 1), _draw)
    early = _peak_mb()
    seconds = first + _seconds(range(begin + 1, invoices + 1), _draw)
    say(f"{invoices:,} invoices in {seconds:.1f} s of processor time, peak {_peak_mb():.0f} MB")
    growth = round(_peak_mb() / early, 2)
    alone = _typst_alone(range(1, min(invoices, 100) + 1))
    say(f"typst alone: {1 / alone:.1f} per second")
    each = seconds / invoices
    fat = _seconds(range(1, long + 1), lambda place: _draw(place, calls_of(place))) / long
    say(f"{long} long invoices: {1 / fat:.2f} per second")
    report.figures = {
        "invoice.per_s_per_core": round(1 / each, 1),
        "invoice.typst_per_s": round(1 / alone, 1),
        "invoice.typst_ratio": round(alone / each, 2),
        "invoice.long_per_s_per_core": round(1 / fat, 2),
        "invoice.peak_mb": round(_peak_mb()),
        "invoice.peak_growth": growth,
    }
    report.promises = [
        Promise("invoice.per_s_per_core", round(1 / each, 1), PER_SECOND),
        Promise("invoice.typst_ratio", round(alone / each, 2), RATIO),
        Promise("invoice.peak_growth", growth, FLAT, least=False),
    ]
    return report


def _draw(place: int, calls: tuple[CallRow, ...] = ()) -> None:
    drawn = draw(Request(invoice=sample(place), calls=calls))
    assert drawn.pdf and drawn.ubl


def _typst_alone(places: range) -> float:
    """Seconds per document of typst itself, given what it typesets."""
    ready = []
    for place in places:
        invoice = msgspec.structs.replace(sample(place), number=f"T2026-{place:05d}")
        ready.append({"invoice": json.dumps(content(invoice), ensure_ascii=False), "xml": ""})
    made_at = int(dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC).timestamp())
    counter = count()
    return _seconds(places, lambda _place: documents.typeset(ready[next(counter)], made_at, "a-3a")) / len(
        places
    )


def _seconds(places: range, work: Callable[[int], object]) -> float:
    """Processor time of this process and its children."""
    began = _used()
    for place in places:
        work(place)
    return _used() - began


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
