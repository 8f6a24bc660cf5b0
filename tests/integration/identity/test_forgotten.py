"""Forgotten passwords: links by mail that open once, in time, for their user (real MongoDB and SMTP)."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import monitoring

from services.identity.domain.lockout import RESET_OF_ACCOUNT, RESETS_FROM_ADDRESS
from services.identity.domain.users import Details
from services.identity.store import Store
from services.identity.usecases import managing
from shared import mongo
from shared.errors import Conflict, Invalid, NotFound, TooMany
from shared.ids import new_id
from tests.integration.identity.conftest import OFFICE, STAFF, Identity, at_once
from tests.integration.identity.links import NEW, is_void, link, mailed
from tests.integration.identity.mail_server import MailServer, text_of


@pytest.fixture
def ben(identity: Identity) -> Any:
    """A user with an address; anna has none."""
    customer = identity.customer("Garage Voorbeeld")["id"]
    return identity.user(customer, "ben", email="ben@example.nl", first_name="Ben")


@pytest.mark.feature("ID-02")
@pytest.mark.parametrize("who", ["ben", " BEN ", "ben@example.nl", "Ben@Example.NL"])
def test_by_username_or_address_one_gets_a_link_and_with_it_a_password(
    identity: Identity, ben: Any, mail_server: MailServer, who: str
) -> None:
    assert identity.forgot(who.strip()) == {}
    token = mailed(identity, mail_server)
    assert [mail["To"] for mail in mail_server.taken] == ["ben@example.nl"]
    assert "tot 22-11-2026 om 14:00 uur" in text_of(mail_server.taken[0])
    assert link(identity, token) == {"purpose": "reset", "username": "ben"}
    assert identity.set_password(token) == {"username": "ben"}
    assert identity.login("ben", NEW)["user"]["epoch"] == 2
    assert identity.events().count("identity.user.changed.v1") == 3  # anna, ben, ben's password


@pytest.mark.feature("ID-02")
def test_the_new_password_is_noticed_by_mail(identity: Identity, ben: Any, mail_server: MailServer) -> None:
    identity.forgot("ben")
    identity.set_password(mailed(identity, mail_server))
    assert identity.queued() == [("password_changed", "ben@example.nl")]


@pytest.mark.feature("ID-02")
def test_a_link_opens_once_also_for_twenty_at_once(
    identity: Identity, ben: Any, mail_server: MailServer
) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    answers = at_once(20, lambda number: identity.set_password(token, f"kruisbessenjam{number}x"))
    assert sum(answer == {"username": "ben"} for answer in answers) == 1
    assert sum(isinstance(answer, NotFound) for answer in answers) == 19
    assert identity.database["users"].find_one({"username": "ben"})["epoch"] == 2
    assert is_void(identity, token)


@pytest.mark.feature("ID-02")
def test_a_repeated_command_with_a_used_link_gives_its_answer_again(
    identity: Identity, ben: Any, mail_server: MailServer
) -> None:
    identity.forgot("ben")
    token, command = mailed(identity, mail_server), new_id()
    first = identity.set_password(token, command_id=command)
    assert identity.set_password(token, command_id=command) == first
    assert identity.login("ben", NEW)["user"]["epoch"] == 2
    with pytest.raises(Conflict):
        identity.set_password("another link", command_id=command)


@pytest.mark.feature("ID-02")
def test_a_link_lives_an_hour(identity: Identity, ben: Any, mail_server: MailServer) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    identity.clock.advance(minutes=59, seconds=59)
    assert link(identity, token)["username"] == "ben"
    identity.clock.advance(seconds=1)
    assert is_void(identity, token)


def change_user(identity: Identity, ben: Any, token: str, change: str) -> None:
    """Something by which a link of before means another user."""
    fields: dict[str, Any] = {"user_id": ben["id"], "command_id": new_id()}
    if change == "password":
        identity.set_password(token)
    elif change == "address":
        managing.change_user(
            identity.store, identity.clock, STAFF, details=Details(email="ben@elders.nl"), **fields
        )
    elif change == "block":
        managing.block_user(identity.store, identity.clock, STAFF, blocked=True, **fields)
    else:
        managing.delete_user(identity.store, identity.clock, STAFF, **fields)


@pytest.mark.feature("ID-02")
@pytest.mark.parametrize("change", ["password", "address", "block", "deletion"])
def test_what_changes_after_it_voids_a_link(
    identity: Identity, ben: Any, mail_server: MailServer, change: str
) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    identity.forgot("ben")
    change_user(identity, ben, mailed(identity, mail_server), change)
    assert is_void(identity, token)


@pytest.mark.feature("ID-02")
def test_other_roles_and_logging_in_leave_a_link_as_it_is(
    identity: Identity, ben: Any, mail_server: MailServer
) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    managing.change_roles(
        identity.store, identity.clock, STAFF, user_id=ben["id"], roles=["invoices"], command_id=new_id()
    )
    assert identity.login("ben")["ok"]
    assert link(identity, token)["username"] == "ben"


def test_a_weak_password_is_refused_and_the_link_still_opens(
    identity: Identity, ben: Any, mail_server: MailServer
) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    with pytest.raises(Invalid) as refused:
        identity.set_password(token, "welkom01")
    assert set(refused.value.fields) == {"password"}
    assert identity.set_password(token)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "A" * 5000, "../../etc/passwd"])
def test_what_never_was_a_token_opens_nothing(identity: Identity, token: str) -> None:
    assert is_void(identity, token)


@pytest.mark.feature("ID-02")
def test_the_token_is_kept_nowhere(identity: Identity, ben: Any, mail_server: MailServer) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    for name in identity.database.list_collection_names():
        assert token not in repr(list(identity.database[name].find())), name
    assert len(token) == 43  # 256 bits


@pytest.mark.feature("ID-02")
def test_everybody_with_the_address_gets_a_link_of_their_own(
    identity: Identity, ben: Any, mail_server: MailServer
) -> None:
    identity.user(ben["customer_id"], "bob", email="ben@example.nl")
    identity.forgot("ben@example.nl")
    mailed(identity, mail_server)
    assert sorted("bob" in text_of(mail) for mail in mail_server.taken) == [False, True]


class Commands(monitoring.CommandListener):
    """What is asked of the database."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        command = event.command
        documents = len(command["documents"]) if "documents" in command else None
        self.asked.append((event.command_name, command.get(event.command_name), documents))  # type: ignore[arg-type]

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


