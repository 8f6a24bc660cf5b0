"""The users of a customer, for who manages them: the list, new ones, what may go (real MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity import views
from services.identity.domain.users import Details, Gender
from services.identity.usecases import managing, own
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import UserChanged, decode
from shared.ids import new_id
from tests.integration.identity.conftest import STAFF, Identity, acting_as, at_once

DETAILS = Details(
    email="nora@example.nl",
    title="ir.",
    initials="N.",
    first_name="Nora",
    infix="van der",
    last_name="Één",
    gender=Gender.FEMALE,
)


def listed(identity: Identity, boss: Acting, query: str = "", page: int = 1, size: int = 25) -> Any:
    return views.users(identity.store, boss, query=query, page=page, size=size)


def names(identity: Identity, boss: Acting, query: str) -> list[str]:
    return [row["username"] for row in listed(identity, boss, query)["rows"]]


def show(identity: Identity, boss: Acting, user_id: str) -> Any:
    return views.user(identity.store, identity.clock, boss, user_id=user_id)


def delete(identity: Identity, acting: Acting, user_id: str, command_id: str | None = None) -> Any:
    return managing.delete_user(
        identity.store, identity.clock, acting, user_id=user_id, command_id=command_id or new_id()
    )


def change(identity: Identity, acting: Acting, user_id: str, details: Details) -> Any:
    return managing.change_user(
        identity.store, identity.clock, acting, user_id=user_id, details=details, command_id=new_id()
    )


def register(identity: Identity, acting: Acting, user_id: str, *registrations: str) -> Any:
    return managing.change_registrations(
        identity.store,
        identity.clock,
        acting,
        user_id=user_id,
        registrations=registrations,
        command_id=new_id(),
    )


@pytest.mark.feature("ID-04")
def test_the_list_has_ones_own_users_by_username_page_by_page(identity: Identity) -> None:
    boss = identity.manager("Mia")
    for name in ("zoe", "Ben", "anna2"):
        identity.colleague(boss, name)
    first, last = (listed(identity, boss, page=page, size=3) for page in (1, 2))
    assert [row["username"] for row in (*first["rows"], *last["rows"])] == ["anna2", "Ben", "Mia", "zoe"]
    assert (first["total"], first["page"], last["page"], last["size"]) == (4, 1, 2, 3)
    assert listed(identity, boss, page=9)["rows"] == []
    assert [row["is_self"] for row in first["rows"]] == [False, False, True]
    assert set(first["rows"][0]) == {
        "id",
        "number",
        "username",
        "email",
        "last_name",
        "infix",
        "first_name",
        "blocked",
        "is_self",
    }


@pytest.mark.feature("ID-04")
def test_the_search_looks_in_every_column_in_any_case(identity: Identity) -> None:
    boss = identity.manager("mia")
    made = identity.colleague(boss, "nora.1", details=DETAILS)
    for query in ("NORA.", "nora@EX", "éÉN", "van DER", "Nora", str(made["number"]), str(made["number"])[1:]):
        assert names(identity, boss, query) == ["nora.1"], query
    for query in ("ir.", ".*", "^nora", "$", "\\d", "n.ra", "argon2", made["id"]):
        assert names(identity, boss, query) == [], query


@pytest.mark.feature("ID-04")
def test_users_of_others_are_neither_listed_nor_shown(identity: Identity) -> None:
    boss, stranger = identity.manager("mia"), identity.manager("buurman")
    foreign = stranger.user_id or ""
    assert names(identity, boss, "buurman") == []
    acts: list[Any] = [
        lambda user_id: show(identity, boss, user_id),
        lambda user_id: change(identity, boss, user_id, DETAILS),
        lambda user_id: register(identity, boss, user_id, "invoices_by_mail"),
        lambda user_id: delete(identity, boss, user_id),
    ]
    for act in acts:
        told = []
        for user_id in (foreign, "0" * 32):
            with pytest.raises(NotFound) as refused:
                act(user_id)
            told.append(refused.value.to_wire())
        assert told[0] == told[1]
    assert show(identity, stranger, foreign)["username"] == "buurman"


@pytest.mark.feature("ID-04")
def test_without_the_role_there_is_no_list(identity: Identity) -> None:
    acting = acting_as(identity.user(identity.customer()["id"], "piet", "settings"))
    acts: list[Any] = [
        lambda: listed(identity, acting),
        lambda: show(identity, acting, acting.user_id or ""),
        lambda: identity.colleague(acting, "nieuw"),
        lambda: change(identity, acting, acting.user_id or "", DETAILS),
        lambda: register(identity, acting, acting.user_id or "", "invoices_by_mail"),
        lambda: delete(identity, acting, "0" * 32),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


@pytest.mark.feature("ID-07")
def test_a_new_user_has_all_that_was_told_and_no_role_yet(identity: Identity) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora", details=DETAILS)
    assert show(identity, boss, made["id"]) == made | {"second_step": False}
    told = {name: made[name] for name in Details.__dataclass_fields__}
    assert told == vars(DETAILS)
    assert (made["roles"], made["registrations"], made["welcome"]) == ([], [], "none")
    assert identity.login("nora")["customer"]["id"] == boss.customer_id
    assert identity.queued() == []


@pytest.mark.feature("ID-07")
def test_all_that_is_wrong_with_a_new_colleague_is_said_at_once(identity: Identity) -> None:
    boss = identity.manager()
    with pytest.raises(Invalid) as refused:
        identity.colleague(boss, "a b", password="welkom1", details=Details())
    assert set(refused.value.fields) == {"username", "password", "email"}
    with pytest.raises(Invalid) as refused:
        identity.colleague(boss, "nora", welcome=True, password="", details=Details())
    assert set(refused.value.fields) == {"email"}
    with pytest.raises(Conflict, match="De gebruikersnaam ANNA is al in gebruik"):
        identity.colleague(boss, "ANNA")


@pytest.mark.feature("ID-07")
def test_a_repeated_registration_makes_one_user_and_one_mail(identity: Identity) -> None:
    boss, command = identity.manager(), new_id()
    answers = at_once(10, lambda _: identity.colleague(boss, "nora", welcome=True, command_id=command))
    assert all(answer == answers[0] for answer in answers)
    assert identity.queued() == [("welcome", "nora@example.nl")]


@pytest.mark.feature("ID-06")
def test_registrations_are_chosen_per_user_and_end_no_session(identity: Identity) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora")
    changed = register(identity, boss, made["id"], "sim_block_confirmation", "voip_high_usage")
    assert changed["registrations"] == ["voip_high_usage", "sim_block_confirmation"]
    assert changed["epoch"] == made["epoch"]
    assert register(identity, boss, made["id"])["registrations"] == []


@pytest.mark.feature("ID-04")
def test_a_deleted_user_is_gone_for_good_and_the_name_is_free(identity: Identity) -> None:
    boss, command = identity.manager(), new_id()
    made = identity.colleague(boss, "nora")
    first = delete(identity, boss, made["id"], command)
    assert delete(identity, boss, made["id"], command) == first
    assert not identity.login("nora")["ok"]
    for again in (show, delete):
        with pytest.raises(NotFound):
            again(identity, boss, made["id"])
    with pytest.raises(Forbidden):
        views.account(identity.store, acting_as(made))
    anew = identity.colleague(boss, "nora")
    assert (anew["id"], anew["number"]) != (made["id"], made["number"])
    assert identity.login("nora")["user"]["id"] == anew["id"]


@pytest.mark.feature("ID-04")
def test_a_deletion_ends_all_sessions(identity: Identity) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora")
    delete(identity, boss, made["id"])
    rows = identity.database["outbox"].find({"name": UserChanged.name}).sort("_id", -1).limit(1)
    [event] = [decode(bytes(row["body"]), UserChanged).data for row in rows]
    assert (event.user_id, event.deleted, event.blocked, event.roles) == (made["id"], True, True, ())
    assert event.epoch > made["epoch"]


@pytest.mark.feature("ID-04")
def test_nobody_deletes_themselves(identity: Identity) -> None:
    boss = identity.manager()
    identity.user(boss.customer_id or "", "tweede", "user_management")
    with pytest.raises(Conflict, match="uzelf"):
        delete(identity, boss, boss.user_id or "")


@pytest.mark.feature("ID-04")
def test_only_staff_delete_the_last_user_manager(identity: Identity) -> None:
    boss = identity.manager()
    assert delete(identity, STAFF, boss.user_id or "")["username"] == "baas"
    assert identity.database["users"].count_documents({"username": "baas"}) == 0


@pytest.mark.feature("ID-04")
@pytest.mark.parametrize("attacks", [("delete", "delete"), ("delete", "block"), ("delete", "take the role")])
def test_of_two_managers_who_remove_each_other_at_once_one_remains(
    identity: Identity, attacks: tuple[str, str]
) -> None:
    customer = identity.customer()["id"]
    pair = [identity.manager(name, customer) for name in ("kain", "abel")]

    def remove(number: int) -> Any:
        actor, victim = pair[number], pair[1 - number].user_id or ""
        fields = {"user_id": victim, "command_id": new_id()}
        if attacks[number] == "delete":
            return managing.delete_user(identity.store, identity.clock, actor, **fields)
        if attacks[number] == "block":
            return managing.block_user(identity.store, identity.clock, actor, blocked=True, **fields)
        return managing.change_roles(identity.store, identity.clock, actor, roles=[], **fields)

    answers = at_once(2, remove)
    assert sum(isinstance(answer, Forbidden) for answer in answers) == 1
    wanted = {"customer_id": customer, "roles": "user_management", "blocked": False}
    assert identity.database["users"].count_documents(wanted) == 1


@pytest.mark.feature("ID-04")
def test_a_ring_of_managers_who_delete_each_other_at_once_leaves_at_least_one(identity: Identity) -> None:
    customer = identity.customer()["id"]
    ring = [identity.manager(f"baas{number}", customer) for number in range(5)]
    answers = at_once(5, lambda number: delete(identity, ring[number], ring[number - 1].user_id or ""))
    left = identity.database["users"].count_documents({"customer_id": customer})
    assert left >= 1
    assert sum(isinstance(answer, dict) for answer in answers) == 5 - left
    assert all(isinstance(answer, (dict, Forbidden)) for answer in answers)


@pytest.mark.feature("ID-04")
def test_a_deletion_and_a_change_by_the_user_at_once_bring_nobody_back(identity: Identity) -> None:
    boss = identity.manager()
    for number in range(5):
        made = identity.colleague(boss, f"nora{number}")

        def act(which: int, made: Any = made) -> Any:
            if which:
                return delete(identity, boss, made["id"])
            return own.change_details(
                identity.store, identity.clock, acting_as(made), details=DETAILS, command_id=new_id()
            )

        answers = at_once(2, act)
        assert isinstance(answers[1], dict)
        assert isinstance(answers[0], (dict, Forbidden))
        assert identity.database["users"].count_documents({"_id": made["id"]}) == 0


def test_a_change_by_a_manager_who_lost_the_role_a_moment_ago_is_refused(identity: Identity) -> None:
    customer = identity.customer()["id"]
    first, second = (identity.manager(name, customer) for name in ("eva", "lea"))
    managing.change_roles(
        identity.store, identity.clock, STAFF, user_id=second.user_id or "", roles=[], command_id=new_id()
    )
    acts: list[Any] = [
        lambda: delete(identity, second, first.user_id or ""),
        lambda: change(identity, second, first.user_id or "", DETAILS),
        lambda: identity.colleague(second, "handlanger"),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_users_of_before_these_fields_are_read_as_if_nothing_was_told(identity: Identity) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora")
    later = ("title", "initials", "gender", "registrations", "invited_at", "password_epoch")
    identity.database["users"].update_one({"_id": made["id"]}, {"$unset": dict.fromkeys(later, "")})
    assert show(identity, boss, made["id"]) == made | {"second_step": False}
