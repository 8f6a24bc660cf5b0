"""From a month to the lines of an invoice: what is on it, to the cent (INV-02)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoicing.documents.ubl_lines import priced
from services.invoicing.domain.charges import Charge, Module, Product, Requested, Subscription
from services.invoicing.domain.composing import Basis, Draft, compose, obstacles, written_number
from services.invoicing.domain.invoice import Line
from services.invoicing.domain.parties import Account, Customer, Issuer, issuer_for
from services.invoicing.domain.pricing import PriceList
from services.invoicing.domain.usage import BundleLine, StatementRow, TypeSums, call_row
from services.invoicing.domain.vat import vat_totals
from services.invoicing.usecases.drafting import draw_up, set_up
from shared.money import micro_from_decimal, shown_cents
from tests.support.billing import ISSUER, customer, statement, type_sums, within

pytestmark = pytest.mark.feature("INV-02")
BAKERY = customer(1, name="Bakkerij Voorbeeld B.V.")
PRODUCT = Product(code="mobile:zakelijk_mobiel", description="Zakelijk Mobiel", price=Decimal("17.50"))
EU = Product(code="module:mobiel_internet_eu", description="Mobiel Internet EU", price=Decimal("7.50"))
SANNE = Subscription(
    id="s1",
    customer_id=BAKERY.id,
    revision=1,
    product="zakelijk_mobiel",
    number="+31600160001",
    label="Sanne",
    starts=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    modules=(Module(module="mobiel_internet_eu", starts=dt.datetime(2026, 10, 16, 22, tzinfo=dt.UTC)),),
)


def basis(**more: Any) -> Basis:
    facts: dict[str, Any] = {
        "period": "2026-10",
        "customer": BAKERY,
        "account": Account(customer_id=BAKERY.id, bills_from=dt.date(2026, 10, 1)),
        "issuer": ISSUER,
        "prices": PriceList(products={each.code: each for each in (PRODUCT, EU)}),
        "charges": (),
        "requested": (),
        "subscriptions": (),
        "billed": (),
        "statement": statement("2026-10"),
    }
    return Basis(**(facts | more))


def charge(kind: Any, price: str, **more: Any) -> Charge:
    facts: dict[str, Any] = {
        "id": f"{kind}:{price}",
        "customer_id": BAKERY.id,
        "description": "Post",
        "quantity": Decimal(1),
        "starts": dt.date(2026, 10, 1),
    }
    return Charge(kind=kind, price=Decimal(price), **(facts | more))


def nets(draft: Draft) -> list[tuple[str, str]]:
    return [(line.group, str(line.net)) for line in draft.lines]


def test_everything_in_its_order() -> None:
    draft = compose(
        basis(
            subscriptions=(SANNE,),
            charges=(
                charge("recurring", "6.50", quantity=Decimal(4)),
                charge("one_off", "129.00", quantity=Decimal(2), starts=dt.date(2026, 10, 12)),
                charge("discount", "0", percentage=Decimal(10), of=("subscription",), description="Korting"),
            ),
            requested=(
                Requested(
                    id="mobile:1",
                    customer_id=BAKERY.id,
                    day=dt.date(2026, 10, 3),
                    description="Blokkeren SIM-kaart",
                    amount=Decimal("7.50"),
                ),
            ),
            statement=statement("2026-10", [type_sums("1.2345"), type_sums("2.0000", "mobile", 1)]),
        )
    )
    assert [(line.description, str(line.net), line.detail) for line in draft.lines] == [
        ("Post", "26.00", "01-10 t/m 31-10"),
        ("Zakelijk Mobiel, 06-00 16 00 01 (Sanne)", "17.50", "01-10 t/m 31-10"),
        ("Mobiel Internet EU, 06-00 16 00 01 (Sanne)", "3.63", "17-10 t/m 31-10"),
        ("Post", "258.00", "12-10-2026"),
        ("Blokkeren SIM-kaart", "7.50", "03-10-2026"),
        ("Telefonie: Nationaal", "1.23", "10 gesprekken, 10 min 0 s"),
        ("Telefonie: Mobiel", "2.00", "1 gesprek, 10 min 0 s"),
        ("Korting", "-4.71", "10%"),
    ]


def test_late_usage_says_so_and_bundles_follow() -> None:
    over = BundleLine(
        month="2026-09",
        kind="data",
        label="Zakelijk Mobiel Bundel",
        used=1_003_000_000,
        allowance=1_000_000_000,
        over=3_000_000,
        amount=Decimal("0.0750"),
        difference=True,
    )
    booked = statement(
        "2026-10",
        [type_sums("0.7000", calls=9, duration=540)],
        [type_sums("0.3000", calls=1, duration=60)],
        lines=(over,),
        amount=Decimal("1.0750"),
    )
    draft = compose(basis(statement=booked))
    assert [(line.group, line.description, str(line.net), line.detail) for line in draft.lines] == [
        ("usage", "Telefonie: Nationaal", "0.70", "9 gesprekken, 9 min 0 s"),
        (
            "usage",
            "Nagekomen of gecorrigeerd van eerdere maanden: Telefonie: Nationaal",
            "0.30",
            "1 gesprek, 1 min 0 s",
        ),
        (
            "bundle",
            "Correctie september 2026: Boven bundel data, Zakelijk Mobiel Bundel",
            "0.08",
            "1.003 MB van 1.000 MB",
        ),
    ]


def test_what_a_bundle_covers_is_taken_back_in_a_line_of_its_own() -> None:
    """A negative line has a negative quantity, never a negative price (BR-27)."""
    usage = [type_sums("2.6040", "international_eu", product="mobile")]
    booked = statement("2026-10", usage, lines=(within("2.6040", "0.3960"),), amount=Decimal("3.0000"))
    draft = compose(basis(statement=booked))
    assert [(line.description, str(line.net), line.detail) for line in draft.lines] == [
        ("Mobiel: Internationaal EU", "2.60", "10 gesprekken, 10 min 0 s"),
        ("Boven bundel bellen, Sanne", "3.00", "130 min van 100 min"),
        ("Binnen bundel bellen, Sanne", "-2.60", "130 min van 100 min"),
    ]
    assert [(*map(str, priced(line)),) for line in draft.lines[1:]] == [
        ("1", "3.00", "1"),
        ("-1", "2.60", "1"),
    ]


def test_a_difference_of_a_bundle_can_turn_either_part_around() -> None:
    changed = within("-0.5000", "0.3000", month="2026-09", difference=True)
    draft = compose(basis(statement=statement("2026-10", lines=(changed,), amount=Decimal("0.3000"))))
    assert [(line.description, str(line.net)) for line in draft.lines] == [
        ("Correctie september 2026: Boven bundel bellen, Sanne", "-0.20"),
        ("Correctie september 2026: Binnen bundel bellen, Sanne", "0.50"),
    ]


def test_late_rows_that_took_each_other_back_are_no_line() -> None:
    nothing = statement("2026-10", late=[type_sums("0.0000", calls=0, duration=0)])
    assert compose(basis(statement=nothing)).is_empty


def test_a_call_that_was_taken_back_late_says_its_amount_and_no_number_of_calls() -> None:
    booked = statement("2026-10", [type_sums("0.10", calls=1, duration=60)], [taken_back("-0.10")])
    lines = compose(basis(statement=booked)).lines
    assert [(str(line.net), line.detail) for line in lines] == [
        ("0.10", "1 gesprek, 1 min 0 s"),
        ("-0.10", ""),
    ]


def taken_back(amount: str) -> TypeSums:
    return type_sums(amount, calls=-1, duration=-60)


@pytest.mark.parametrize("amount", ["0.012300", "0.012250", "0.012249", "-0.000325"])
def test_a_call_in_the_appendix_costs_what_was_booked(amount: str) -> None:
    row = StatementRow(
        start=dt.datetime(2026, 10, 3, 9, tzinfo=dt.UTC),
        calls=1,
        type="national",
        product="telephony",
        sender="+31850001600",
        receiver="+31850002000",
        duration=60,
        volume=0,
        messages=0,
        amount=Decimal(amount),
    )
    assert str(call_row(row).net) == amount


AMOUNTS = st.lists(st.decimals(-50, 5000, places=4), min_size=1, max_size=12)


@settings(max_examples=100)
@given(AMOUNTS)
def test_usage_lines_add_up_to_what_totalen_shows(amounts: list[Decimal]) -> None:
    usage = [type_sums(str(amount), f"type{place}") for place, amount in enumerate(amounts)]
    draft = compose(basis(statement=statement("2026-10", usage)))
    shown, _parts = shown_cents([micro_from_decimal(amount) for amount in amounts])
    assert sum(line.net for line in draft.lines) == Decimal(shown).scaleb(-2)
    assert all(line.unit_price >= 0 and line.quantity * line.unit_price == line.net for line in draft.lines)
    assert sum(total.net for total in draft.number_totals) == Decimal(shown).scaleb(-2)


@settings(max_examples=60)
@given(AMOUNTS, st.sampled_from(["standard", "reduced", "zero", "exempt"]), st.booleans())
def test_an_invoice_is_the_sum_of_its_lines_and_vat_that_of_its_rates(
    amounts: list[Decimal], vat: str, reverse: bool
) -> None:
    account = Account(customer_id=BAKERY.id, reverse_charge=reverse, bills_from=dt.date(2026, 10, 1))
    usage = [type_sums(str(amount), f"type{place}") for place, amount in enumerate(amounts)]
    facts = basis(
        account=account,
        charges=(charge("recurring", "9.95", vat=vat), charge("discount", "3.00")),
        statement=statement("2026-10", usage),
    )
    drawn = draw_up(facts, compose(facts), dt.date(2026, 11, 2))
    assert drawn.net == sum(line.net for line in drawn.lines)
    assert drawn.net == sum(total.net for total in drawn.vat_totals)
    assert drawn.vat == sum(total.vat for total in drawn.vat_totals)
    assert drawn.total == drawn.net + drawn.vat
    for total in drawn.vat_totals:
        exact = total.net * total.percentage / 100
        assert abs(total.vat - exact) <= Decimal("0.005")
        assert total.category == "S" or total.vat == 0
    assert not reverse or "S" not in {total.category for total in drawn.vat_totals}


def line(net: str, vat: str) -> Line:
    facts = basis(charges=(charge("one_off", net, vat=vat),))
    return compose(facts).lines[0]


# Net amounts by VAT code; the VAT per rate on their sum, half up (BR-CO-17).
VAT = [
    ([("10.00", "standard")], [("S", "21", "10.00", "2.10")]),
    ([("0.05", "standard"), ("0.05", "standard")], [("S", "21", "0.10", "0.02")]),
    ([("0.02", "standard")] * 5, [("S", "21", "0.10", "0.02")]),
    (
        [("10.50", "standard"), ("1.00", "reduced")],
        [("S", "21", "10.50", "2.21"), ("S", "9", "1.00", "0.09")],
    ),
    ([("5.00", "zero"), ("5.00", "exempt")], [("E", "0", "5.00", "0.00"), ("Z", "0", "5.00", "0.00")]),
]


@pytest.mark.parametrize(("lines", "totals"), VAT)
def test_vat_is_worked_out_per_rate_on_the_sum(
    lines: list[tuple[str, str]], totals: list[tuple[str, ...]]
) -> None:
    found = vat_totals([line(*each) for each in lines])
    assert [(t.category, str(t.percentage), str(t.net), f"{t.vat:.2f}") for t in found] == totals


def test_reverse_charge_has_its_reason_and_no_vat() -> None:
    account = Account(customer_id=BAKERY.id, reverse_charge=True, bills_from=dt.date(2026, 10, 1))
    [total] = vat_totals(compose(basis(account=account, charges=(charge("one_off", "99.00"),))).lines)
    assert (total.category, total.vat, total.reason) == ("AE", 0, "Btw verlegd")


DISCOUNTS = [
    ("an amount", [{"price": "7.50"}], ["100.00", "-7.50"]),
    ("a percentage", [{"price": "0", "percentage": Decimal("12.5")}], ["100.00", "-12.50"]),
    (
        "two of the whole each",
        [{"price": "0", "percentage": Decimal(60)}] * 2,
        ["100.00", "-60.00", "-40.00"],
    ),
    ("more than there is", [{"price": "250"}], ["100.00", "-100.00"]),
    ("of nothing", [{"price": "0", "percentage": Decimal(10), "of": ("usage",)}], ["100.00"]),
    (
        "that has ended",
        [{"price": "5", "ends": dt.date(2026, 9, 30), "starts": dt.date(2026, 9, 1)}],
        ["100.00"],
    ),
    (
        "that never was",
        [{"price": "5", "ends": dt.date(2026, 10, 14), "starts": dt.date(2026, 10, 15)}],
        ["100.00"],
    ),
]


@pytest.mark.parametrize(
    ("discounts", "expected"), [each[1:] for each in DISCOUNTS], ids=[d[0] for d in DISCOUNTS]
)
def test_a_discount_never_makes_less_than_nothing(
    discounts: list[dict[str, Any]], expected: list[str]
) -> None:
    wanted = tuple(
        charge("discount", each.pop("price"), id=f"d{place}", **each)
        for place, each in enumerate(map(dict, discounts))
    )
    draft = compose(basis(charges=(charge("recurring", "100.00"), *wanted)))
    assert [str(each.net) for each in draft.lines] == expected
    assert all(each.quantity < 0 < each.unit_price for each in draft.lines if each.group == "discount")


def test_a_customers_own_price_goes_before_the_list() -> None:
    prices = PriceList(products={PRODUCT.code: PRODUCT}, own={PRODUCT.code: Decimal("15.00")})
    plain = Subscription(
        **{name: getattr(SANNE, name) for name in SANNE.__struct_fields__ if name != "modules"}
    )
    assert nets(compose(basis(prices=prices, subscriptions=(plain,)))) == [("subscription", "15.00")]


def test_an_unpriced_subscription_is_named() -> None:
    [sentence, module] = obstacles(basis(prices=PriceList(products={}), subscriptions=(SANNE,)))
    assert sentence == (
        "06-00 16 00 01 (Sanne) heeft geen prijs. Geef produkt mobile:zakelijk_mobiel een prijs."
    )
    assert "module:mobiel_internet_eu" in module


def test_a_one_off_of_a_later_month_waits_and_one_that_is_billed_does_not_come_again() -> None:
    draft = compose(
        basis(
            charges=(
                charge("one_off", "1.00", starts=dt.date(2026, 11, 1)),
                charge("one_off", "2.00", invoice_id="x"),
                charge("one_off", "3.00", starts=dt.date(2026, 8, 1), quantity=Decimal(-1)),
            )
        )
    )
    assert nets(draft) == [("one_off", "-3.00")]
    assert draft.charge_ids == ("one_off:3.00",)


def test_nothing_at_all_is_no_invoice_and_nothing_together_is_one() -> None:
    assert compose(basis()).is_empty
    both = (charge("one_off", "5.00"), charge("one_off", "5.00", quantity=Decimal(-1), id="back"))
    assert not compose(basis(charges=both)).is_empty


@pytest.mark.parametrize(
    ("who", "account", "words"),
    [
        (customer(1, address=None), {}, "adres"),
        (customer(1, vat_number=""), {"reverse_charge": True}, "btw-nummer"),
    ],
)
def test_what_stands_in_the_way(who: Customer, account: dict[str, Any], words: str) -> None:
    [sentence] = obstacles(basis(customer=who, account=Account(customer_id=who.id, **account)))
    assert words in sentence


def test_the_issuer_is_the_accounts_else_the_partners_else_the_default() -> None:
    partner = Issuer(id="2" * 32, seller=ISSUER.seller, partner_id="p")
    other = Issuer(id="3" * 32, seller=ISSUER.seller)
    issuers = {each.id: each for each in (ISSUER, partner, other)}
    account = Account(customer_id=BAKERY.id)
    assert issuer_for(BAKERY, account, issuers) == ISSUER
    assert issuer_for(customer(1, parent_id="p"), account, issuers) == partner
    assert issuer_for(BAKERY, Account(customer_id=BAKERY.id, issuer_id=other.id), issuers) == other


def test_numbers_are_written_with_series_and_year() -> None:
    assert written_number("F", 2026, 42) == "F2026-00042"
    assert written_number("", 2027, 123_456) == "2027-123456"


@pytest.mark.feature("INV-05")
@pytest.mark.parametrize(
    ("facts", "terms", "said"),
    [
        ({}, {}, []),
        ({"kvk": ""}, {}, ["De klant heeft geen KvK-nummer."]),
        ({"kvk": ""}, {"profile": "peppol"}, []),
        ({"kvk": "", "vat_number": ""}, {"profile": "peppol"}, ["Peppol heeft er een nodig als adres."]),
        ({"address": None}, {}, ["heeft geen adres"]),
        ({"vat_number": ""}, {"reverse_charge": True}, ["geen btw-nummer"]),
        ({}, {"pays_by": "direct_debit"}, ["maar heeft geen IBAN", "geen kenmerk of datum"]),
        ({}, {"issuer_id": "f" * 32}, ["is geen afzender ingesteld"]),
    ],
)
def test_what_keeps_every_month_from_being_billed_is_known_without_one(
    facts: dict[str, Any], terms: dict[str, Any], said: list[str]
) -> None:
    who = customer(1, **facts)
    found = set_up(who, Account(customer_id=who.id, **terms), {ISSUER.id: ISSUER})
    assert len(found) == len(said) and all(part in whole for part, whole in zip(said, found, strict=True))