@pytest.mark.feature("ID-11")
def test_the_answer_and_the_work_are_the_same_whether_there_is_an_account(
    identity: Identity, ben: Any, mail_server: MailServer
) -> None:
    blocked = identity.user(ben["customer_id"], "bram", email="bram@example.nl")
    identity.database["users"].update_one({"_id": blocked["id"]}, {"$set": {"blocked": True}})
    listener = Commands()
    identity.store = Store(mongo.connect(identity.uri, event_listeners=[listener]))
    identity.store.operator()  # connected
    works = []
    for who in ("ben", "ben@example.nl", "nobody.here", "nobody@example.nl", "bram", "anna"):
        listener.asked.clear()
        assert identity.forgot(who) == {}
        works.append(list(listener.asked))
    assert works[0]
    assert all(work == works[0] for work in works)
    identity.store.close()


@pytest.mark.feature("ID-02")
@pytest.mark.parametrize("who", ["nobody.here", "anna", "bram"])
def test_nobody_blocked_or_without_an_address_gets_no_mail(
    identity: Identity, ben: Any, mail_server: MailServer, who: str
) -> None:
    identity.user(ben["customer_id"], "bram", email="bram@example.nl")
    identity.database["users"].update_one({"username": "bram"}, {"$set": {"blocked": True}})
    identity.forgot(who)
    assert identity.sender(mail_server).run_once()
    assert mail_server.taken == []
    assert identity.database["mails"].count_documents({}) == 0
    assert "identity.mail.failed.v1" not in identity.events()


@pytest.mark.feature("ID-11")
def test_an_account_gets_three_and_then_one_now_and_then_without_a_word(identity: Identity, ben: Any) -> None:
    for number in range(8):
        assert identity.forgot("ben", f"192.0.2.{number}") == {}
    assert len(identity.queued()) == RESET_OF_ACCOUNT.tries
    identity.clock.advance(minutes=1)
    identity.forgot("ben")
    assert len(identity.queued()) == RESET_OF_ACCOUNT.tries + 1


@pytest.mark.feature("ID-11")
def test_an_address_that_asks_too_often_is_told_to_wait_and_others_are_not(
    identity: Identity, ben: Any
) -> None:
    for number in range(RESETS_FROM_ADDRESS.tries):
        identity.forgot(f"guess{number}")
    with pytest.raises(TooMany) as refused:
        identity.forgot("ben")
    assert refused.value.retry_after == 60
    identity.forgot("ben", "198.51.100.9")
    assert ("reset", "ben@example.nl") in identity.queued()
    assert identity.login("ben", address=OFFICE)["ok"]


@pytest.mark.feature("ID-02")
@pytest.mark.parametrize("change", ["password", "address", "block", "deletion"])
def test_what_changes_before_it_is_sent_makes_a_link_unwanted(
    identity: Identity, ben: Any, mail_server: MailServer, change: str
) -> None:
    identity.forgot("ben")
    token = mailed(identity, mail_server)
    identity.forgot("ben")
    change_user(identity, ben, token, change)
    mail_server.taken.clear()
    sender = identity.sender(mail_server)
    while sender.run_once():
        pass
    assert [mail["Subject"] for mail in mail_server.taken if "Kies" in mail["Subject"]] == []
    assert identity.database["mails"].count_documents({"letter": "reset", "state": {"$ne": "sent"}}) == 0
