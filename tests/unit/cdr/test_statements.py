"""What an invoice is made of: a month's own usage and what came late of earlier months, apart, never more or
less than Totalen shows (INV-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr import views
from services.cdr.domain.bundles import Key
from services.cdr.domain.period_lines import Line
from services.cdr.domain.selection import Selection
from services.cdr.overage import Overage, counts_of
from services.cdr.statements import statement
from services.cdr.store import Stores
from services.cdr.store.counters import Count
from services.invoicing.domain.usage import Statement
from services.invoicing.domain.usage import lines as usage_lines
from services.invoicing.domain.vat import rate_of
from shared.money import micro_from_decimal

pytestmark = pytest.mark.feature("INV-02")

OCTOBER, NOVEMBER = 202610, 202611
NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATE = "Nagekomen of gecorrigeerd van eerdere maanden: "
TYPES = {"national": "Nationaal", "mobile": "Mobiel"}
PRODUCTS = {"telephony": "Telefonie", "mobile": "Mobiel"}


def count(month: int, calls: int, amount: int, kind: str = "national", product: str = "telephony") -> Count:
    """``calls`` of a minute each that started in a month and are booked in November; in millionths."""
    sums = (calls, 60 * calls, 0, 0, amount, 0)
    return Count(0, month, NOVEMBER, "+31850001600", product, kind, sums)


def told(counts: Sequence[Count], lines: Sequence[Line] = ()) -> dict[str, Any]:
    """The statement of November of a customer whose counters say so."""
    stores = SimpleNamespace(
        periods=SimpleNamespace(closed=lambda _customer: {}),
        counters=SimpleNamespace(months_of_period=lambda _customer, _period: list(counts)),
        lines=SimpleNamespace(lines=lambda _customer, _period: list(lines)),
        reference=SimpleNamespace(owned_by=lambda _customer: []),
        quarantine=SimpleNamespace(without_rate=lambda _numbers: []),
    )
    return statement(cast(Stores, stores), "c1", NOVEMBER)


def invoiced(counts: Sequence[Count], lines: Sequence[Line] = ()) -> list[tuple[str, str, str]]:
    """What the invoice says of it: description, amount and small print."""
    heard = msgspec.convert(told(counts, lines), Statement, strict=False)
    return [
        (line.description, str(line.net), line.detail)
        for line in usage_lines(heard, rate_of("standard", False))
    ]


def sums(product: str, kind: str, calls: int, amount: str) -> dict[str, Any]:
    facts = {"calls": calls, "duration": 60 * calls, "volume": 0, "messages": 0}
    return {"product": product, "type": kind, **facts, "amount": amount}


def test_own_use_that_a_correction_of_a_closed_month_cancels_stays_on_the_invoice() -> None:
    """One call of November, and one like it of October that was taken back after October was closed."""
    counts = [count(NOVEMBER, 1, 100_000), count(OCTOBER, -1, -100_000)]
    reply = told(counts)
    assert reply["own_usage"] == [sums("telephony", "national", 1, "0.100000")]
    assert reply["late_usage"] == [sums("telephony", "national", -1, "-0.100000")]
    assert reply["amount"] == "0.000000"
    assert invoiced(counts) == [
        ("Telefonie: Nationaal", "0.10", "1 gesprek, 1 min 0 s"),
        (f"{LATE}Telefonie: Nationaal", "-0.10", ""),
    ]


def test_a_closed_month_that_is_rated_again_is_a_line_of_its_own() -> None:
    """Each row is taken back and booked anew, so the correction has an amount and no rows."""
    counts = [
        count(NOVEMBER, 100, 10_000_000),
        count(OCTOBER, -100, -22_000_000),
        count(OCTOBER, 100, 10_000_000),
    ]
    assert invoiced(counts) == [
        ("Telefonie: Nationaal", "10.00", "100 gesprekken, 1 u 40 min"),
        (f"{LATE}Telefonie: Nationaal", "-12.00", ""),
    ]


def test_what_the_release_before_reads_is_said_as_it_was() -> None:
    reply = told([count(NOVEMBER, 3, 300_000), count(OCTOBER, 1, 50_000)])
    assert reply["usage"] == [sums("telephony", "national", 4, "0.350000")]
    assert reply["late"] == {"rows": 1, "amount": "0.050000"}
    assert reply["rows"] == 4


def test_an_answer_of_the_release_before_is_one_line_per_type() -> None:
    """It can not tell own use from what came late; the sum is the same."""
    reply = told([count(NOVEMBER, 3, 300_000), count(OCTOBER, 1, 50_000)])
    del reply["own_usage"], reply["late_usage"]
    heard = msgspec.convert(reply, Statement, strict=False)
    [line] = usage_lines(heard, rate_of("standard", False))
    assert (line.description, str(line.net)) == ("Telefonie: Nationaal", "0.35")


# Few different amounts, so that sums that cancel are common: a call, its reversal, a re-rated one, odd cents.
AMOUNTS = st.sampled_from([-100_000, -49_999, -5_000, 0, 1, 5_000, 49_999, 100_000]) | st.integers(
    -9_999_999, 9_999_999
)
COUNTS = st.lists(
    st.builds(
        count,
        st.sampled_from([202609, OCTOBER, NOVEMBER]),
        st.integers(-2, 2),
        AMOUNTS,
        st.sampled_from(sorted(TYPES)),
        st.sampled_from(sorted(PRODUCTS)),
    ),
    max_size=10,
)


def bundle_line(above: int, covered: int) -> Line:
    key = Key(kind="voice", group="", module="", subscription="s1")
    return Line(NOVEMBER, OCTOBER, key, "Sanne", 7_800, 6_000, 1_800, above, covered, True)


@settings(max_examples=100, deadline=None)
@given(COUNTS, st.lists(st.builds(bundle_line, AMOUNTS, AMOUNTS), max_size=1))
def test_the_lines_add_up_to_totalen_and_tell_own_use_from_late(
    counts: list[Count], lines: list[Line]
) -> None:
    above = Overage(tuple(counts_of(lines)))
    shown = views.totals(counts, Selection(period=NOVEMBER), "type", NOW, above)
    found = invoiced(counts, lines)
    assert sum(_cents(net) for _named, net, _detail in found) == _cents(shown["total"]["cents"])
    assert told(counts, lines)["amount"] == shown["total"]["amount"]
    by_name = {named: _cents(net) for named, net, _detail in found}
    assert len(by_name) == len(found), "each is said once"
    for product, written in PRODUCTS.items():
        for kind, name in TYPES.items():
            these = [one for one in counts if (one.product, one.type) == (product, kind)]
            own = sum(one.sums[4] for one in these if one.month == NOVEMBER)
            late = sum(one.sums[4] for one in these if one.month != NOVEMBER)
            for named, micro in ((f"{written}: {name}", own), (f"{LATE}{written}: {name}", late)):
                assert named in by_name or micro == 0
                assert abs(by_name.get(named, 0) * 10_000 - micro) < 10_000, "its own sum, to the cent"


def _cents(amount: str) -> int:
    return micro_from_decimal(Decimal(amount)) // 10_000
