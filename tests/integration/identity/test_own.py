"""*Mijn gegevens*: one's own details, username and password (real MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity import views
from services.identity.domain.credentials import SHORTEST_PASSWORD
from services.identity.domain.lockout import OWN_PASSWORD
from services.identity.domain.users import Details, Gender
from services.identity.usecases import managing, own
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, TooMany
from shared.ids import new_id
from tests.integration.identity.conftest import PASSWORD, SEALER, STAFF, Identity, acting_as, at_once

NEW = "kruisbessenjam"

pytestmark = pytest.mark.feature("ID-08")


@pytest.fixture
def nora(identity: Identity) -> Acting:
    customer = identity.customer("Garage Voorbeeld")["id"]
    return acting_as(identity.user(customer, "nora", "invoices", email="nora@example.nl"))


def change_password(identity: Identity, acting: Acting, old: str, new: str, **fields: Any) -> Any:
    return own.change_password(
        identity.store,
        identity.passwords,
        SEALER,
        identity.clock,
        SHORTEST_PASSWORD,
        acting,
        old=old,
        new=new,
        **({"command_id": new_id()} | fields),
    )


def change_details(identity: Identity, acting: Acting, **details: Any) -> Any:
    asked = Details(**({"email": "nora@example.nl"} | details))
    return own.change_details(identity.store, identity.clock, acting, details=asked, command_id=new_id())


def change_username(identity: Identity, acting: Acting, username: str) -> Any:
    return own.change_username(identity.store, identity.clock, acting, username=username, command_id=new_id())


def test_a_person_changes_what_is_known_of_them_and_stays_logged_in(identity: Identity, nora: Acting) -> None:
    told = {"title": "drs.", "first_name": "Nora", "last_name": "Wit", "gender": Gender.OTHER}
    assert change_details(identity, nora, **told)["last_name"] == "Wit"
    account = views.account(identity.store, nora)["user"]
    assert account | told == account
    assert (account["epoch"], account["roles"]) == (1, ["invoices"])
    assert identity.queued() == []


def test_another_address_is_noticed_at_the_old_one(identity: Identity, nora: Acting) -> None:
    change_details(identity, nora, email="nora@elders.nl")
    assert identity.queued() == [("email_changed", "nora@example.nl")]
    with pytest.raises(Invalid) as refused:
        change_details(identity, nora, email="")
    assert set(refused.value.fields) == {"email"}


def test_a_person_logs_in_under_another_name(identity: Identity, nora: Acting) -> None:
    assert change_username(identity, nora, "nora.wit")["username"] == "nora.wit"
    assert identity.login("nora.wit")["ok"]
    assert not identity.login("nora")["ok"]
    assert change_username(identity, nora, "NORA.wit")["username"] == "NORA.wit"


def test_a_name_that_is_taken_or_cannot_be_is_refused(identity: Identity, nora: Acting) -> None:
    with pytest.raises(Conflict, match="ANNA is al in gebruik") as taken:
        change_username(identity, nora, "ANNA")
    assert "username" in taken.value.details["fields"]
    with pytest.raises(Invalid):
        change_username(identity, nora, "a b")
    assert identity.login("nora")["ok"]


def test_of_many_who_want_one_name_at_once_one_gets_it(identity: Identity, nora: Acting) -> None:
    people = [acting_as(identity.user(nora.customer_id or "", f"user{number}")) for number in range(5)]
    answers = at_once(5, lambda number: change_username(identity, people[number], "directie"))
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 4


def test_with_the_old_password_one_chooses_a_new_one_and_other_sessions_end(
    identity: Identity, nora: Acting
) -> None:
    assert change_password(identity, nora, PASSWORD, NEW) == {"epoch": 2}
    assert identity.login("nora", NEW)["user"]["epoch"] == 2
    assert not identity.login("nora", PASSWORD)["ok"]
    assert identity.queued() == [("password_changed", "nora@example.nl")]
    kept = [*identity.database["outbox"].find(), *identity.database["commands"].find()]
    assert not any(secret in repr(row) for row in kept for secret in (NEW, PASSWORD, "argon2"))


def test_a_repeated_command_changes_it_once(identity: Identity, nora: Acting) -> None:
    command = new_id()
    answers = [change_password(identity, nora, PASSWORD, NEW, command_id=command) for _ in range(2)]
    assert answers == [{"epoch": 2}] * 2


def test_the_same_command_with_another_password_is_not_done(identity: Identity, nora: Acting) -> None:
    """Whoever hears that it is done must be able to log in with what they typed last."""
    command = new_id()
    change_password(identity, nora, PASSWORD, NEW, command_id=command)
    with pytest.raises(Conflict):
        change_password(identity, nora, PASSWORD, "weer wat anders", command_id=command)
    assert identity.login("nora", NEW)["ok"]


def test_all_that_is_wrong_with_a_new_password_is_said_at_once(identity: Identity, nora: Acting) -> None:
    with pytest.raises(Invalid) as refused:
        change_password(identity, nora, "iets anders", "nora1")
    assert set(refused.value.fields) == {"old", "new"}
    with pytest.raises(Invalid) as refused:
        change_password(identity, nora, PASSWORD, PASSWORD)
    assert refused.value.fields == {"new": ["Dit is uw wachtwoord al. Kies een ander."]}
    assert identity.login("nora")["user"]["epoch"] == 1


@pytest.mark.feature("ID-11")
def test_the_old_password_cannot_be_guessed_at_leisure(identity: Identity, nora: Acting) -> None:
    def guess() -> None:
        with pytest.raises(Invalid):
            change_password(identity, nora, "iets anders", NEW)

    for _ in range(OWN_PASSWORD.tries):
        guess()
    for wait in (60, 120, 300, 900, 900):
        with pytest.raises(TooMany) as refused:
            change_password(identity, nora, PASSWORD, NEW)
        assert refused.value.retry_after == wait
        identity.clock.advance(seconds=wait)
        guess()
    identity.clock.advance(seconds=900)
    assert change_password(identity, nora, PASSWORD, NEW) == {"epoch": 2}
    assert identity.login("nora", NEW)["ok"]  # its own count, and now it is empty again
    change_password(identity, nora, NEW, PASSWORD)


@pytest.mark.feature("ID-11")
def test_of_twenty_guesses_at_once_five_are_tried(identity: Identity, nora: Acting) -> None:
    identity.watched.hashes = 0
    answers = at_once(20, lambda _: change_password(identity, nora, "iets anders", NEW))
    assert sum(isinstance(answer, Invalid) for answer in answers) == 5
    assert sum(isinstance(answer, TooMany) for answer in answers) == 15
    assert identity.watched.hashes == 5


def test_of_two_new_passwords_at_once_one_is_chosen(identity: Identity, nora: Acting) -> None:
    new = ["kruisbessenjam", "pruimenmoesje"]
    answers = at_once(2, lambda number: change_password(identity, nora, PASSWORD, new[number]))
    assert sum(answer == {"epoch": 2} for answer in answers) == 1
    winner = next(number for number in range(2) if answers[number] == {"epoch": 2})
    assert isinstance(answers[1 - winner], (Conflict, Invalid))
    assert identity.login("nora", new[winner])["ok"]


def test_who_is_blocked_changes_nothing_any_more(identity: Identity, nora: Acting) -> None:
    managing.block_user(
        identity.store,
        identity.clock,
        STAFF,
        user_id=nora.user_id or "",
        blocked=True,
        command_id=new_id(),
    )
    acts: list[Any] = [
        lambda: change_details(identity, nora),
        lambda: change_username(identity, nora, "nora2"),
        lambda: change_password(identity, nora, PASSWORD, NEW),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
