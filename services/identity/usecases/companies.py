"""Which customers and partners there are."""

from __future__ import annotations

from collections.abc import Sequence

from services.identity.domain import customers
from services.identity.domain.customers import Customer, Kind
from services.identity.schemas.replies import Reply, customer_reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from shared.errors import Invalid
from shared.ids import new_id


def ensure_operator(store: Store, clock: Clock, name: str) -> None:
    """The root of the tree is there from the first start on."""
    if store.operator():
        return

    def work(changes: Changes) -> Reply:
        number = changes.next_number("customers", customers.FIRST_NUMBER)
        root = Customer(
            id=new_id(), number=number, name=name, kind=Kind.OPERATOR, parent_id=None, products=()
        )
        changes.add_customer(root)
        return customer_reply(root)

    store.once("ensure-operator", (), clock(), work)


def create_customer(
    store: Store,
    clock: Clock,
    *,
    name: str,
    products: Sequence[str],
    kind: str,
    parent_id: str | None,
    command_id: str,
) -> Reply:
    """A customer or partner, below the operator unless ``parent_id`` names a partner."""

    def work(changes: Changes) -> Reply:
        parent = changes.customer(parent_id) if parent_id else changes.operator()
        if parent is None:
            raise Invalid(fields={"parent_id": ["Deze partner bestaat niet."]})
        customers.check_parent(Kind(kind), parent)
        customer = Customer(
            id=new_id(),
            number=changes.next_number("customers", customers.FIRST_NUMBER),
            name=name,
            kind=Kind(kind),
            parent_id=parent.id,
            products=customers.products_of(products),
        )
        changes.add_customer(customer)
        return customer_reply(customer)

    request = ("create_customer", name, sorted(products), kind, parent_id)
    return store.once(command_id, request, clock(), work)
