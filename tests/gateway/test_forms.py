"""What people type in the search box, and what we say when it does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from gateway.forms.fields import Correction
from gateway.forms.filled import Filled, read
from gateway.forms.usage import DetailsForm, TotalsForm, selection_of
from gateway.models.selection import Selection


@pytest.fixture(autouse=True)
def _in_a_request(words: Flask) -> Iterator[None]:
    with words.test_request_context():
        yield


def fill(**typed: str | list[str]) -> Filled:
    return read(DetailsForm(), MultiDict(typed))


def selected(**typed: str | list[str]) -> dict[str, object]:
    filled = fill(**typed)
    assert filled.errors == {}
    return selection_of(filled).to_rpc()


@pytest.mark.feature("CDR-05")
def test_preset_is_the_current_period_and_everything_in_it() -> None:
    assert selected() == {"period": "current"}


@pytest.mark.feature("CDR-05")
def test_a_closed_period() -> None:
    assert selected(periode="2026-10") == {"period": "2026-10"}


@pytest.mark.feature("CDR-05")
def test_own_days_count_both() -> None:
    assert selected(periode="aangepast", van="1-11-2026", tot="22/11/2026") == {
        "from": "2026-11-01",
        "to": "2026-11-22",
    }


def test_days_out_of_sight_do_not_count() -> None:
    assert selected(periode="huidig", van="rommel", tot="1-1-2020") == {"period": "current"}


@pytest.mark.feature("CDR-05", "CDR-06")
def test_all_filters() -> None:
    assert selected(
        produkt="mobiel",
        type=["mobile", "sms"],
        zender="085 000 16",
        ontvanger="+31 (0)6-12",
        bedrag_is="groter",
        bedrag="€ 1.234,50",
        duur_is="kleiner",
        duur="60",
    ) == {
        "period": "current",
        "product": "mobile",
        "types": ["mobile", "sms"],
        "sender": "08500016",
        "receiver": "+31612",
        "amount": {"op": "gt", "value": "1234.50"},
        "duration": {"op": "lt", "value": 60},
    }


def test_empty_fields_are_no_filters() -> None:
    assert selected(zender="  ", bedrag="", duur="", produkt="", type="", bedrag_is="groter") == {
        "period": "current"
    }


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0,25", "0.25"),
        ("12", "12"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("0.25", "0.25"),
        ("0.250", "0.250"),
        ("12.5", "12.5"),
        ("-0,5", "-0.5"),
        ("−0,5", "-0.5"),
    ],
)
def test_amounts_the_dutch_way_and_the_point_where_it_is_clear(typed: str, value: str) -> None:
    assert fill(bedrag=typed).values["amount"] == Decimal(value)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("bedrag", "1,2,3", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("bedrag", "veel", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("bedrag", "NaN", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("bedrag", "1e400", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("duur", "lang", "Vul een heel aantal seconden in, bijvoorbeeld 90."),
        ("duur", "-5", "Vul een heel aantal seconden in, bijvoorbeeld 90."),
        ("duur", "1,5", "Vul een heel aantal seconden in, bijvoorbeeld 90."),
        ("duur", "٣", "Vul een heel aantal seconden in, bijvoorbeeld 90."),
        ("duur", "9999999", "Een gesprek duurt hooguit een week: 604.800 seconden."),
        ("zender", "jan", "Gebruik cijfers: een nummer of een deel ervan, bijvoorbeeld 0612."),
        ("ontvanger", "0612*", "Gebruik cijfers: een nummer of een deel ervan, bijvoorbeeld 0612."),
        ("zender", "1" * 30, "Een nummer heeft hooguit 20 cijfers."),
        ("type", "zomaar", "Dit gesprekstype kennen we niet."),
        ("produkt", "fax", "Kies telefonie of mobiel."),
        ("bedrag_is", "ongeveer", "Kies gelijk, groter of kleiner."),
        ("periode", "vorig jaar", "Kies een factuurperiode uit de lijst."),
        ("periode", "2026-13", "Kies een factuurperiode uit de lijst."),
        ("ga", "morgen", "Schrijf de dag als 22-11-2026."),
        ("sorteer", "naam", "Sorteer op start of bedrag."),
        ("ga", "31-02-2026", "De dag 31-02-2026 bestaat niet."),
        ("bladzijde", "{'$gt': ''}", "Deze bladzijde bestaat niet."),
    ],
)
@pytest.mark.feature("GW-02")
def test_wrong_input_is_answered_at_its_field(field: str, typed: str, said: str) -> None:
    filled = fill(**{field: typed})
    assert filled.errors == {field: [said]}
    assert filled.first(field) == typed, "what was typed stays"


def test_a_known_and_an_unknown_type_give_one_sentence() -> None:
    filled = fill(type=["mobile", "x", "y"])
    assert filled.errors == {"type": ["Dit gesprekstype kennen we niet."]}


@pytest.mark.feature("GW-02")
def test_the_wrong_order_of_days_can_be_turned_with_a_click() -> None:
    (said,) = fill(periode="aangepast", van="22-11-2026", tot="1-11-2026").errors["van"]
    assert said == "De eerste dag ligt na de laatste."
    assert isinstance(said, Correction)
    assert said.instead == {"van": "01-11-2026", "tot": "22-11-2026"}


def test_a_duration_on_the_clock_is_offered_in_seconds() -> None:
    (said,) = fill(duur="1:30").errors["duur"]
    assert isinstance(said, Correction)
    assert (said.words, said.instead) == ("Zoek op 90 seconden", {"duur": "90"})


@pytest.mark.parametrize(
    ("days", "errors"),
    [
        ({"van": "1-1-2026", "tot": "4-2-2027"}, {"tot": ["Dit zijn 400 dagen. Kies er hooguit 366."]}),
        ({"van": "1-1-2026"}, {"tot": ["Vul een dag in, bijvoorbeeld 22-11-2026."]}),
        ({"tot": "1-1-2026"}, {"van": ["Vul een dag in, bijvoorbeeld 22-11-2026."]}),
        ({"van": "x", "tot": "1-1-2026"}, {"van": ["Schrijf de dag als 22-11-2026."]}),
        ({"van": "1-1-2026", "tot": "31-12-2026"}, {}),
    ],
)
def test_own_days_are_two_and_at_most_a_year(days: dict[str, str], errors: dict[str, list[str]]) -> None:
    assert fill(periode="aangepast", **days).errors == errors


def test_every_kind_of_totals() -> None:
    kinds = ["totaal", "gesprekstype", "telefoonnummer", "telefoonnummer-gesprekstype"]
    read_as = [read(TotalsForm(), MultiDict({"per": kind})).values["by"] for kind in kinds]
    assert read_as == ["total", "type", "number", "number_type"]
    assert read(TotalsForm(), MultiDict({"per": "maand"})).errors == {
        "per": ["Kies welke totalen u wilt zien."]
    }


def test_what_is_no_field_never_gets_into_our_addresses() -> None:
    assert fill(_external="1", _scheme="javascript", endpoint="x", zender="06").typed == {"zender": ["06"]}


@given(
    st.dictionaries(
        st.sampled_from(sorted(f.data_key or n for n, f in DetailsForm().fields.items())), st.text()
    )
)
def test_no_input_breaks_the_form(typed: dict[str, str]) -> None:
    filled = fill(**typed)
    assert filled.errors or selection_of(filled)


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
AMOUNTS = st.decimals(0, 10**6, places=4, allow_nan=False)


@given(
    st.builds(
        Selection,
        period=st.sampled_from(["current", "2026-10"]),
        product=st.sampled_from([None, "telephony", "mobile"]),
        types=st.sampled_from([(), ("mobile",), ("sms", "other", "mobile")]),
        sender=st.sampled_from([None, "0612", "+3212"]),
        receiver=st.sampled_from([None, "08500016"]),
        amount=st.none() | st.tuples(st.sampled_from(["eq", "gt", "lt"]), AMOUNTS),
        duration=st.none() | st.tuples(st.sampled_from(["eq", "gt", "lt"]), st.integers(0, 604_800)),
    )
)
def test_an_address_leads_back_to_its_selection(selection: Selection) -> None:
    filled = read(DetailsForm(), MultiDict(selection.to_query()))
    assert filled.errors == {}
    assert selection_of(filled) == selection
