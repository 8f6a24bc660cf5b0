"""*Toestellen* under /beheer: the list of all telephones, for the operator and for partners."""

from __future__ import annotations

import pytest

from tests.gateway import companies
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

PAGE = "/beheer/toestellen"


@pytest.mark.feature("PRV-03")
def test_a_row_tells_whose_a_telephone_is_and_how_it_is(operator: Browser) -> None:
    page = operator.page(PAGE)
    _heads, first, line, nobodys = page.rows("tk-handsets")
    assert "Balie" in first[0] and first[1] == "00:1A:2B:3C:4D:5E"
    assert "Bakkerij Voorbeeld B.V." in first[2] and "10427" in first[2]
    assert "Jan Jansen" in first[3] and "085-000 16 11, 201" in first[3]
    assert "om 09:12" in first[4] and "Yealink SIP-T54W 96.86.0.75" in first[4]
    assert "aangemeld om 09:13" in first[5]
    assert "Winkel" in line[3] and line[4] == "nog nooit opgehaald" and "nog niet aangemeld" in line[5]
    assert nobodys[3] == "van niemand"


def test_what_is_looked_for_goes_along_from_page_to_page(operator: Browser, rpc: FakeRpc) -> None:
    answer = rpc.answers["provisioning", "find_devices"]
    rpc.answers["provisioning", "find_devices"] = lambda **asked: answer(**asked) | {"next": "f" * 32}
    page = operator.page(f"{PAGE}?bevat=00:1a:2b&toestand=not_registered")
    asked = rpc.last("find_devices").fields
    assert (asked["query"], asked["state"], asked["customer_id"]) == ("00:1a:2b", "not_registered", None)
    assert page.link("Volgende") == f"{PAGE}?na={'f' * 32}&bevat=00:1a:2b&toestand=not_registered"
    operator.page(page.link("Volgende"))
    assert rpc.last("find_devices").fields["after"] == "f" * 32


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bevat=niets", "Geen toestel past bij niets."),
        ("bevat=niets&toestand=never_fetched", "Geen toestel dat nog nooit opgehaald is, past bij niets."),
    ],
)
def test_an_empty_list_names_what_to_drop(operator: Browser, query: str, words: str) -> None:
    page = operator.page(f"{PAGE}?{query}")
    assert words in page.text and page.link("Wis de zoekterm").startswith(PAGE)


def test_the_list_of_one_customer_is_asked_within_its_bounds(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(f"{PAGE}?klant={companies.OURS}")
    asked = rpc.last("find_devices")
    assert asked.fields["customer_id"] == companies.OURS
    assert "Klant" not in page.rows("tk-handsets")[0]
    assert operator.get(f"{PAGE}?klant=../x").status_code == 404
    assert operator.get(f"{PAGE}?klant={'f' * 32}").status_code == 404


def test_the_page_stands_while_provisioning_is_down(operator: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("provisioning")
    assert "De toestellen laden lukt nu niet." in operator.page(PAGE).text
