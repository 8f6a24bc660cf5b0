"""What stands on the invoice that people read: words, sums and signs, before it is typeset."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoicing.documents import appendix, dutch
from services.invoicing.documents.content import content, readable
from services.invoicing.documents.glyphs import drawable, printable
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.usage import StatementRow, call_row
from tests.support.invoices import (
    BUYER,
    COLLECTION,
    EXEMPT,
    LINES,
    SELLER,
    SHIFTED,
    credit,
    invoice,
    line,
    rows,
)

changed = msgspec.structs.replace
BLANK = str.maketrans({dutch.NBSP: " "})


def plainly(value: Any) -> Any:
    """The same with ordinary spaces, so that a test can be read."""
    if isinstance(value, str):
        return value.translate(BLANK)
    if isinstance(value, dict):
        return {key: plainly(item) for key, item in value.items()}
    return [plainly(item) for item in value] if isinstance(value, list) else value


def shown(made: Invoice) -> Any:
    return plainly(content(made))


@pytest.mark.feature("INV-03")
def test_the_first_page_says_who_what_and_how_much() -> None:
    page = shown(invoice())
    assert page["title"] == "Factuur 2026-00042"
    assert page["buyer"] == [
        "Bakkerij Voorbeeld B.V.",
        "t.a.v. Administratie",
        "Meelstraat 12a",
        "4321 BA  Voorbeelddorp",
    ]
    assert page["facts"][:4] == [
        ["Factuurnummer", "2026-00042"],
        ["Factuurdatum", "01-11-2026"],
        ["Vervaldatum", "01-12-2026"],
        ["Factuurperiode", "oktober 2026"],
    ]
    assert page["groups"] == [
        ["Abonnementen", "€ 131,45"],
        ["Verbruik", "€ 47,91"],
        ["Bundels", "€ 0,35"],
        ["Eenmalig", "€ 25,00"],
        ["Kortingen", "−€ 10,00"],
    ]
    assert page["sums"] == {
        "net": ["Totaal excl. btw", "€ 194,71"],
        "vat": [["Btw 21 %", "€ 40,89"]],
        "total": ["Totaal incl. btw", "€ 235,60"],
    }
    assert page["vat"]["rows"] == [["21 %", "€ 194,71", "€ 40,89"]]


@pytest.mark.feature("INV-03")
def test_lines_stand_in_groups_with_their_days_and_a_total() -> None:
    subscriptions, usage = shown(invoice())["sections"][:2]
    assert subscriptions["title"] == "Abonnementen" and subscriptions["total"] == "131,45"
    assert subscriptions["rows"][1] == [
        "Zakelijk VoIP Basis",
        "16 t/m 31 oktober 2026 · 16 van 31 dagen",
        "0,516",
        "12,50",
        "21 %",
        "6,45",
    ]
    assert usage["rows"][1][2:4] == ["480", "–"], "an average that does not make the amount is not shown"


def test_days_that_the_detail_names_are_not_said_twice() -> None:
    section = shown(invoice(line("x", "1", "1.00", detail="01-10 t/m 31-10")))["sections"][0]
    assert section["rows"][0][1] == "01-10 t/m 31-10"


PAYMENTS = [
    (invoice(), "Te betalen", "uiterlijk 1 december 2026", "Maak het bedrag uiterlijk", True),
    (
        invoice(payment=COLLECTION),
        "Wordt geïncasseerd",
        "omstreeks 15 november 2026",
        "Wij incasseren",
        False,
    ),
    (
        credit(LINES[0]),
        "Totaal credit",
        "incl. btw",
        "hoort bij factuur 2026-00042 van 1 november 2026",
        False,
    ),
    (invoice(line("x", "1", "0.00")), "Te betalen", "", "U hoeft niets te betalen.", False),
    (invoice(line("x", "-1", "5.00")), "Uw tegoed", "", "tegoed", False),
    (invoice(number=""), "Te betalen", "uiterlijk", "Maak het bedrag", False),
]


@pytest.mark.feature("INV-03", "INV-06")
@pytest.mark.parametrize(("made", "label", "until", "sentence", "code"), PAYMENTS)
def test_how_it_is_paid_follows_from_what_it_is(
    made: Invoice, label: str, until: str, sentence: str, code: bool
) -> None:
    payment = shown(made)["payment"]
    assert payment["label"] == label
    assert until in payment["until"] and sentence in payment["sentences"][0]
    assert bool(payment["qr"]) is code


def test_the_payers_own_account_is_half_hidden() -> None:
    facts = dict(shown(invoice(payment=COLLECTION))["payment"]["facts"])
    assert facts["Van rekening"] == "NL44 •••• •••• ••43 21"
    assert facts["Machtiging"] == "M-10427-1"


def test_shifted_vat_and_exemption_say_why() -> None:
    page = shown(invoice(line("a", "1", "1.00", vat=SHIFTED), line("b", "1", "1.00", vat=EXEMPT)))
    assert [row[0] for row in page["vat"]["rows"]] == ["Btw verlegd", "Vrijgesteld"]
    assert page["notes"] == ["Btw verlegd naar uw btw-id NL987654321B01.", "Vrijgesteld van btw: opleiding."]


def test_a_preview_says_that_it_is_no_invoice() -> None:
    page = shown(invoice(number=""))
    assert page["concept"] == "Proef: dit is nog geen factuur" and page["title"] == "Proeffactuur"


@pytest.mark.feature("INV-03")
def test_totals_per_number_leave_out_columns_that_say_nothing() -> None:
    everything = shown(invoice())["numbers"]
    assert everything["head"] == [
        *("Nummer", "Produkt", "Gesprekken", "Duur", "Data", "Berichten", "Bedrag (€)"),
    ]
    assert everything["rows"][0] == [
        ["085-000 16 11", "Receptie"],
        "Telefonie",
        "612",
        "41:40:00",
        "–",
        "–",
        "24,10",
    ]
    assert everything["total"] == "48,26"
    calls_only = shown(invoice(number_totals=invoice().number_totals[:2]))["numbers"]
    assert calls_only["head"] == ["Nummer", "Produkt", "Gesprekken", "Duur", "Bedrag (€)"]


@pytest.mark.feature("INV-03")
def test_the_itemised_appendix_goes_by_dutch_days() -> None:
    late = changed(rows(1)[0], start=dt.datetime(2026, 10, 24, 22, 30, tzinfo=dt.UTC))
    listed = shown(invoice(calls=(late,)))["calls"]
    assert listed["days"] == [
        {
            "title": "zo 25 oktober 2026",
            "total": "0,3780",
            "rows": [["00:30:00", "Mobiel", "085-000 16 11", "06-00 12 34 56", "0:04:12", "0,3780"]],
        }
    ]


@pytest.mark.feature("INV-03")
def test_the_appendix_is_added_up_by_day_and_as_a_whole() -> None:
    listed = shown(invoice(calls=iter(rows(300))))["calls"]
    assert [(day["title"], len(day["rows"]), day["total"]) for day in listed["days"]] == [
        ("do 1 oktober 2026", 96, "25,5720"),
        ("vr 2 oktober 2026", 144, "38,3580"),
        ("za 3 oktober 2026", 60, "15,9825"),
    ]
    assert listed["total"] == ["Totaal", "79,9125"]


@pytest.mark.feature("INV-03")
def test_calls_finer_than_four_decimals_are_told_and_added_up_exactly() -> None:
    """As Details and its CSV do, so that the sums agree with theirs and with the invoice's line."""
    nets = [Decimal(net) for net in ("0.000325", "0.012350", "0.012300", "-0.000325")]
    made = [changed(row, net=net) for row, net in zip(rows(4), nets, strict=True)]
    (day,) = shown(invoice(calls=iter(made)))["calls"]["days"]
    assert [row[-1] for row in day["rows"]] == ["0,000325", "0,01235", "0,0123", "−0,000325"]
    assert day["total"] == "0,02465"


