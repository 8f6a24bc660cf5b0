"""What staff fill in: IBANs, amounts, logos, periods."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.invoicing.domain import periods
from services.invoicing.domain.iban import is_iban, normal, shown
from services.invoicing.schemas.fields import PNG, Amount, Iban, Logo
from services.invoicing.schemas.requests import AddCharge, Archive
from shared.errors import Invalid

GOOD = ("NL37TEST0000016000", "NL13TEST0123456789", "BE71 0961 2345 6769", "de75 5121 0800 1245 1261 99")


@pytest.mark.parametrize("text", GOOD)
def test_an_iban_in_any_notation(text: str) -> None:
    assert is_iban(normal(text))
    assert normal(shown(normal(text))) == normal(text)


@given(st.sampled_from(GOOD).map(normal), st.integers(4, 15), st.integers(1, 9))
def test_one_wrong_digit_is_found(iban: str, place: int, more: int) -> None:
    if iban[place].isdigit():
        other = str((int(iban[place]) + more) % 10)
        assert not is_iban(iban[:place] + other + iban[place + 1 :])


@pytest.mark.parametrize("text", ["NL37TEST000001600", "NL38TEST0000016000", "geen", "NL37TEST00000160001"])
def test_what_is_no_iban_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Dit is geen IBAN"):
        Iban().deserialize(text)


@pytest.mark.parametrize("value", ["1.001", "-1", "10000001", 1.5, "NaN", "een"])
def test_what_is_no_amount_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Amount(2, False).deserialize(value)


def test_amounts() -> None:
    assert Amount(2, False).deserialize("12.500") == Decimal("12.5")
    assert Amount(2, True).deserialize("-3") == Decimal(-3)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>'


@pytest.mark.parametrize("content", [SVG, PNG + b"x", b""])
def test_a_logo(content: bytes) -> None:
    assert Logo().deserialize(base64.b64encode(content).decode()) == content


@pytest.mark.parametrize("content", [BOMB, b"<html/>", b"GIF89a", b"<svg", b"\x00" * 200_001])
def test_what_is_no_logo_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        Logo().deserialize(base64.b64encode(content).decode())


@pytest.mark.feature("INV-01")
def test_the_archives_filters_have_the_names_of_its_columns() -> None:
    found = Archive().load({"issued_from": "2026-01-01", "sent_to": "2026-12-31", "amount_from": "1.50"})
    assert (found["issued_on_from"].year, found["sent_on_to"].month, found["amount_from"]) == (
        2026,
        12,
        Decimal("1.50"),
    )
    assert found["sort"] == "-issued_on"


def test_a_charge_needs_a_price_of_some_kind() -> None:
    wanted = {"customer_id": "1" * 32, "kind": "one_off", "starts": "2026-10-01", "command_id": "12345678"}
    with pytest.raises(ValidationError, match="price"):
        AddCharge().load({**wanted, "description": "Post"})
    assert AddCharge().load({**wanted, "product": "toestel"})["quantity"] == 1


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-11", "2027-02", ("2026-11", "2026-12", "2027-01", "2027-02")),
        ("2026-11", "2026-11", ("2026-11",)),
        ("2026-11", "2026-10", ()),
    ],
)
def test_periods_between(first: str, last: str, found: tuple[str, ...]) -> None:
    assert periods.between(first, last) == found


def test_periods() -> None:
    assert periods.last_day("2028-02").day == 29
    assert periods.shifted("2026-01", -1) == "2025-12"
    assert periods.named("2026-10") == "oktober 2026"
    for wrong in ("2026-00", "2026-13", "26-10", "2026-1", "oktober"):
        with pytest.raises(Invalid):
            periods.checked(wrong)
