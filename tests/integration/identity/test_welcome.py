"""Welcome mails: a new user chooses a password with the link in it (real MongoDB and SMTP)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity.domain.users import Details
from services.identity.usecases import managing, new_users
from shared.errors import Conflict, Forbidden, NotFound, TooMany
from shared.ids import new_id
from tests.integration.identity.conftest import Identity, acting_as
from tests.integration.identity.links import NEW, is_void, link, mailed
from tests.integration.identity.mail_server import MailServer, text_of


@pytest.mark.feature("ID-07")
def test_a_welcome_mail_lets_a_new_user_choose_their_password(
    identity: Identity, mail_server: MailServer
) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora", welcome=True, password="")
    assert made["welcome"] == "sent"
    assert not identity.login("nora", "")["ok"]
    token = mailed(identity, mail_server)
    assert "nora" in text_of(mail_server.taken[0])
    identity.clock.advance(days=6, hours=23)
    assert link(identity, token) == {"purpose": "welcome", "username": "nora"}
    identity.set_password(token)
    assert identity.login("nora", NEW)["ok"]
    assert identity.queued() == []  # nobody needs to be told of a first password
    assert is_void(identity, token)


@pytest.mark.feature("ID-07")
def test_roles_given_meanwhile_leave_the_welcome_as_it_is(
    identity: Identity, mail_server: MailServer
) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora", welcome=True)
    token = mailed(identity, mail_server)
    managing.change_roles(
        identity.store, identity.clock, boss, user_id=made["id"], roles=["invoices"], command_id=new_id()
    )
    assert identity.set_password(token) == {"username": "nora"}
    assert identity.login("nora", NEW)["user"]["roles"] == ["invoices"]


def resend(identity: Identity, boss: Any, user_id: str) -> Any:
    return new_users.resend_welcome(
        identity.store, identity.clock, boss, user_id=user_id, command_id=new_id()
    )


@pytest.mark.feature("ID-07")
def test_a_welcome_that_expired_is_sent_again(identity: Identity, mail_server: MailServer) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora", welcome=True)
    first = mailed(identity, mail_server)
    identity.clock.advance(days=7)
    assert is_void(identity, first)
    assert resend(identity, boss, made["id"])["welcome"] == "sent"
    identity.set_password(mailed(identity, mail_server))
    with pytest.raises(Conflict, match="heeft al een wachtwoord"):
        resend(identity, boss, made["id"])


@pytest.mark.feature("ID-07")
@pytest.mark.feature("ID-11")
def test_a_welcome_is_not_sent_again_and_again(identity: Identity) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora", welcome=True)
    for _ in range(5):
        resend(identity, boss, made["id"])
    with pytest.raises(TooMany):
        resend(identity, boss, made["id"])


@pytest.mark.feature("ID-07")
def test_the_welcome_follows_when_the_address_is_mended(identity: Identity, mail_server: MailServer) -> None:
    boss = identity.manager()
    made = identity.colleague(boss, "nora", welcome=True, details=Details(email="noora@example.nl"))
    old = mailed(identity, mail_server)
    changed = managing.change_user(
        identity.store,
        identity.clock,
        boss,
        user_id=made["id"],
        details=Details(email="nora@example.nl"),
        command_id=new_id(),
    )
    assert changed["welcome"] == "sent"
    assert identity.queued() == [("welcome", "nora@example.nl")]
    assert is_void(identity, old)
    assert identity.set_password(mailed(identity, mail_server)) == {"username": "nora"}


@pytest.mark.feature("ID-07")
def test_only_ones_own_managers_send_a_welcome_again(identity: Identity) -> None:
    made = identity.colleague(identity.manager(), "nora", welcome=True)
    stranger = identity.manager("buurman")
    for user_id in (made["id"], "0" * 32):
        with pytest.raises(NotFound):
            resend(identity, stranger, user_id)
    with pytest.raises(Forbidden):
        resend(identity, acting_as(identity.user(made["customer_id"], "piet")), made["id"])