@pytest.mark.feature("INV-03")
def test_two_thousand_calls_of_next_to_nothing_come_to_what_was_invoiced() -> None:
    booked = StatementRow(
        start=dt.datetime(2026, 10, 3, 9, tzinfo=dt.UTC),
        calls=1,
        type="mobile",
        product="telephony",
        sender="+31850001600",
        receiver="+31600123456",
        duration=1,
        volume=0,
        messages=0,
        amount=Decimal("0.000325"),
    )
    listed = shown(invoice(calls=map(call_row, [booked] * 2000)))["calls"]
    assert [day["total"] for day in listed["days"]] == ["0,6500"]
    assert listed["total"] == ["Totaal", "0,6500"]


@settings(max_examples=100)
@given(st.lists(st.decimals(-50, 5000, places=6), min_size=1, max_size=12))
def test_the_amounts_of_calls_add_up_to_their_total_as_they_are_printed(nets: list[Decimal]) -> None:
    made = [changed(rows(1)[0], net=net) for net in nets]
    listed = shown(invoice(calls=iter(made)))["calls"]
    printed = [read_back(row[-1]) for day in listed["days"] for row in day["rows"]]
    assert sum(printed) == read_back(listed["total"][1]) == sum(nets)


def read_back(amount: str) -> Decimal:
    return Decimal(amount.replace(".", "").replace(",", ".").replace(dutch.MINUS, "-"))


