"""Who can stand below whom in the tree of operator, partners and customers."""

from __future__ import annotations

import pytest

from services.identity.domain.customers import (
    Customer,
    Kind,
    Product,
    changed,
    check_kind,
    check_parent,
    products_of,
    told,
    with_told,
)
from services.identity.domain.particulars import Address
from shared.errors import Conflict, Invalid


def company(kind: Kind) -> Customer:
    return Customer(
        id="f" * 32, number=10_001, name="Voorbeeld B.V.", kind=kind, parent_id=None, products=(Product.VOIP,)
    )


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (Kind.PARTNER, Kind.OPERATOR),
        (Kind.CUSTOMER, Kind.OPERATOR),
        (Kind.CUSTOMER, Kind.PARTNER),
    ],
)
def test_the_tree_grows_from_operator_over_partner_to_customer(kind: Kind, parent: Kind) -> None:
    check_parent(kind, company(parent))


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize(
    ("kind", "parent", "sentence"),
    [
        (Kind.PARTNER, Kind.PARTNER, "Voorbeeld B.V. is zelf ICT-partner. Kies de operator."),
        (Kind.PARTNER, Kind.CUSTOMER, "Voorbeeld B.V. is zelf klant. Kies de operator."),
        (
            Kind.CUSTOMER,
            Kind.CUSTOMER,
            "Voorbeeld B.V. is zelf klant. Kies de operator of een ICT-partner.",
        ),
    ],
)
def test_anything_else_is_refused_with_what_to_choose(kind: Kind, parent: Kind, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_parent(kind, company(parent))
    assert refused.value.fields == {"parent_id": [sentence]}


def test_products_come_once_and_in_a_fixed_order() -> None:
    assert products_of(["mobile", "voip", "mobile"]) == (Product.VOIP, Product.MOBILE)


def test_the_event_tells_the_state() -> None:
    event = changed(company(Kind.CUSTOMER))
    assert (event.number, event.customer_name, event.products, event.revision) == (
        10_001,
        "Voorbeeld B.V.",
        ("voip",),
        1,
    )


@pytest.mark.feature("ID-12")
def test_the_event_tells_what_a_bill_needs() -> None:
    street = {
        "street": "Voorbeeldstraat",
        "house_number": "16",
        "postcode": "9999 AA",
        "city": "Voorbeeldstad",
    }
    facts = told(
        {"kvk": "00001600", "vat_number": "NL000016000B01", "address": street, "contact": {"name": "Bram"}}
    )
    event = changed(with_told(company(Kind.CUSTOMER), facts))
    assert (event.kvk, event.vat_number, event.contact_name, event.kind) == (
        "00001600",
        "NL000016000B01",
        "Bram",
        "customer",
    )
    assert event.address is not None
    assert (event.address.city, event.address.country) == ("Voorbeeldstad", "NL")
    assert event.invoice_address is None


@pytest.mark.feature("ID-12")
def test_all_that_is_wrong_with_a_company_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        told({"kvk": "1", "vat_number": "x", "address": {"street": "Laan"}, "contact": {"phone": "x"}})
    assert set(refused.value.fields) == {
        "kvk",
        "vat_number",
        "address.house_number",
        "address.postcode",
        "address.city",
        "contact.phone",
    }


def test_a_change_is_one_revision_further_and_no_change_is_none() -> None:
    before = company(Kind.CUSTOMER)
    after = with_told(before, {"name": "Ander B.V."})
    assert (after.revision, after.name) == (2, "Ander B.V.")
    assert with_told(after, {"name": "Ander B.V.", "kvk": ""}) is after
    moved = with_told(after, {"address": Address(street="a", house_number="1", postcode="9999 AA", city="b")})
    assert moved.revision == 3


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize(
    ("before", "after", "below", "allowed"),
    [
        (Kind.CUSTOMER, Kind.PARTNER, 0, True),
        (Kind.PARTNER, Kind.CUSTOMER, 0, True),
        (Kind.PARTNER, Kind.CUSTOMER, 1, False),
        (Kind.PARTNER, Kind.PARTNER, 9, True),
        (Kind.OPERATOR, Kind.OPERATOR, 9, True),
        (Kind.OPERATOR, Kind.CUSTOMER, 0, False),
        (Kind.CUSTOMER, Kind.OPERATOR, 0, False),
    ],
)
def test_which_company_may_become_what(before: Kind, after: Kind, below: int, allowed: bool) -> None:
    if allowed:
        check_kind(company(before), after, below=below)
    else:
        with pytest.raises(Conflict):
            check_kind(company(before), after, below=below)
