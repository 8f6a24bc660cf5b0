"""*Lijst van gebruikers*: searching, paging, blocking with undo, deleting."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, Unavailable
from tests.gateway import builders, people
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc

LIST = "/gebruikers"
BLOCK = f"/gebruikers/{people.PIET}/blokkeer"
DELETE = f"/gebruikers/{people.PIET}/verwijder"
LAST = "Dit is de laatste gebruikersbeheerder. Geef die rol eerst aan iemand anders."


def toast(page: Page) -> str:
    return words(page.one("div", class_="tk-toast").text)


@pytest.mark.feature("ID-04")
def test_the_list_has_the_manuals_columns(manager: Browser, rpc: FakeRpc) -> None:
    page = manager.page(LIST)
    heads = [head.text.strip() for head in page.all("th", scope="col")]
    assert heads[:6] == ["ID", "Gebruikersnaam", "E-mail", "Achternaam", "Voornaam", "Geblokkeerd"]
    _, piet, sanne = page.rows("tk-people")
    assert piet[:6] == [
        "1024",
        "p.jonker",
        "p.jonker@bakkerij.example",
        "Jonker",
        "Piet",
        "Nee p.jonker geblokkeerd",
    ]
    assert sanne[:6] == [
        "1023",
        "sanne.dewit dit bent u",
        "sanne@bakkerij.example",
        "Wit, de",
        "Sanne",
        "–",
    ]
    assert "items 1 - 2 van 2" in page.text
    assert rpc.last("users").fields == {"query": "", "page": 1, "size": 25}


@pytest.mark.feature("ID-04", "ID-05", "ID-06")
def test_each_row_leads_to_roles_and_mails(manager: Browser) -> None:
    page = manager.page(LIST)
    assert page.link("p.jonker") == f"/gebruikers/{people.PIET}"
    assert page.link("Gebruikersrollen van p.jonker") == f"/gebruikers/{people.PIET}#rollen"
    assert page.link("Registreer voor e-mail berichten: p.jonker") == f"/gebruikers/{people.PIET}#berichten"


@pytest.mark.feature("ID-04")
def test_ones_own_row_has_no_block_and_no_bin(manager: Browser) -> None:
    page = manager.page(LIST)
    assert [form.attrs["action"] for form in page.all("form") if "blokkeer" in form.attrs["action"]] == [
        BLOCK
    ]
    bins = [a.attrs["href"] for a in page.all("a") if "verwijder" in a.attrs["href"]]
    assert bins == [DELETE]


@pytest.mark.feature("ID-04")
def test_searching_and_paging_keep_each_other(manager: Browser, rpc: FakeRpc) -> None:
    rows = [people.row(id=f"{n:032x}", number=1100 + n) for n in range(25)]
    rpc.answers["identity", "users"] = people.users(*rows, total=60, page=2)
    page = manager.page(f"{LIST}?bevat=jonker&bladzijde=2")
    assert rpc.last("users").fields == {"query": "jonker", "page": 2, "size": 25}
    assert page.field("bevat").attrs["value"] == "jonker"
    assert "items 26 - 50 van 60" in page.text
    assert page.link("Vorige") == f"{LIST}?bevat=jonker"
    assert page.link("Volgende") == f"{LIST}?bevat=jonker&bladzijde=3"


@pytest.mark.parametrize(
    ("page", "total", "links"), [(1, 25, []), (1, 26, ["Volgende"]), (2, 50, ["Vorige"])]
)
def test_only_pages_that_exist_can_be_gone_to(
    manager: Browser, rpc: FakeRpc, page: int, total: int, links: list[str]
) -> None:
    rows = [people.row(id=f"{n:032x}") for n in range(25)]
    rpc.answers["identity", "users"] = people.users(*rows, total=total, page=page)
    shown = manager.page(f"{LIST}?bladzijde={page}")
    assert [words(a.text) for a in shown.all("a") if words(a.text) in ("Vorige", "Volgende")] == links


def test_nothing_found_says_what_was_sought(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "users"] = people.users()
    page = manager.page(f"{LIST}?bevat=<b>zzz")
    assert "Geen ID, gebruikersnaam, e-mailadres of naam bevat <b>zzz." in page.text
    assert page.link("Toon alle gebruikers") == LIST


@pytest.mark.parametrize("wrong", ["0", "-1", "abc", "1.5", "99999999999"])
def test_a_page_that_cannot_be_is_not_asked_for(manager: Browser, rpc: FakeRpc, wrong: str) -> None:
    page = manager.page(f"{LIST}?bladzijde={wrong}&bevat=jan", status=422)
    assert page.link("Naar het begin van de lijst") == f"{LIST}?bevat=jan"
    assert "users" not in [call.method for call in rpc.asked]


def test_a_page_past_the_end_leads_back(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "users"] = people.users(total=3, page=9)
    assert manager.page(f"{LIST}?bladzijde=9").link("Naar het begin van de lijst") == LIST


@pytest.mark.feature("GW-03")
def test_identity_being_away_is_said_in_its_box(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "users"] = Unavailable()
    page = manager.page(LIST)
    assert "De lijst van gebruikers laden lukt nu niet." in page.one("div", class_="tk-notice").text
    assert page.link("Nieuwe gebruiker") == "/gebruikers/nieuw"


@pytest.mark.feature("ID-04")
def test_blocking_acts_at_once_and_can_be_undone(manager: Browser, rpc: FakeRpc) -> None:
    back = "/gebruikers?bevat=jonker"
    response = manager.post(BLOCK, {"geblokkeerd": "1", "terug": back, "opdracht": "d" * 32})
    assert (response.status_code, response.headers["Location"]) == (303, back)
    assert rpc.last("block_user").fields == {"user_id": people.PIET, "blocked": True, "command_id": "d" * 32}
    page = manager.page(back)
    assert toast(page).startswith("p.jonker is geblokkeerd Inloggen kan niet meer.")
    undo = [form for form in page.all("form") if "Maak ongedaan" in form.text]
    assert [form.attrs["action"] for form in undo] == [BLOCK]

    manager.post(BLOCK, {"geblokkeerd": "", "terug": back})
    assert rpc.last("block_user").fields["blocked"] is False
    assert rpc.last("block_user").fields["command_id"] != "d" * 32
    assert "p.jonker kan weer inloggen" in toast(manager.page(back))
    assert manager.page(back).all("div", class_="tk-toast") == [], "a message is shown once"


def test_a_blocked_user_is_marked_in_words(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "users"] = people.users(people.row(blocked=True))
    page = manager.page(LIST)
    box = page.one("button", role="checkbox")
    assert (box.attrs["aria-checked"], words(box.text)) == ("true", "Ja p.jonker geblokkeerd")
    assert page.field("geblokkeerd").attrs["value"] == "", "the button lets in again"


@pytest.mark.feature("ID-04")
def test_a_refusal_is_said_on_the_list_and_stays(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "block_user"] = Conflict(LAST)
    assert manager.post(BLOCK, {"geblokkeerd": "1", "terug": LIST}).status_code == 303
    page = manager.page(LIST)
    assert toast(page) == f"Niet geblokkeerd {LAST}"
    assert page.one("div", class_="tk-toast").attrs["role"] == "alert"
    assert "Maak ongedaan" not in page.text


def test_nobody_is_sent_to_another_site_after_blocking(manager: Browser) -> None:
    assert manager.post(BLOCK, {"terug": "//elders.example"}).headers["Location"] == "/"


@pytest.mark.feature("ID-04")
def test_deleting_asks_first_and_names_who(manager: Browser, rpc: FakeRpc) -> None:
    page = manager.page(DELETE)
    assert page.one("h1").text == "Piet Jonker definitief verwijderen?"
    assert "Dit kan niet ongedaan worden gemaakt." in page.text
    assert [words(b.text) for b in page.all("button", class_="btn-danger")] == ["Verwijder p.jonker"]
    assert page.link("Annuleer") == LIST
    assert "delete_user" not in [call.method for call in rpc.asked]

    response = manager.post(DELETE, {"opdracht": "e" * 32})
    assert (response.status_code, response.headers["Location"]) == (303, LIST)
    assert rpc.last("delete_user").fields == {"user_id": people.PIET, "command_id": "e" * 32}
    assert toast(manager.page(LIST)) == "Gebruiker verwijderd De gebruikersnaam is weer vrij."


@pytest.mark.feature("ID-04")
def test_nobody_is_offered_to_delete_themselves(manager: Browser) -> None:
    page = manager.page(f"/gebruikers/{builders.USER['id']}/verwijder", status=409)
    assert "U kunt uzelf niet verwijderen." in page.text
    assert page.all("button", class_="btn-danger") == []


def test_a_name_that_is_code_is_text(manager: Browser, rpc: FakeRpc) -> None:
    evil = "<script>alert(1)</script>"
    rpc.answers["identity", "users"] = people.users(people.row(last_name=evil, username=evil, email=evil))
    rpc.answers["identity", "user"] = people.by_id(last_name=evil, username=evil)
    manager.post(BLOCK, {"geblokkeerd": "1", "terug": LIST})
    for address in (LIST, DELETE, f"/gebruikers/{people.PIET}"):
        assert "<script>alert" not in manager.get(address).text
