"""A session follows what it changed itself, and comes out of nobody else's change alive."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.epochs import Epochs, Known
from tests.gateway import builders, companies, people
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("ID-08", "ID-09")

OWN = "/mijn-gegevens"
OWN_USER = f"/gebruikers/{builders.USER['id']}"
STEPS = f"{OWN}/twee-stappen"
DETAILS = {"onderdeel": "gegevens", "email": "sanne@bakkerij.example"}
MANAGER = ["user_management"]

UNCHANGED = [
    (OWN, DETAILS),
    (OWN, {"onderdeel": "gebruikersnaam", "gebruikersnaam": "sanne.dewit"}),
    (OWN_USER, DETAILS),
    (OWN_USER, {"onderdeel": "rollen", "rol": MANAGER}),
]
"""What changes nobody's rights."""


@pytest.fixture
def manager(manager: Browser) -> Browser:
    """Of whom the portal knows the epoch, and asks it no more."""
    manager.page(OWN)
    return manager


def ends(browser: Browser) -> bool:
    return browser.get(OWN).status_code == 303


@pytest.mark.parametrize(("address", "form"), UNCHANGED)
def test_a_stolen_session_ends_when_the_owner_has_another_password(
    manager: Browser, rpc: FakeRpc, epochs: Epochs, address: str, form: dict[str, Any]
) -> None:
    """Its change came before the event: the account that identity answers is of after the new password."""
    rpc.answers["identity", "account"] = people.own_account(roles=MANAGER, epoch=2)
    manager.post(address, form)
    epochs.learn(builders.USER["id"], Known(revision=2, epoch=2))  # what identity publishes
    assert ends(manager)


@pytest.mark.parametrize(("address", "form"), UNCHANGED)
def test_it_ends_though_the_event_never_comes(
    manager: Browser, rpc: FakeRpc, address: str, form: dict[str, Any]
) -> None:
    """What identity answered after the change is known from then on."""
    rpc.answers["identity", "account"] = people.own_account(roles=MANAGER, epoch=2)
    manager.post(address, form)
    assert ends(manager)


@pytest.mark.parametrize(("epoch", "goes_on"), [(2, True), (3, False)])
def test_other_roles_of_ones_own_are_one_step(
    manager: Browser, rpc: FakeRpc, epoch: int, goes_on: bool
) -> None:
    roles = [*MANAGER, "invoices"]
    rpc.answers["identity", "account"] = people.own_account(roles=roles, epoch=epoch)
    manager.post(OWN_USER, {"onderdeel": "rollen", "rol": roles})
    assert ends(manager) != goes_on
    if goes_on:
        assert "Inzicht in facturen" in manager.page(OWN).text


@pytest.mark.parametrize("form", [form for address, form in UNCHANGED if address == OWN])
def test_roles_that_somebody_else_gave_end_the_session_too(
    manager: Browser, rpc: FakeRpc, form: dict[str, Any]
) -> None:
    rpc.answers["identity", "account"] = people.own_account(roles=[*MANAGER, "invoices"], epoch=2)
    manager.post(OWN, form)
    assert ends(manager)


PASSWORDS = {
    "onderdeel": "wachtwoord",
    "huidig": "paard batterij",
    "nieuw": "vlierbessensap",
    "bevestig": "vlierbessensap",
}
ANSWERED: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (OWN, PASSWORDS, "change_password", {}),
    (f"{STEPS}/bevestig", {"code": "123456"}, "confirm_second_step", {"recovery_codes": []}),
    (f"{STEPS}/uit", {"wachtwoord": "juist", "code": "123456"}, "end_second_step", {}),
]
"""What ends all other sessions, and says at which epoch this one goes on."""


@pytest.mark.parametrize(("address", "form", "method", "answer"), ANSWERED)
@pytest.mark.parametrize(("epoch", "goes_on"), [(1, True), (2, True), (3, False)])
def test_what_ended_the_others_does_not_revive_a_session_that_was_over(
    sanne: Browser,
    rpc: FakeRpc,
    epochs: Epochs,
    address: str,
    form: dict[str, Any],
    method: str,
    answer: dict[str, Any],
    epoch: int,
    goes_on: bool,
) -> None:
    """Turning the second step on asks no password, so a stolen session can do that too."""
    rpc.answers["identity", method] = answer | {"epoch": epoch}
    sanne.post(address, form)
    epochs.learn(builders.USER["id"], Known(revision=3, epoch=epoch))
    assert ends(sanne) != goes_on


def test_staff_who_change_themselves_go_on(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "account"] = companies.staff(epoch=1, first_name="Robijn")
    assert operator.post(OWN, DETAILS | {"email": "r@operator.example"}).status_code == 303
    assert "Robijn" in operator.page(OWN).text
