"""*Mijn gegevens*: what people change about themselves, and what becomes of their sessions."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.epochs import Epochs, Known
from shared.errors import Conflict, Invalid, TooMany, Unavailable
from tests.gateway import builders, people
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc

OWN = "/mijn-gegevens"
COMMAND = "c" * 32
PASSWORDS = {
    "onderdeel": "wachtwoord",
    "huidig": "paard batterij",
    "nieuw": "vlierbessensap",
    "bevestig": "vlierbessensap",
    "opdracht": COMMAND,
}


@pytest.mark.feature("ID-08")
def test_the_page_shows_what_is_known(sanne: Browser) -> None:
    page = sanne.page(OWN)
    shown = {name: page.field(name).attrs.get("value") for name in ("email", "voornaam", "tussenvoegsel")}
    assert shown == {"email": "sanne@bakkerij.example", "voornaam": "Sanne", "tussenvoegsel": "de"}
    assert page.field("gebruikersnaam").attrs["value"] == "sanne.dewit"
    assert "U hebt geen rollen." in page.text
    assert "De gebruikersbeheerder van uw bedrijf kan u andere rollen geven." in page.text
    leaving = [form for form in page.all("form", action="/uitloggen")]
    assert len(leaving) == 2, "in the menu and on the page"


@pytest.mark.feature("ID-03", "ID-08")
def test_the_tab_stands_apart_and_is_for_everybody(sanne: Browser) -> None:
    page = sanne.page(OWN)
    assert words(page.one("li", class_="tk-apart").text) == "Mijn gegevens"
    assert [words(a.text) for a in page.all("a", **{"aria-current": "page"})] == ["Mijn gegevens"] * 2
    assert "/gebruikers" not in [a.attrs["href"] for a in page.all("a")]


def test_roles_and_mails_are_named(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "account"] = people.own_account(
        roles=["user_management", "invoices"], registrations=["invoices_by_mail"]
    )
    page = manager.page(OWN)
    held = [words(li.text) for li in page.all("li") if "Gebruikers toevoegen" in li.text]
    assert held == [
        "Gebruikersmanagement Gebruikers toevoegen, blokkeren en verwijderen, en hun rollen kiezen."
    ]
    assert "Facturen ontvangen per e-mail" in page.text
    assert page.link("Wijzig uw rollen bij Gebruikers") == f"/gebruikers/{builders.USER['id']}#rollen"


@pytest.mark.feature("ID-08")
def test_changed_details_show_at_once_in_the_frame(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "account"] = people.own_account(first_name="Susanne")
    form = {"onderdeel": "gegevens", "email": "sanne@bakkerij.example", "voornaam": "Susanne"}
    response = sanne.post(OWN, {**form, "opdracht": COMMAND})
    assert (response.status_code, response.headers["Location"]) == (303, OWN)
    sent = dict.fromkeys(people.OWN_DETAILS, "") | {"email": "sanne@bakkerij.example"}
    assert rpc.last("change_details").fields == {**sent, "first_name": "Susanne", "command_id": COMMAND}
    page = sanne.page(OWN)
    assert "Gegevens opgeslagen" in page.one("div", class_="tk-toast").text
    assert "Susanne de Wit" in page.one("summary", **{"aria-label": "Menu van Susanne de Wit"}).text


@pytest.mark.feature("ID-08")
def test_a_new_password_ends_other_sessions_and_this_one_goes_on(
    app: Flask, sanne: Browser, rpc: FakeRpc, epochs: Epochs
) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.log_in(onthouden="1")
    before = sanne.cookie() or ""

    response = sanne.post(OWN, PASSWORDS)
    epochs.learn(builders.USER["id"], Known(revision=2, epoch=2))  # what identity publishes
    assert (response.status_code, response.headers["Location"]) == (303, OWN)
    fields = {"old": "paard batterij", "new": "vlierbessensap", "command_id": COMMAND}
    assert rpc.last("change_password").fields == fields
    assert "Wachtwoord gewijzigd" in sanne.page(OWN).one("div", class_="tk-toast").text

    assert elsewhere.get(OWN).status_code == 303, "a remembered session elsewhere is over"
    thief = Browser(app.test_client())
    thief.client.set_cookie("tikker", before)
    assert thief.get(OWN).status_code == 303, "so is the cookie that this browser had before"
    assert sanne.get(OWN).status_code == 200


@pytest.mark.feature("ID-08", "GW-02")
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            Invalid(fields={"old": ["Dit is niet uw wachtwoord van nu."]}),
            422,
            "Dit is niet uw wachtwoord van nu.",
        ),
        (Invalid(fields={"new": ["Dit wachtwoord raadt men snel."]}), 422, "Dit wachtwoord raadt men snel."),
        (TooMany(retry_after=60), 429, "Te veel pogingen. Probeer het over 1 minuut opnieuw."),
    ],
)
def test_a_refused_password_is_said_in_its_form(
    sanne: Browser, rpc: FakeRpc, error: Exception, status: int, said: str
) -> None:
    rpc.answers["identity", "change_password"] = error
    before = sanne.cookie()
    response = sanne.post(OWN, PASSWORDS)
    assert response.status_code == status
    assert said in Page(response.text).text
    assert not {"paard batterij", "vlierbessensap"} & set(response.text.split('"'))
    assert sanne.cookie() == before
    assert Page(response.text).field("voornaam").attrs["value"] == "Sanne", (
        "the other forms stand as they are"
    )


@pytest.mark.feature("ID-08")
def test_another_username(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "account"] = people.own_account(username="s.dewit")
    response = sanne.post(OWN, {"onderdeel": "gebruikersnaam", "gebruikersnaam": "s.dewit"})
    assert response.status_code == 303
    assert rpc.last("change_username").fields["username"] == "s.dewit"
    assert "Log de volgende keer in als s.dewit." in sanne.page(OWN).text
    assert rpc.last("account").acting.username == "s.dewit"


def test_a_taken_username_is_said_at_the_field(sanne: Browser, rpc: FakeRpc) -> None:
    said = "De gebruikersnaam p.jonker is al in gebruik."
    rpc.answers["identity", "change_username"] = Conflict(said, fields={"username": [said]})
    response = sanne.post(OWN, {"onderdeel": "gebruikersnaam", "gebruikersnaam": "p.jonker"})
    page = Page(response.text)
    assert page.error_of("gebruikersnaam") == said
    assert page.field("gebruikersnaam").attrs["value"] == "p.jonker"


@pytest.mark.feature("GW-03")
def test_identity_being_away_leaves_the_page_standing(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("identity")
    page = sanne.page(OWN)
    assert "Uw gegevens laden lukt nu niet." in page.text
    assert "Sanne de Wit" in page.text
    response = sanne.post(OWN, PASSWORDS)
    assert response.status_code == 503
    assert "Dit lukt nu even niet." in response.text


def test_when_the_account_cannot_be_read_again_the_change_stands(sanne: Browser, rpc: FakeRpc) -> None:
    sanne.page(OWN)
    rpc.answers["identity", "account"] = Unavailable()
    form = {"onderdeel": "gegevens", "email": "sanne@bakkerij.example"}
    assert sanne.post(OWN, form).status_code == 303
    assert "Gegevens opgeslagen" in sanne.page(OWN).text


def test_a_form_we_do_not_have_is_refused(sanne: Browser) -> None:
    assert sanne.post(OWN, {"onderdeel": "rollen", "rol": "user_management"}).status_code == 400


@pytest.mark.parametrize("field", ["user_id", "customer_id", "rol", "roles", "command_id"])
def test_nothing_but_the_forms_fields_is_sent_on(sanne: Browser, rpc: FakeRpc, field: str) -> None:
    form = {"onderdeel": "gegevens", "email": "sanne@bakkerij.example", field: people.FOREIGN}
    sanne.post(OWN, form)
    assert people.FOREIGN not in repr(rpc.last("change_details"))
