"""Customers and users: each command once, names unique, rules kept under races (real MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity import views
from services.identity.schemas.companies import Customers
from services.identity.usecases import companies, managing
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.identity.conftest import STAFF, Identity, acting_as, at_once


def change_roles(identity: Identity, acting: Acting, user_id: str, *roles: str) -> Any:
    return managing.change_roles(
        identity.store, identity.clock, acting, user_id=user_id, roles=roles, command_id=new_id()
    )


def block(identity: Identity, acting: Acting, user_id: str, blocked: bool = True) -> Any:
    return managing.block_user(
        identity.store, identity.clock, acting, user_id=user_id, blocked=blocked, command_id=new_id()
    )


def managers_of(identity: Identity, customer_id: str) -> int:
    wanted = {"customer_id": customer_id, "roles": "user_management", "blocked": False}
    return int(identity.database["users"].count_documents(wanted))


def find(identity: Identity, **fields: Any) -> Any:
    return views.customers(identity.store, STAFF, **Customers().load(fields))


@pytest.mark.feature("ID-12")
def test_numbers_run_on_from_10001_without_gaps_also_at_once(identity: Identity) -> None:
    made = at_once(8, lambda number: identity.customer(f"Voorbeeld {number}"))
    assert sorted(customer["number"] for customer in made) == list(range(10_002, 10_010))
    with pytest.raises(Invalid):
        identity.customer("Te diep", parent_id=made[0]["id"])
    assert identity.customer("De volgende")["number"] == 10_010


@pytest.mark.feature("ID-12")
def test_a_repeated_command_makes_one_customer_and_gives_the_same_answer(identity: Identity) -> None:
    answers = at_once(20, lambda _: identity.customer("Eén keer B.V.", command_id="bestelling-1"))
    assert all(answer == answers[0] for answer in answers)
    assert len(find(identity, query="eén keer")["rows"]) == 1
    assert identity.events().count("identity.customer.changed.v1") == 3  # the operator, anna's, this one


def test_a_command_id_stands_for_one_command(identity: Identity) -> None:
    identity.customer("Eerste B.V.", command_id="bestelling-1")
    with pytest.raises(Conflict, match="al gebruikt voor iets anders"):
        identity.customer("Tweede B.V.", command_id="bestelling-1")


@pytest.mark.feature("ID-12")
def test_there_is_one_operator_however_many_processes_start(identity: Identity) -> None:
    identity.database.client.drop_database(identity.database.name)
    identity.store = type(identity.store).open(identity.uri)
    at_once(6, lambda _: companies.ensure_operator(identity.store, identity.clock, "Operator"))
    companies.ensure_operator(identity.store, identity.clock, "Operator")
    assert identity.database["customers"].count_documents({}) == 1
    assert identity.events() == ["identity.customer.changed.v1"]
    identity.store.close()


@pytest.mark.feature("ID-12")
def test_customers_are_found_by_name_and_number_page_by_page(identity: Identity) -> None:
    partner = identity.customer("ICT Voorbeeld", products=[], kind="partner")
    under = identity.customer("Garage (Voorbeeld)", parent_id=partner["id"], products=["pbx"])
    assert find(identity, query="(VOORBEELD)")["rows"] == [under]
    assert under["parent_id"] == partner["id"]
    assert find(identity, query=".*")["rows"] == []
    assert find(identity, number=partner["number"])["rows"] == [partner]
    assert [row["kind"] for row in find(identity, number=10_000)["rows"]] == ["operator"]
    page = find(identity, limit=2)
    assert [row["number"] for row in page["rows"]] == [10_001, 10_002]
    assert find(identity, limit=2, after=page["next"]) == {"rows": [under], "next": None}


@pytest.mark.feature("ID-12")
def test_a_partner_that_does_not_exist_is_said_beside_its_field(identity: Identity) -> None:
    with pytest.raises(Invalid) as refused:
        identity.customer("Voorbeeld", parent_id="0" * 32)
    assert refused.value.fields == {"parent_id": ["Deze partner bestaat niet."]}


@pytest.mark.feature("ID-07")
def test_of_many_users_with_one_name_at_once_one_is_made(identity: Identity) -> None:
    customers = [identity.customer(f"Voorbeeld {number}")["id"] for number in range(6)]
    names = ["piet", "Piet", "PIET", "pIet", "piEt", "pieT"]
    answers = at_once(6, lambda number: identity.user(customers[number], names[number]))
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 5
    assert all("username" in problem.details["fields"] for problem in refused)
    assert identity.database["users"].count_documents({"username_key": "piet"}) == 1
    assert identity.events().count("identity.user.changed.v1") == 2  # anna and piet


@pytest.mark.feature("ID-07")
def test_a_repeated_command_makes_one_user(identity: Identity) -> None:
    customer = identity.customer()["id"]
    answers = at_once(20, lambda _: identity.user(customer, "piet", command_id="nieuwe-piet"))
    assert all(answer == answers[0] for answer in answers)
    assert identity.database["users"].count_documents({"customer_id": customer}) == 1


@pytest.mark.feature("ID-07")
def test_all_that_is_wrong_with_a_new_user_is_said_at_once_and_nothing_is_kept(identity: Identity) -> None:
    before = identity.events()
    with pytest.raises(Invalid) as refused:
        identity.user(identity.customer()["id"], "a b", "mobile_limits", password="welkom1")
    assert set(refused.value.fields) == {"username", "password", "roles"}
    with pytest.raises(NotFound):
        identity.user("0" * 32, "piet")
    assert [name for name in identity.events() if "user" in name] == [n for n in before if "user" in n]


def test_no_answer_and_no_event_carries_anything_of_the_password(identity: Identity) -> None:
    answer = identity.user(identity.customer()["id"], "piet")
    assert "password" not in repr(answer)
    kept = [*identity.database["outbox"].find(), *identity.database["commands"].find()]
    assert not any("argon2" in repr(row) or "vlierbes" in repr(row) for row in kept)


@pytest.mark.feature("ID-05")
def test_other_roles_are_published_with_a_new_epoch(identity: Identity) -> None:
    user = identity.user(identity.customer()["id"], "piet", "mobile_access", "mobile_limits")
    changed = change_roles(identity, STAFF, user["id"], "invoices")
    assert (changed["roles"], changed["epoch"]) == (["invoices"], 2)
    assert change_roles(identity, STAFF, user["id"], "invoices")["epoch"] == 2
    assert identity.events().count("identity.user.changed.v1") == 3  # anna, piet, piet's roles


@pytest.mark.feature("ID-04")
def test_a_blocked_user_is_kept_out_and_let_in_again(identity: Identity) -> None:
    customer = identity.customer()["id"]
    boss = acting_as(identity.user(customer, "baas", "user_management"))
    user = identity.user(customer, "piet")
    assert block(identity, boss, user["id"])["blocked"]
    assert not identity.login("piet")["ok"]
    acting = Acting(kind="user", scope="customer", customer_id=customer, user_id=user["id"])
    with pytest.raises(Forbidden):
        views.account(identity.store, acting)
    block(identity, boss, user["id"], blocked=False)
    assert identity.login("piet")["user"]["epoch"] == 3
    assert views.account(identity.store, acting)["user"]["epoch"] == 3


@pytest.mark.feature("ID-04")
def test_nobody_blocks_themselves(identity: Identity) -> None:
    user = identity.user(identity.customer()["id"], "baas", "user_management")
    with pytest.raises(Conflict, match="uzelf"):
        block(identity, acting_as(user), user["id"])


@pytest.mark.feature("ID-04")
def test_users_of_others_are_as_if_they_did_not_exist(identity: Identity) -> None:
    boss = acting_as(identity.user(identity.customer()["id"], "baas", "user_management"))
    foreign = identity.database["users"].find_one({"username": "anna"})["_id"]
    told = []
    for user_id in (foreign, "0" * 32):
        with pytest.raises(NotFound) as refused:
            change_roles(identity, boss, user_id, "invoices")
        told.append(refused.value.to_wire())
        with pytest.raises(NotFound):
            block(identity, boss, user_id)
    assert told[0] == told[1]


@pytest.mark.feature("ID-04")
def test_without_the_role_nobody_manages_users(identity: Identity) -> None:
    user = identity.user(identity.customer()["id"], "piet", "settings")
    acting = Acting(
        kind="user",
        scope="customer",
        customer_id=user["customer_id"],
        user_id=user["id"],
        roles=("settings",),
    )
    with pytest.raises(Forbidden):
        change_roles(identity, acting, user["id"], "user_management")


@pytest.mark.feature("ID-04")
@pytest.mark.parametrize("attack", ["take the role", "block"])
def test_of_two_managers_who_remove_each_other_at_once_one_remains(identity: Identity, attack: str) -> None:
    customer = identity.customer()["id"]
    pair = [identity.user(customer, name, "user_management") for name in ("kain", "abel")]

    def remove(number: int) -> Any:
        actor, victim = acting_as(pair[number]), pair[1 - number]["id"]
        return block(identity, actor, victim) if attack == "block" else change_roles(identity, actor, victim)

    answers = at_once(2, remove)
    assert sum(isinstance(answer, Forbidden) for answer in answers) == 1
    assert managers_of(identity, customer) == 1


@pytest.mark.feature("ID-04")
def test_of_two_managers_who_both_step_down_at_once_one_remains(identity: Identity) -> None:
    customer = identity.customer()["id"]
    pair = [identity.user(customer, name, "user_management") for name in ("kain", "abel")]
    answers = at_once(2, lambda number: change_roles(identity, acting_as(pair[number]), pair[number]["id"]))
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert managers_of(identity, customer) == 1


@pytest.mark.feature("ID-04")
def test_a_manager_who_lost_the_role_a_moment_ago_does_not_use_it(identity: Identity) -> None:
    customer = identity.customer()["id"]
    first, second = (identity.user(customer, name, "user_management") for name in ("eva", "lea"))
    change_roles(identity, STAFF, second["id"], "invoices")
    with pytest.raises(Forbidden):
        block(identity, acting_as(second), first["id"])
