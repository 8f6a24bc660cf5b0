"""Who can stand below whom in the tree of operator, partners and customers."""

from __future__ import annotations

import pytest

from services.identity.domain.customers import Customer, Kind, Product, changed, check_parent, products_of
from shared.errors import Invalid


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
