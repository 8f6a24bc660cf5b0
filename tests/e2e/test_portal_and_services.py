"""The portal and the real identity and cdr understand each other; without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.acting import Acting, Signer
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.e2e.conftest import Running
from tests.gateway.browser import Page
from tests.integration.gateway.web import FIRST, PAGE, SOON, Web
from tests.support.processes import until

STAFF = Acting(kind="staff", scope="operator", correlation_id="from-the-test")
PASSWORD = "vlierbessensap"
COMPANY = "Kwekerij Voorbeeld B.V."

pytestmark = pytest.mark.xdist_group("e2e")


@dataclass
class House:
    """The running house, with a customer and a user of the test's own, and staff who can change things."""

    cli: RpcClient
    web: Web
    username: str
    user_id: str

    def staff(self, method: str, **fields: Any) -> Any:
        return self.cli.call("identity", method, STAFF, timeout=15, command_id=new_id(), **fields)

    def log_in(self, password: str = PASSWORD) -> tuple[int, str, str]:
        return self.web.log_in(self.username, password)


@pytest.fixture(scope="module")
def cli(running: Running) -> Iterator[RpcClient]:
    keys = running.house.keys
    client = RpcClient(running.house.amqp_uri("cli"), Signer.from_base64("cli", keys.signing_key("cli")))
    yield client
    client.close()


@pytest.fixture
def house(running: Running, cli: RpcClient) -> House:
    made = House(cli, Web(running.processes["gateway"]), f"noor.{new_id()[:8]}", "")
    customer = made.staff("create_customer", name=COMPANY, products=["voip"])
    user = made.staff(
        "create_user",
        customer_id=customer["id"],
        username=made.username,
        password=PASSWORD,
        first_name="Noor",
        infix="de",
        last_name="Wit",
        roles=["invoices"],
    )
    made.user_id = user["id"]
    return made


@pytest.mark.feature("ID-01", "CDR-05", "CDR-06", "CDR-07")
def test_from_the_login_to_each_page(house: House) -> None:
    refused = house.log_in("geraden")
    assert refused[0] == 401
    assert "Deze combinatie klopt niet." in refused[2]

    status, address, body = house.log_in()
    assert (status, urlsplit(address).path) == (200, FIRST)
    assert COMPANY in body
    assert "Noor de Wit" in body
    assert "nu niet" not in body, "every part of it is there"

    status, _, body = house.web.ask(PAGE)
    assert status == 200
    assert "Geen gesprekken in deze periode" in body

    for query in ("per=gesprekstype", "per=telefoonnummer", "periode=aangepast&van=1-1-2026&tot=31-1-2026"):
        assert "Geen gesprekken in deze periode" in house.web.ask(f"{PAGE}?{query}")[2], query
    everything = "type=mobile&zender=085&ontvanger=06&bedrag=0,25&duur_is=groter&duur=60&sorteer=bedrag"
    status, _, body = house.web.ask(f"/gespreksdetails/details?{everything}&produkt=telefonie")
    assert (status, "Ook zonder filters zijn er in deze periode geen gesprekken." in body) == (200, True)
    status, _, body = house.web.ask("/gespreksdetails/details.csv?ga=1-2-2026")
    assert (status, len(body.splitlines())) == (200, 1)


@pytest.mark.feature("GW-02")
def test_what_cdr_finds_wrong_is_said_beside_our_field(house: House) -> None:
    house.log_in()
    status, _, body = house.web.ask("/gespreksdetails/details?bladzijde=bedacht")
    assert status == 422
    assert "Deze bladzijde bestaat niet" in body
    status, _, body = house.web.ask("/gespreksdetails/details?bedrag=999999999")
    assert status == 422
    assert Page(body).error_of("bedrag")


@pytest.mark.feature("ID-05")
def test_taking_a_role_away_ends_the_session_at_once(house: House) -> None:
    house.log_in()
    assert all(house.web.signed_in() for _ in range(10))
    house.staff("change_roles", user_id=house.user_id, roles=[])
    until(lambda: not house.web.signed_in(), SOON, what="the end of the session")


