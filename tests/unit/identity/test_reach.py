"""Who works on whose users: what is held now counts, also for staff, and a program changes not its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from msgspec.structs import replace

from services.identity import views
from services.identity.domain.customers import Customer, Kind
from services.identity.domain.users import Role, User
from services.identity.store import Changes, Store
from services.identity.usecases.reach import managed_company, managed_user, reach_of
from shared.acting import Acting
from shared.errors import Forbidden

pytestmark = pytest.mark.feature("ID-04", "ID-12")


def company(id: str, name: str, kind: Kind, parent_id: str | None = None) -> Customer:
    return Customer(id=id * 32, number=1, name=name, kind=kind, parent_id=parent_id, products=())


OPERATOR = company("0", "Operator", Kind.OPERATOR)
BAKERY = company("b", "Bakkerij Voorbeeld B.V.", Kind.CUSTOMER, OPERATOR.id)
MANAGES = (Role.USER_MANAGEMENT,)


def user(id: str, of: Customer, *roles: Role) -> User:
    return User(id=id * 32, number=1, customer_id=of.id, username=id, password_hash="", email="", roles=roles)


ROBIN, COLLEAGUE, ANNA = (user("1", OPERATOR, *MANAGES), user("2", OPERATOR), user("3", BAKERY, *MANAGES))
STAFF = Acting(
    kind="staff", scope="operator", customer_id=OPERATOR.id, user_id=ROBIN.id, roles=("user_management",)
)
LESS = replace(STAFF, roles=())
"""The same person by a token that was made without roles."""


@dataclass
class People:
    """What there is, for reading and for changing."""

    companies: dict[str, Customer] = field(default_factory=lambda: {c.id: c for c in (OPERATOR, BAKERY)})
    people: dict[str, User] = field(default_factory=lambda: {u.id: u for u in (ROBIN, COLLEAGUE, ANNA)})

    def customer(self, customer_id: str) -> Customer | None:
        return self.companies.get(customer_id)

    def user_by_id(self, user_id: str) -> User | None:
        return self.people.get(user_id)

    def user(self, user_id: str, customer_id: str) -> User | None:
        found = self.people.get(user_id)
        return found if found and found.customer_id == customer_id else None

    def hold_users(self, customer_id: str) -> None:
        pass

    def users(self, customer_id: str, *_page: Any) -> tuple[list[User], int]:
        found = [one for one in self.people.values() if one.customer_id == customer_id]
        return found, len(found)


CHANGES, STORE = cast(Changes, People()), cast(Store, People())


def test_colleagues_are_for_what_is_held_now() -> None:
    assert managed_user(CHANGES, STAFF, reach_of(STAFF), COLLEAGUE.id) == COLLEAGUE
    for change in (
        lambda: managed_user(CHANGES, LESS, reach_of(LESS), COLLEAGUE.id),
        lambda: managed_user(CHANGES, LESS, reach_of(LESS), ROBIN.id),
        lambda: managed_company(CHANGES, LESS, reach_of(LESS), OPERATOR.id),
    ):
        with pytest.raises(Forbidden) as refused:
            change()
        assert refused.value.details["role"] == Role.USER_MANAGEMENT


def test_customers_are_for_all_staff() -> None:
    assert managed_user(CHANGES, LESS, reach_of(LESS), ANNA.id) == ANNA


def _users(acting: Acting, company: Customer) -> Any:
    return views.users(STORE, acting, query="", page=1, size=25, customer_id=company.id)


@pytest.mark.parametrize("scope", ["operator", "customer"])
def test_colleagues_are_not_read_without_the_role_either(scope: str) -> None:
    acting = replace(LESS, scope=scope)
    assert _users(STAFF, OPERATOR)["total"] == 2
    assert _users(LESS, BAKERY)["total"] == 1
    with pytest.raises(Forbidden):
        _users(acting, OPERATOR)
    with pytest.raises(Forbidden):
        views.user(STORE, cast(Any, None), acting, user_id=COLLEAGUE.id)


def test_a_program_changes_everybody_but_the_user_it_acts_for() -> None:
    anna = Acting(
        kind="user", scope="customer", customer_id=BAKERY.id, user_id=ANNA.id, roles=("user_management",)
    )
    for person in (anna, STAFF):
        reach, own = reach_of(person), person.user_id or ""
        assert managed_user(CHANGES, person, reach, own).id == own
        program = replace(person, program="7" * 32)
        with pytest.raises(Forbidden):
            managed_user(CHANGES, program, reach, own)
    assert managed_user(CHANGES, replace(STAFF, program="7" * 32), reach_of(STAFF), COLLEAGUE.id)
