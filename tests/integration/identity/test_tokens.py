"""Tokens of programs: shown once, never more than their user, gone when they are revoked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.identity.usecases import managing, own, tokens
from shared.acting import Acting
from shared.errors import Conflict, NotFound, TooMany
from shared.ids import new_id
from tests.integration.identity.conftest import OFFICE, PASSWORD, SEALER, Identity, acting_as

pytestmark = pytest.mark.feature("ID-13")


def create(identity: Identity, acting: Acting, name: str = "Boekhouding", *roles: str, **more: Any) -> Any:
    asked = {"expires_on": date(2027, 11, 22), "command_id": new_id()} | more
    return tokens.create(identity.store, identity.clock, acting, name=name, roles=roles, **asked)


def login(identity: Identity, token: str, address: str = OFFICE) -> Any:
    return tokens.login(identity.store, identity.clock, Acting(), token=token, address=address)


@pytest.fixture
def boss(identity: Identity) -> Acting:
    return identity.manager()


@pytest.fixture
def sanne(identity: Identity, boss: Acting) -> Acting:
    """With two roles, at the company of ``boss``."""
    user = identity.user(boss.customer_id or "", "sanne", "settings", "invoices")
    return acting_as(user)


def test_a_token_opens_its_users_account_with_its_own_roles(identity: Identity, sanne: Acting) -> None:
    made = create(identity, sanne, "Boekhouding", "invoices")
    found = login(identity, made["token"])
    assert made["token"].startswith("tik_")
    assert (found["user"]["id"], found["user"]["roles"]) == (sanne.user_id, ["invoices"])
    assert found["customer"]["id"] == sanne.customer_id


def test_it_is_shown_once_and_stored_nowhere(identity: Identity, sanne: Acting) -> None:
    command = new_id()
    made = create(identity, sanne, command_id=command)
    again = create(identity, sanne, command_id=command)
    assert (again["id"], again["token"]) == (made["id"], None)
    everything = [row for name in ("tokens", "commands", "outbox") for row in identity.database[name].find()]
    assert made["token"] not in repr(everything)
    [row] = tokens.own(identity.store, identity.clock, sanne)["rows"]
    assert "token" not in row and "key" not in row


def test_a_role_taken_from_the_user_leaves_the_token_too(
    identity: Identity, sanne: Acting, boss: Acting
) -> None:
    made = create(identity, sanne, "Boekhouding", "invoices", "settings")
    whom = {"user_id": sanne.user_id or "", "command_id": new_id()}
    managing.change_roles(identity.store, identity.clock, boss, roles=["settings"], **whom)
    assert login(identity, made["token"])["user"]["roles"] == ["settings"]


def test_it_ends_with_its_user_with_the_password_and_with_its_day(
    identity: Identity, sanne: Acting, boss: Acting
) -> None:
    first, whom = create(identity, sanne), {"user_id": sanne.user_id or ""}
    for blocked in (True, False):
        managing.block_user(
            identity.store, identity.clock, boss, blocked=blocked, command_id=new_id(), **whom
        )
        assert opens(identity, first["token"]) is not blocked
    change = {"old": PASSWORD, "new": "kruisbessenjam", "command_id": new_id()}
    own.change_password(identity.store, identity.passwords, SEALER, identity.clock, 6, sanne, **change)
    assert not opens(identity, first["token"])
    second = create(identity, sanne, "Een andere")
    identity.clock.advance(days=367)
    assert not opens(identity, second["token"])


def opens(identity: Identity, token: str) -> bool:
    try:
        login(identity, token)
    except NotFound:
        return False
    return True


def test_revoking_is_for_its_owner_and_tells_everybody(
    identity: Identity, sanne: Acting, boss: Acting
) -> None:
    made = create(identity, sanne)
    with pytest.raises(NotFound):
        tokens.revoke(identity.store, identity.clock, boss, token_id=made["id"], command_id=new_id())
    told = identity.events().count("identity.user.changed.v1")
    tokens.revoke(identity.store, identity.clock, sanne, token_id=made["id"], command_id=new_id())
    assert identity.events().count("identity.user.changed.v1") == told + 1
    assert not opens(identity, made["token"])
    assert [entry.data.action for entry in identity.recorded()][-2:] == ["access.created", "access.revoked"]


def test_its_last_use_is_told(identity: Identity, sanne: Acting) -> None:
    made = create(identity, sanne)
    assert made["used_at"] is None
    login(identity, made["token"])
    [row] = tokens.own(identity.store, identity.clock, sanne)["rows"]
    assert (row["used_at"], row["used_from"]) == (identity.clock.now, OFFICE)


def test_a_name_is_of_one_token_and_there_are_twenty_at_most(identity: Identity, sanne: Acting) -> None:
    for number in range(20):
        create(identity, sanne, f"Programma {number}")
    with pytest.raises(Conflict) as taken:
        create(identity, sanne, "programma 7")
    assert "name" in taken.value.details["fields"]
    with pytest.raises(Conflict, match="20"):
        create(identity, sanne, "Nog een")


def test_wrong_tokens_from_an_address_are_throttled_and_right_ones_are_not(
    identity: Identity, sanne: Acting
) -> None:
    made = create(identity, sanne)
    for _ in range(50):
        assert not opens(identity, "tik_bestaat-niet")
    with pytest.raises(TooMany):
        login(identity, "tik_bestaat-niet")
    assert opens(identity, made["token"])