@pytest.mark.feature("ID-04", "ID-05")
def test_a_manager_sees_the_own_users_and_nobody_elses(house: House) -> None:
    roles = ["user_management"]
    house.staff("change_roles", user_id=house.user_id, roles=roles)
    strangers = house.staff("create_customer", name="Slagerij Voorbeeld B.V.", products=[])
    stranger = house.staff(
        "create_user",
        customer_id=strangers["id"],
        username=f"vreemde.{new_id()[:8]}",
        password=PASSWORD,
        roles=[],
    )
    house.log_in()
    status, _, body = house.web.ask("/gebruikers")
    assert (status, "items 1 - 1 van 1" in body, "vreemde" in body) == (200, True, False)
    assert house.web.ask(f"/gebruikers/{house.user_id}")[0] == 200

    token = Page(body).all("input", name="csrf_token")[0].attrs["value"]
    block = {"csrf_token": token, "geblokkeerd": "1"}
    for path, form in (("", None), ("/verwijder", None), ("/blokkeer", block), ("/verwijder", block)):
        foreign = house.web.ask(f"/gebruikers/{stranger['id']}{path}", form)
        missing = house.web.ask(f"/gebruikers/{new_id()}{path}", form)
        assert (foreign[0], missing[0]) == (404, 404), path
    status, _, body = house.web.ask(f"/gebruikers/{house.user_id}/verwijder", block)
    assert "U kunt uzelf niet verwijderen." in body


def remembered(web: Web, username: str) -> None:
    """Log in for thirty days."""
    token = Page(web.ask("/inloggen")[2]).all("input", name="csrf_token")[0].attrs["value"]
    form = {"csrf_token": token, "gebruikersnaam": username, "wachtwoord": PASSWORD, "onthouden": "1"}
    web.ask("/inloggen", form)
    assert all(cookie.expires for cookie in web.cookies), "it outlives the browser"


def thief_of(web: Web) -> Web:
    """Another browser with a copy of the cookie."""
    jar = CookieJar()
    for cookie in web.cookies:
        jar.set_cookie(copy(cookie))
    return Web(web.process, jar)


def log_out(web: Web) -> None:
    token = Page(web.ask("/mijn-gegevens")[2]).all("input", name="csrf_token")[0].attrs["value"]
    web.ask("/uitloggen", {"csrf_token": token})


def change_password(web: Web) -> None:
    token = Page(web.ask("/mijn-gegevens")[2]).all("input", name="csrf_token")[0].attrs["value"]
    new = {"huidig": PASSWORD, "nieuw": "kruisbessenjam", "bevestig": "kruisbessenjam"}
    web.ask("/mijn-gegevens", {"csrf_token": token, "onderdeel": "wachtwoord", **new})


@pytest.mark.feature("ID-01", "ID-08")
@pytest.mark.parametrize(("end", "goes_on"), [(log_out, False), (change_password, True)])
def test_a_stolen_cookie_of_a_remembered_login_is_useless_afterwards(
    house: House, end: Callable[[Web], None], goes_on: bool
) -> None:
    remembered(house.web, house.username)
    thief = thief_of(house.web)
    assert thief.signed_in()
    end(house.web)
    assert not thief.signed_in(), "at once, whichever worker answers"
    assert all(not thief.signed_in() for _ in range(5))
    assert house.web.signed_in() is goes_on


@pytest.mark.feature("ID-08")
def test_a_password_change_ends_a_remembered_login_on_another_computer_too(house: House) -> None:
    remembered(house.web, house.username)
    elsewhere = Web(house.web.process)
    remembered(elsewhere, house.username)
    thief = thief_of(elsewhere)
    change_password(house.web)
    until(lambda: not thief.signed_in() and not elsewhere.signed_in(), SOON, what="the end of the sessions")
    assert house.web.signed_in()
