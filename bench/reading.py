"""``bench totals`` and ``bench details``: how long the reads of a customer's usage take, and how that grows.

Asked of the service's own code (``services/cdr/views.py``) on a database with a customer of the chosen
size among as many rows of others. Each question is asked once to warm up, then ``ROUNDS`` times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bench.report import Promise, Report
from bench.rows import Customer, first_day, measured, own_numbers, receivers
from services.cdr import usage_views, views
from services.cdr.domain.periods import following
from services.cdr.domain.selection import Comparison, Condition, Place, Selection
from services.cdr.store import Stores
from shared import collector, mongo

ROUNDS = 20
PAGE = 50
DEEP_PAGES = 1000
DEEP_STEPS = 10
TOTALS_MS, GROWTH, RECEIVER_MS = 100, 1.2, 2000
DETAILS_MS, DEEP_RATIO = 150, 1.2
KINDS = ("total", "type", "number", "number_type")
READ_MS = 60_000

Question = Callable[[], Any]


@dataclass(frozen=True)
class Reads:
    """The stores of one database, and the questions about one of its customers."""

    stores: Stores

    @classmethod
    def open(cls, uri: str) -> Reads:
        return cls(Stores.on(mongo.connect(uri, timeout_ms=READ_MS)))

    def totals(self, customer: Customer, selection: Selection, by: str) -> Question:
        now = datetime.now(UTC)
        return lambda: usage_views.totals(self.stores, customer.id, selection, by, now)

    def page(self, customer: Customer, selection: Selection, sort: str = "start") -> Question:
        return lambda: views.page(self.stores.details.search(customer.id, selection), Place(), PAGE, sort)


def run_totals(uri: str, rows: int, say: Callable[[str], None]) -> Report:
    """All four kinds over a month and a year, for each size of customer."""
    reads, report = Reads.open(uri), Report("totals", {"totals.rows": rows})
    worst: dict[int, float] = {}
    for customer in measured(rows):
        for span, selection in spans().items():
            for by in KINDS:
                times = measure(reads.totals(customer, selection, by))
                note(report, f"totals.{customer.rows}.{span}.{by}", times, say)
                worst[customer.rows] = max(worst.get(customer.rows, 0.0), p95(times))
    largest, smallest = max(worst), min(worst)
    receiver = Selection(period=_month(), receiver=receivers(measured(rows)[0])[0][3:])
    searched = p95(measure(reads.totals(measured(rows)[0], receiver, "type"), rounds=3))
    report.figures |= {
        "totals.p95_ms": round(worst[largest], 1),
        "totals.growth": round(worst[largest] / worst[smallest], 2),
        "totals.receiver_ms": round(searched, 1),
    }
    report.promises += [
        Promise("totals.p95_ms", report.figures["totals.p95_ms"], TOTALS_MS, least=False),
        Promise("totals.growth", report.figures["totals.growth"], GROWTH, least=False),
        Promise("totals.receiver_ms", report.figures["totals.receiver_ms"], RECEIVER_MS, least=False),
    ]
    return report


def run_details(uri: str, rows: int, say: Callable[[str], None]) -> Report:
    """The first page under each filter alone and under some together, and pages far down."""
    reads, report = Reads.open(uri), Report("details", {"details.rows": rows})
    worst: dict[int, float] = {}
    for customer in measured(rows):
        for name, selection in filters(customer).items():
            times = measure(reads.page(customer, selection))
            note(report, f"details.{customer.rows}.{name}", times, say)
            if not name.startswith("together"):
                worst[customer.rows] = max(worst.get(customer.rows, 0.0), p95(times))
    largest = measured(rows)[0]
    for name, selection in spans().items():
        note(report, f"details.dearest.{name}", measure(reads.page(largest, selection, "amount")), say)
    first, deep = deep_pages(reads, largest, spans()["year"])
    report.figures |= {
        "details.p95_ms": round(worst[largest.rows], 1),
        "details.growth": round(worst[largest.rows] / worst[min(worst)], 2),
        "details.first_ms": round(first, 2),
        "details.deep_ms": round(deep, 2),
        "details.deep_ratio": round(deep / first, 2),
    }
    report.promises += [
        Promise("details.p95_ms", report.figures["details.p95_ms"], DETAILS_MS, least=False),
        Promise("details.deep_ratio", report.figures["details.deep_ratio"], DEEP_RATIO, least=False),
    ]
    return report


def deep_pages(reads: Reads, customer: Customer, selection: Selection) -> tuple[float, float]:
    """Median milliseconds of a page at the top, and of one about DEEP_PAGES further down."""
    place, times = Place(), []
    for _ in range(min(DEEP_PAGES, customer.rows // PAGE // 2)):
        began = time.perf_counter()
        rows = reads.stores.details.page(customer.id, selection, "start", PAGE + 1, place)
        times.append((time.perf_counter() - began) * 1000)
        if len(rows) <= PAGE:
            break
        place = Place(key=rows[PAGE - 1])
    return median(times[1 : 1 + DEEP_STEPS]), median(times[-DEEP_STEPS:])


def spans() -> Mapping[str, Selection]:
    """A whole month in the middle of the rows, and a year of days that are no whole months."""
    first = first_day() + timedelta(days=14)
    return {
        "month": Selection(period=_month()),
        "year": Selection(first=first, last=first + timedelta(days=364)),
    }


def filters(customer: Customer) -> Mapping[str, Selection]:
    """Each filter alone, with values that are frequent and rare, over a month and a year."""
    number, others = own_numbers(customer)[0], receivers(customer)
    long = Condition(Comparison.GREATER, 900)
    chosen: dict[str, dict[str, Any]] = {
        "none": {},
        "product": {"product": "mobile"},
        "type_frequent": {"types": frozenset({"national"})},
        "type_rare": {"types": frozenset({"sms_premium"})},
        "types_many": {"types": frozenset({"national", "mobile", "forwarded", "sms", "data_eu"})},
        "sender": {"sender": number},
        "sender_part": {"sender": number[-4:]},
        "receiver_frequent": {"receiver": others[0]},
        "receiver_rare": {"receiver": others[-1]},
        "receiver_part": {"receiver": others[-1][-5:]},
        "receiver_prefix": {"receiver": "+49"},
        "receiver_absent": {"receiver": "+99999"},
        "amount_equal": {"amount": Condition(Comparison.EQUAL, 123_300)},
        "amount_rare": {"amount": Condition(Comparison.GREATER, 12_000_000)},
        "amount_frequent": {"amount": Condition(Comparison.GREATER, 0)},
        "amount_smaller": {"amount": Condition(Comparison.SMALLER, 10_000)},
        "duration_equal": {"duration": Condition(Comparison.EQUAL, 1234)},
        "duration_rare": {"duration": Condition(Comparison.GREATER, 2_000)},
        "duration_frequent": {"duration": Condition(Comparison.SMALLER, 60)},
        "together": {"types": frozenset({"mobile"}), "sender": number, "receiver": "+316"},
        "together_rare": {
            "types": frozenset({"service_0906"}),
            "duration": long,
        },
    }
    return {
        f"{name}.{span}": Selection(period=s.period, first=s.first, last=s.last, **values)
        for name, values in chosen.items()
        for span, s in spans().items()
    }


def measure(question: Question, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each round, after one to warm up, with the collector as services have it."""
    collector.settle()
    question()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        question()
        times.append((time.perf_counter() - began) * 1000)
    return times


def note(report: Report, name: str, times: list[float], say: Callable[[str], None]) -> None:
    report.figures[f"{name}.p50_ms"] = round(median(times), 1)
    report.figures[f"{name}.p95_ms"] = round(p95(times), 1)
    say(f"{name}: p50 {median(times):.1f} ms, p95 {p95(times):.1f} ms")


def p95(times: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


def _month() -> int:
    """The sixth month of the rows."""
    day = first_day()
    period = day.year * 100 + day.month
    for _ in range(5):
        period = following(period)
    return period