@pytest.mark.feature("INV-03")
def test_an_address_abroad_ends_with_the_country_in_full() -> None:
    assert shown(invoice(buyer=changed(BUYER, country="BE")))["buyer"][-1] == "BELGIË"
    assert "Voorbeelddorp" in shown(invoice())["buyer"][-1]


@pytest.mark.feature("INV-03")
def test_numbers_of_others_are_masked_when_the_customer_says_so() -> None:
    days = shown(invoice(calls=iter(rows(3)), masked=True))["calls"]["days"]
    assert [row[2:4] for row in days[0]["rows"]] == [
        ["085-000 16 11", "06-00 12 •• ••"],
        ["085-000 16 00", "+32 2 000 •• ••"],
        ["06-00 98 •• ••", "085-000 16 11"],
    ]


def test_more_calls_than_an_appendix_holds_are_said_to_be_in_the_portal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(appendix, "MOST_CALLS", 2)
    listed = shown(invoice(calls=iter(rows(3))))["calls"]
    assert sum(len(day["rows"]) for day in listed["days"]) == 2
    assert "De overige staan in de portal" in listed["notes"][0]
    assert listed["total"] == [], "a sum of some of the calls would only raise questions"


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Bakkerij 🥐 Voorbeeld", "Bakkerij Voorbeeld"),
        ("Zoë Šķēle-Øst", "Zoë Šķēle-Øst"),
        ("Ｆｕｌｌ ＣＯ", "Full CO"),
        ("北京 B.V.", "□□ B.V."),
        ("👩‍💻 Werk\u200b\x00", "Werk"),
        ("Ωmega Жук", "Ωmega Жук"),
    ],
)
def test_signs_that_no_font_has_are_left_out_or_stood_in_for(name: str, printed: str) -> None:
    assert printable(name) == printed


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_whatever_is_typed_can_be_drawn(text: str) -> None:
    assert drawable().issuperset(printable(text))


def test_all_words_of_a_page_can_be_drawn() -> None:
    odd = invoice(
        buyer=changed(BUYER, name="🥐 北京"), seller=changed(SELLER, logo=b""), note="🎉", calls=rows(4)
    )

    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for item in value.values() for text in texts(item)]
        if isinstance(value, list):
            return [text for item in value for text in texts(item)]
        return [value] if isinstance(value, str) else []

    assert drawable().issuperset("".join(texts({**content(odd), "payment": []})))


@pytest.mark.parametrize(
    ("colour", "text"), [("#0b5f61", "#0b5f61"), ("#000000", "#000000"), ("#ffdd00", "#857300")]
)
def test_a_pale_letterhead_colour_is_darkened_until_it_can_be_read(colour: str, text: str) -> None:
    assert readable(colour) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dutch.price(Decimal("0.0934")), "0,0934"),
        (dutch.price(Decimal("12.50")), "12,50"),
        (dutch.price(Decimal(100)), "100,00"),
        (dutch.quantity(Decimal("1204")), "1.204"),
        (dutch.quantity(Decimal("1E+3")), "1.000"),
        (dutch.percentage(Decimal("21.00")), "21 %"),
        (dutch.days(dt.date(2026, 12, 16), dt.date(2027, 1, 15)), "16 december 2026 t/m 15 januari 2027"),
        (dutch.days(dt.date(2026, 10, 16), dt.date(2026, 11, 15)), "16 oktober t/m 15 november 2026"),
        (dutch.masked("112"), "112"),
        (dutch.masked("0800-0000"), "0800-0000"),
        (dutch.euros(Decimal("-1234.5")), "−€ 1.234,50"),
        (dutch.megabytes(1_203_000_000), "1.203 MB"),
    ],
)
def test_values_are_written_the_dutch_way(value: str, written: str) -> None:
    assert plainly(value) == written
