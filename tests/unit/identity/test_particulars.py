"""What a company tells of itself: registrations, addresses, whom to reach."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.particulars import (
    Address,
    Contact,
    address_of,
    contact_of,
    countries,
    kvk_of,
    vat_number_of,
)
from shared.errors import Invalid

pytestmark = pytest.mark.feature("ID-12")

STREET = {"street": "Voorbeeldstraat", "house_number": "16", "postcode": "9999AA", "city": "Voorbeeldstad"}


def refused(act: Any, *given: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as problem:
        act(*given)
    return problem.value.fields


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("00001600", "00001600"), ("0000 16 00", "00001600"), ("0000.1600", "00001600"), ("", ""), (None, "")],
)
def test_a_kvk_number_is_kept_as_eight_digits(typed: str | None, kept: str) -> None:
    assert kvk_of(typed) == kept


@pytest.mark.parametrize("typed", ["1600", "000016000", "0000160a", "٠٠٠٠١٦٠٠"])
def test_what_is_no_kvk_number(typed: str) -> None:
    assert refused(kvk_of, typed) == {"kvk": ["Een KvK-nummer heeft 8 cijfers."]}


@given(st.text(alphabet="0123456789 .-", max_size=20))
def test_a_kvk_number_is_eight_digits_nothing_or_refused(typed: str) -> None:
    digits = "".join(c for c in typed if c.isdigit())
    if len(digits) in (0, 8):
        assert kvk_of(typed) == digits
        assert kvk_of(kvk_of(typed)) == digits
    else:
        assert set(refused(kvk_of, typed)) == {"kvk"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NL123456789B01", "NL123456789B01"),
        ("nl 1234.56.789.b01", "NL123456789B01"),
        ("BE0123456789", "BE0123456789"),
        ("DE 123 456 789", "DE123456789"),
        ("FRXX123456789", "FRXX123456789"),
        ("EL123456789", "EL123456789"),
        ("ATU12345678", "ATU12345678"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_vat_number_of_the_eu_is_kept_without_blanks(typed: str | None, kept: str) -> None:
    assert vat_number_of(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "NL123456789",
        "NL12345678B01",
        "NL123456789C01",
        "123456789B01",
        "US123456789",
        "GB123456789",
        "BE",
        "DEABC",
    ],
)
def test_what_is_no_vat_number(typed: str) -> None:
    assert list(refused(vat_number_of, typed)) == ["vat_number"]


def test_an_address_is_kept_as_one_writes_it() -> None:
    typed = STREET | {"street": "  Voorbeeld   straat ", "postcode": "9999aa"}
    assert address_of("address", typed) == Address(
        street="Voorbeeld straat", house_number="16", postcode="9999 AA", city="Voorbeeldstad", country="NL"
    )


@pytest.mark.parametrize("typed", [None, {}, {"country": "NL"}, {"street": " ", "city": "", "country": ""}])
def test_parts_that_are_all_empty_make_no_address(typed: dict[str, str] | None) -> None:
    assert address_of("address", typed) is None


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"postcode": "0999 AA"}, ["postcode"]),
        ({"postcode": "9999"}, ["postcode"]),
        ({"street": "", "city": ""}, ["street", "city"]),
        ({"house_number": "", "postcode": "x"}, ["house_number", "postcode"]),
        ({"country": "QQ"}, ["country"]),
        ({"country": "EU"}, ["country"]),
        ({"country": "BE", "street": ""}, ["street"]),
    ],
)
def test_all_that_is_wrong_with_an_address_is_said_beside_its_part(
    change: dict[str, str], fields: list[str]
) -> None:
    found = refused(address_of, "invoice_address", STREET | change)
    assert sorted(found) == sorted(f"invoice_address.{name}" for name in fields)


def test_abroad_an_address_may_lack_number_and_postcode() -> None:
    typed = {"street": "Rue Fictive", "city": "Bruxelles", "country": "be", "postcode": "1000"}
    kept = address_of("address", typed)
    assert kept is not None
    assert (kept.postcode, kept.house_number, kept.country) == ("1000", "", "BE")


def test_countries_are_countries() -> None:
    assert {"NL", "BE", "DE", "CW", "GB"} <= countries()
    assert not {"EU", "UN", "ZZ", "EZ", "001"} & countries()


def test_a_contact_may_be_empty_and_a_phone_number_has_digits() -> None:
    assert contact_of(None) == Contact()
    assert contact_of({"name": " Bram ", "phone": "+31 (0)85-000 16 00"}).phone == "+31 (0)85-000 16 00"
    assert list(refused(contact_of, {"phone": "bel maar"})) == ["contact.phone"]
