"""Credit notes of an invoice never take more than there was, and together they are exactly it (INV-06)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoicing.domain.composing import invoice, payment_of
from services.invoicing.domain.crediting import credit_lines, credit_totals, rate_key
from services.invoicing.domain.invoice import Invoice, Line
from services.invoicing.domain.parties import Account
from services.invoicing.domain.vat import RATES
from shared.errors import Conflict, Invalid
from tests.support.billing import ISSUER, customer

pytestmark = pytest.mark.feature("INV-06")
DAY = dt.date(2026, 11, 2)


def invoice_of(*nets: tuple[str, str]) -> Invoice:
    who = customer(1)
    account = Account(customer_id=who.id)
    lines = [
        Line(
            group="one_off",
            description="Post",
            quantity=Decimal(-1 if Decimal(net) < 0 else 1),
            unit="piece",
            unit_price=abs(Decimal(net)),
            net=Decimal(net),
            vat=RATES[vat],
        )
        for net, vat in nets
    ]
    return invoice(
        invoice_id="i",
        number="F2026-00001",
        kind="invoice",
        period="2026-10",
        issued_on=DAY,
        parties=(ISSUER, who, account),
        payment=payment_of(account, DAY, False),
        lines=lines,
    )


def test_a_whole_invoice_at_once() -> None:
    whole = invoice_of(("10.00", "standard"), ("-2.00", "standard"), ("5.00", "reduced"))
    lines, taken = credit_lines(whole, {}, None)
    assert lines == list(whole.lines)
    assert taken == {0: Decimal("10.00"), 1: Decimal("-2.00"), 2: Decimal("5.00")}
    assert credit_totals(whole, lines, taken, {}) == whole.vat_totals


def test_part_of_a_line_and_then_no_more_than_is_left() -> None:
    whole = invoice_of(("10.00", "standard"))
    [line], taken = credit_lines(whole, {}, {0: Decimal("4.00")})
    assert (line.net, line.unit_price, line.quantity) == (Decimal("4.00"), Decimal("4.00"), 1)
    with pytest.raises(Invalid, match="Niet alles") as refused:
        credit_lines(whole, taken, {0: Decimal("6.01")})
    assert refused.value.fields == {"lines": ["Van regel 1 is nog € 6,00 te crediteren."]}
    with pytest.raises(Invalid):
        credit_lines(whole, {}, {0: Decimal("-1.00")})
    with pytest.raises(Invalid):
        credit_lines(whole, {}, {1: None})
    with pytest.raises(Conflict):
        credit_lines(whole, {0: Decimal("10.00")}, None)


NETS = st.tuples(
    st.decimals(Decimal("-99.99"), Decimal("999.99"), places=2).map(str), st.sampled_from(list(RATES))
)


@settings(max_examples=60)
@given(st.lists(NETS, min_size=1, max_size=5), st.lists(st.integers(1, 99), max_size=4))
def test_all_credit_notes_together_are_the_invoice(nets: list[tuple[str, str]], parts: list[int]) -> None:
    whole = invoice_of(*nets)
    credited: dict[int, Decimal] = {}
    vat: dict[str, Decimal] = {}
    net = Decimal(0)
    for percentage in [*parts, None]:
        wanted = None
        if percentage is not None:
            left = {
                place: line.net - credited.get(place, Decimal(0)) for place, line in enumerate(whole.lines)
            }
            wanted = {place: round(each * percentage / 100, 2) for place, each in left.items()}
        try:
            lines, taken = credit_lines(whole, credited, wanted)
        except Conflict:
            continue
        credited |= {place: credited.get(place, Decimal(0)) + each for place, each in taken.items()}
        for total in credit_totals(whole, lines, credited, vat):
            key = rate_key(total.category, total.percentage)
            vat[key] = vat.get(key, Decimal(0)) + total.vat
        net += sum(line.net for line in lines)
    assert net == whole.net
    assert sum(vat.values()) == whole.vat or not any(line.net for line in whole.lines)
