"""Who is let in, who waits for how long, and who is not kept out by others (real MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity.domain.lockout import ACCOUNT, ADDRESS, counters
from services.identity.passwords import Cost, Passwords
from services.identity.store import Store
from tests.integration.identity.conftest import OFFICE, PASSWORD, Identity, at_once

STRANGER = "198.51.100.9"


def strangers(count: int) -> list[str]:
    return [f"203.0.113.{number}" for number in range(1, count + 1)]


def refused(attempts_left: int, wait_seconds: int = 0) -> dict[str, Any]:
    return {"ok": False, "attempts_left": attempts_left, "wait_seconds": wait_seconds}


def counted(identity: Identity, username: str = "anna", address: str = OFFICE) -> list[int]:
    """What stands in the database: this account at this address, this account, this address."""
    keys = [c.key for c in counters(username, address).applying(known=False)]
    rows = {row["_id"]: row["count"] for row in identity.database["tries"].find({"_id": {"$in": keys}})}
    return [rows.get(key, 0) for key in keys]


@pytest.mark.feature("ID-01")
def test_the_right_password_opens_the_account(identity: Identity) -> None:
    customer = identity.customer("Garage Voorbeeld", products=["mobile", "voip"])
    user = identity.user(customer["id"], "Ben", "invoices", first_name="Ben", infix="de", last_name="Wit")
    assert identity.login("bEN ") == {
        "ok": True,
        "user": {
            "id": user["id"],
            "username": "Ben",
            "email": "",
            "title": "",
            "initials": "",
            "first_name": "Ben",
            "infix": "de",
            "last_name": "Wit",
            "gender": "",
            "roles": ["invoices"],
            "registrations": [],
            "language": "nl",
            "theme": "system",
            "epoch": 1,
            "must_set_up_second_step": False,
        },
        "customer": {
            "id": customer["id"],
            "number": customer["number"],
            "name": "Garage Voorbeeld",
            "products": ["voip", "mobile"],
        },
        "scope": "customer",
    }


@pytest.mark.feature("ID-12")
def test_where_a_user_belongs_decides_how_far_their_sight_reaches(identity: Identity) -> None:
    operator = identity.store.operator()
    assert operator
    partner = identity.customer("ICT Voorbeeld", products=[], kind="partner")
    identity.user(operator.id, "olga")
    identity.user(partner["id"], "pim")
    assert [identity.login(name)["scope"] for name in ("olga", "pim", "anna")] == [
        "operator",
        "partner",
        "customer",
    ]


@pytest.mark.feature("ID-11")
def test_after_five_wrong_ones_the_wait_grows_and_never_beyond_a_quarter_of_an_hour(
    identity: Identity,
) -> None:
    assert [identity.fail(1) for _ in range(5)] == [
        refused(4),
        refused(3),
        refused(2),
        refused(1),
        refused(0, 60),
    ]
    for wait, next_wait in [(60, 120), (120, 300), (300, 900), (900, 900), (900, 900)]:
        identity.clock.advance(seconds=wait)
        assert identity.fail(1) == refused(0, next_wait)
    identity.clock.advance(seconds=900)
    assert identity.login()["ok"]


@pytest.mark.feature("ID-11")
def test_while_one_waits_even_the_right_password_is_not_looked_at(identity: Identity) -> None:
    identity.fail(5)
    identity.watched.hashes = 0
    identity.clock.advance(seconds=20)
    assert identity.login() == refused(0, 40)
    assert identity.watched.hashes == 0
    identity.clock.advance(seconds=40)
    assert identity.login()["ok"]


@pytest.mark.feature("ID-11")
def test_a_login_wipes_the_mistakes_before_it(identity: Identity) -> None:
    identity.fail(4)
    assert identity.login()["ok"]
    assert counted(identity)[0] == 0
    assert identity.fail(1) == refused(4)


@pytest.mark.feature("ID-11")
def test_mistakes_are_forgotten_after_a_day(identity: Identity) -> None:
    identity.fail(4)
    identity.clock.advance(hours=24)
    assert identity.fail(1) == refused(4)


@pytest.mark.feature("ID-11")
def test_the_answers_are_the_same_whether_the_account_exists_is_blocked_or_not(identity: Identity) -> None:
    blocked = identity.user(identity.customer("Andere Voorbeeld B.V.")["id"], "bram")
    identity.database["users"].update_one({"_id": blocked["id"]}, {"$set": {"blocked": True}})
    answers, hashes = [], []
    for name, password in [("anna", "iets anders"), ("nobody.here", "iets anders"), ("bram", PASSWORD)]:
        identity.watched.hashes = 0
        answers.append([identity.login(name, password) for _ in range(7)])
        hashes.append(identity.watched.hashes)
    assert answers[0] == answers[1] == answers[2]
    assert hashes == [5, 5, 5]


@pytest.mark.feature("ID-11")
def test_of_twenty_wrong_ones_at_once_five_are_tried_and_all_of_them_counted(identity: Identity) -> None:
    answers = at_once(20, lambda _: identity.fail(1))
    assert identity.watched.hashes == 5
    assert sorted(a["attempts_left"] for a in answers if not a["wait_seconds"]) == [1, 2, 3, 4]
    assert sum(a["wait_seconds"] == 60 for a in answers) == 16
    assert counted(identity) == [5, 5, 5]


@pytest.mark.feature("ID-11")
def test_twenty_wrong_ones_at_once_on_twenty_accounts_are_twenty_for_their_address(
    identity: Identity,
) -> None:
    answers = at_once(20, lambda number: identity.fail(1, f"user{number}"))
    assert answers == [refused(4)] * 20
    assert counted(identity, "user0")[2] == 20


@pytest.mark.feature("ID-11")
def test_right_ones_at_once_leave_no_count_behind(identity: Identity) -> None:
    for number in range(8):
        identity.user(identity.customer(f"Voorbeeld {number}")["id"], f"collega{number}")
    assert all(a["ok"] for a in at_once(8, lambda number: identity.login(f"collega{number}")))
    assert counted(identity, "collega0") == [0, 0, 0]


@pytest.mark.feature("ID-11")
def test_a_restart_does_not_shorten_the_wait(identity: Identity) -> None:
    identity.fail(5)
    identity.store = Store.open(identity.uri)
    try:
        assert identity.login() == refused(0, 60)
    finally:
        identity.store.close()


@pytest.mark.feature("ID-11")
def test_strangers_wait_for_an_account_they_hammer_on_and_its_owner_does_not(identity: Identity) -> None:
    assert identity.login()["ok"]
    for address in strangers(7):
        identity.fail(4, address=address)
    assert identity.login(address=STRANGER) == refused(0, 60)
    assert identity.login()["ok"]
    assert counted(identity)[1] == ACCOUNT.tries


@pytest.mark.feature("ID-11")
def test_an_owner_on_a_new_address_waits_only_for_the_strangers(identity: Identity) -> None:
    for address in strangers(6):
        identity.fail(4, address=address)
    assert identity.login()["ok"]  # with the last try: it is given back
    assert identity.fail(1, address=STRANGER) == refused(0, 60)


@pytest.mark.feature("ID-11")
def test_an_address_that_tries_many_accounts_waits_and_its_known_users_do_not(identity: Identity) -> None:
    identity.user(identity.customer("Andere Voorbeeld B.V.")["id"], "ben")
    assert identity.login("ben")["ok"]
    for number in range(ADDRESS.tries):
        last = identity.fail(1, f"guess{number}")
    assert last == refused(0, 60)
    assert identity.login("anna") == refused(0, 60)
    assert identity.login("ben")["ok"]
    assert identity.login("anna", address=STRANGER)["ok"]


@pytest.mark.feature("ID-11")
def test_an_address_is_not_known_for_ever(identity: Identity) -> None:
    assert identity.login()["ok"]
    identity.clock.advance(days=91)
    for address in strangers(7):
        identity.fail(4, address=address)
    assert identity.login() == refused(0, 60)


@pytest.mark.feature("ID-11")
def test_who_must_wait_for_one_reason_is_not_counted_for_another(identity: Identity) -> None:
    for address in strangers(7):
        identity.fail(4, address=address)
    assert identity.fail(3, address=STRANGER) == refused(0, 60)
    assert counted(identity, address=STRANGER) == [0, ACCOUNT.tries, 0]


def test_a_hash_of_an_old_cost_is_made_anew_at_login(identity: Identity) -> None:
    identity.passwords = Passwords(Cost(memory=16, passes=1))
    assert identity.login()["ok"]
    row = identity.database["users"].find_one({"username": "anna"})
    assert row["password_hash"].startswith("$argon2id$v=19$m=16,")
    assert identity.login()["ok"]
