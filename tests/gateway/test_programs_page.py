"""*Toegang voor programma's*: one's own tokens."""

from __future__ import annotations

from datetime import date

import pytest

from shared.errors import Conflict, Unavailable
from tests.gateway import builders, people, tokens
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("ID-13")

ADDRESS = "/mijn-gegevens/programmas"
REVOKE = f"{ADDRESS}/{tokens.TOKEN}/intrekken"


def test_ones_tokens_stand_there_without_what_opens_them(sanne: Browser) -> None:
    text = sanne.page(ADDRESS).text
    assert "Boekhouding" in text
    assert "tik_Zm9y…" in text
    assert "1 november 2027" in text
    assert tokens.SECRET not in text


def test_a_new_one_works_a_year_and_is_shown_once(sanne: Browser, rpc: FakeRpc) -> None:
    page = sanne.page(ADDRESS)
    [preset] = page.all("input", name="tot")
    assert preset.attrs["value"] == "22-11-2027"
    answer = sanne.post(ADDRESS, {"naam": "Kassa", "tot": preset.attrs["value"]})
    assert answer.status_code == 200
    assert tokens.SECRET in answer.text
    asked = rpc.last("create_token").fields
    assert (asked["name"], asked["roles"], asked["expires_on"]) == ("Kassa", [], "2027-11-22")
    assert date.fromisoformat(asked["expires_on"])


def test_sent_twice_it_is_not_shown_again(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "create_token"] = tokens.token(token=None)
    answer = sanne.post(ADDRESS, {"naam": "Kassa", "tot": "22-11-2027"})
    assert "al een keer getoond" in answer.text


def test_one_gives_only_roles_that_one_has(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(roles=["invoices"])
    rpc.answers["identity", "account"] = people.own_account(roles=["invoices"])
    visitor.log_in()
    offered = [box.attrs["value"] for box in visitor.page(ADDRESS).all("input", name="rol")]
    assert offered == ["invoices"]
    visitor.post(ADDRESS, {"naam": "Kassa", "tot": "22-11-2027", "rol": "invoices"})
    assert rpc.last("create_token").fields["roles"] == ["invoices"]


def test_what_identity_refuses_stands_beside_its_field(sanne: Browser, rpc: FakeRpc) -> None:
    sentence = "U hebt al een token dat Kassa heet."
    rpc.answers["identity", "create_token"] = Conflict(sentence, fields={"name": [sentence]})
    answer = sanne.post(ADDRESS, {"naam": "Kassa", "tot": "22-11-2027"})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_revoking_asks_first(sanne: Browser, rpc: FakeRpc) -> None:
    assert "Token Boekhouding intrekken?" in sanne.page(REVOKE).text
    assert "revoke_token" not in [call.method for call in rpc.asked]
    assert sanne.post(REVOKE, {}).location == ADDRESS
    assert rpc.last("revoke_token").fields["token_id"] == tokens.TOKEN
    rpc.answers["identity", "tokens"] = {"rows": [], "roles": []}
    assert sanne.post(REVOKE, {}).location == ADDRESS, "sent twice, it counts once: identity says so"
    assert "Token Boekhouding ingetrokken" in sanne.page(ADDRESS).text


def test_without_tokens_and_without_identity_there_is_a_page(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "tokens"] = {"rows": [], "roles": []}
    assert "U hebt nog geen tokens." in sanne.page(ADDRESS).text
    rpc.answers["identity", "tokens"] = Unavailable()
    assert "Uw tokens laden lukt nu niet." in sanne.page(ADDRESS).text


@pytest.mark.parametrize("roles", [[], ["user_management"]])
def test_staff_read_that_a_token_without_roles_is_no_small_thing(
    operator: Browser, rpc: FakeRpc, roles: list[str]
) -> None:
    rpc.answers["identity", "tokens"] = {"rows": [tokens.token()], "roles": roles}
    text = operator.page(ADDRESS).text
    assert "Het programma mag in Beheer wat u mag, ook zonder rollen." in text
    assert "Een programma ziet geen geheimen, en wijzigt uw eigen account en de Afzenders niet." in text
    assert "Zonder rollen: alles wat een programma in Beheer mag, behalve uw collega’s." in text
    assert "alleen gespreksdetails" not in text
