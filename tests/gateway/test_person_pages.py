"""*Nieuwe gebruiker*, and one user's roles, e-mail messages and details."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import USED, Conflict, Invalid, Unavailable
from tests.gateway import builders, people
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc

NEW = "/gebruikers/nieuw"
PIET = f"/gebruikers/{people.PIET}"
SELF = f"/gebruikers/{builders.USER['id']}"
COMMAND = "c" * 32
FILLED = {
    "gebruikersnaam": "p.jonker",
    "email": "p.jonker@bakkerij.example",
    "titulatuur": "ing.",
    "initialen": "P.",
    "voornaam": "Piet",
    "achternaam": "Jonker",
    "geslacht": "male",
    "opdracht": COMMAND,
}
ADDED = {
    "username": "p.jonker",
    "email": "p.jonker@bakkerij.example",
    "title": "ing.",
    "initials": "P.",
    "first_name": "Piet",
    "infix": "",
    "last_name": "Jonker",
    "gender": "male",
    "command_id": COMMAND,
}


def checked(page: Page, name: str) -> list[str]:
    return [e.attrs["value"] for e in page.all("input", name=name) if "checked" in e.attrs]


@pytest.mark.feature("ID-07")
def test_the_form_has_the_manuals_words(manager: Browser) -> None:
    page = manager.page(NEW)
    labels = [words(label.text).removesuffix(" (optioneel)") for label in page.all("label")]
    assert labels == [
        "Gebruikersnaam",
        "E-mail adres",
        "Verstuur welkom e-mail",
        "Wachtwoord",
        "Bevestig wachtwoord",
        "Titulatuur",
        "Initialen",
        "Voornaam",
        "Tussenvoegsel",
        "Achternaam",
        "Geslacht",
    ]
    assert [legend.text for legend in page.all("legend")] == ["Account Informatie", "Gebruiker Informatie"]
    assert "Registreer" in [words(button.text) for button in page.all("button", class_="btn-primary")]


@pytest.mark.feature("ID-07")
def test_with_the_welcome_mail_no_password_is_asked(manager: Browser, rpc: FakeRpc) -> None:
    response = manager.post(NEW, {**FILLED, "welkom": "1", "wachtwoord": "x", "bevestig": "y"})
    assert (response.status_code, response.headers["Location"]) == (303, PIET)
    assert rpc.last("add_user").fields == {**ADDED, "welcome": True, "password": ""}
    assert "De welkom e-mail gaat naar p.jonker@bakkerij.example." in manager.page(PIET).text


@pytest.mark.feature("ID-07")
def test_without_it_the_password_is_asked_twice(manager: Browser, rpc: FakeRpc) -> None:
    passwords = {"wachtwoord": "vlierbessensap", "bevestig": "vlierbessensap"}
    assert manager.post(NEW, {**FILLED, **passwords}).status_code == 303
    assert rpc.last("add_user").fields == {**ADDED, "welcome": False, "password": "vlierbessensap"}


@pytest.mark.feature("GW-02")
def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(manager: Browser, rpc: FakeRpc) -> None:
    response = manager.post(NEW, {"voornaam": "Piet", "geslacht": "male", "wachtwoord": "geheim1"})
    page = Page(response.text)
    assert response.status_code == 422
    assert page.error_of("gebruikersnaam") == "Vul een gebruikersnaam in."
    assert page.error_of("email") == "Vul een e-mailadres in."
    assert page.error_of("bevestig") == "Vul het wachtwoord nog een keer in."
    summary = page.one("div", role="alert")
    assert "3 velden kloppen nog niet." in summary.text
    assert "autofocus" in summary.attrs
    assert [a.attrs["href"] for a in page.all("a") if a.attrs["href"].startswith("#")][1:] == [
        "#gebruikersnaam",
        "#email",
        "#bevestig",
    ]
    assert page.field("voornaam").attrs["value"] == "Piet"
    assert "selected" in page.one("option", value="male").attrs
    assert "geheim1" not in response.text
    assert "add_user" not in [call.method for call in rpc.asked]


@pytest.mark.feature("GW-02")
@pytest.mark.parametrize(
    ("error", "field", "status"),
    [
        (Invalid(fields={"username": ["Gebruik letters en cijfers."]}), "gebruikersnaam", 422),
        (Conflict("Bezet.", fields={"username": ["Deze naam is al in gebruik."]}), "gebruikersnaam", 422),
        (Invalid(fields={"infix": ["Te lang."]}), "tussenvoegsel", 422),
        (Conflict("Een ander wijzigde dit."), None, 409),
        (Unavailable(), None, 503),
    ],
)
def test_what_identity_refuses_finds_its_field_or_stands_above(
    manager: Browser, rpc: FakeRpc, error: Any, field: str | None, status: int
) -> None:
    rpc.answers["identity", "add_user"] = error
    response = manager.post(NEW, {**FILLED, "welkom": "1"})
    page = Page(response.text)
    assert response.status_code == status
    if field:
        assert page.error_of(field) == error.details["fields"][next(iter(error.details["fields"]))][0]
        assert page.all("div", role="alert") == []
    else:
        assert len(page.all("div", role="alert")) == 1
    assert page.field("gebruikersnaam").attrs["value"] == "p.jonker"
    assert page.field("opdracht").attrs["value"] == COMMAND


@pytest.mark.feature("GW-02")
def test_a_form_that_had_arrived_with_other_input_can_be_sent_as_it_is_now(
    manager: Browser, rpc: FakeRpc
) -> None:
    """An answer was lost, and something else typed: under that command it would be refused for ever."""
    rpc.answers["identity", "add_user"] = Conflict("Deze opdracht is al gebruikt.", command=USED)
    response = manager.post(NEW, {**FILLED, "welkom": "1"})
    page = Page(response.text)
    assert response.status_code == 409
    assert "Verstuur het dan nog een keer." in page.one("div", role="alert").text
    assert page.field("gebruikersnaam").attrs["value"] == "p.jonker"
    fresh = page.field("opdracht").attrs["value"]
    assert len(fresh) == len(COMMAND) and fresh != COMMAND


def test_sending_twice_is_one_command(manager: Browser, rpc: FakeRpc) -> None:
    command = manager.page(NEW).field("opdracht").attrs["value"]
    for _ in range(2):
        assert manager.post(NEW, {**FILLED, "welkom": "1", "opdracht": command}).headers["Location"] == PIET
    assert {c.fields["command_id"] for c in rpc.asked if c.method == "add_user"} == {command}
    assert manager.page(NEW).field("opdracht").attrs["value"] != command


@pytest.mark.parametrize("invented", ["", "short", "x" * 32, "A" * 32, "c" * 33])
def test_a_command_that_we_did_not_make_is_replaced(manager: Browser, rpc: FakeRpc, invented: str) -> None:
    manager.post(NEW, {**FILLED, "welkom": "1", "opdracht": invented})
    assert rpc.last("add_user").fields["command_id"] != invented
    assert len(rpc.last("add_user").fields["command_id"]) == 32


@pytest.mark.feature("ID-05", "ID-06")
def test_a_users_page_shows_what_stands(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "user"] = people.by_id(
        roles=["invoices", "mobile_access", "mobile_limits"], registrations=["sim_block_confirmation"]
    )
    page = manager.page(PIET)
    assert words(page.one("h1").text) == "Piet Jonker"
    assert checked(page, "rol") == ["invoices", "mobile_access", "mobile_limits"]
    assert checked(page, "bericht") == ["sim_block_confirmation"]
    assert page.field("email").attrs["value"] == "p.jonker@bakkerij.example"
    labels = {label.attrs["for"]: words(label.text) for label in page.all("label")}
    assert labels["rol-user_management"] == "Gebruikersmanagement"
    assert labels["rol-mobile_sim_block"] == "Mobiel abonnement (SIM kaart) blokkeren"
    assert labels["bericht-invoices_by_mail"] == "Facturen ontvangen per e-mail"


@pytest.mark.feature("ID-05")
def test_the_last_three_roles_hang_under_access_to_mobile(manager: Browser) -> None:
    page = manager.page(PIET)
    needing = page.all("div", **{"data-tk-needs": "rol-mobile_access"})
    assert [words(div.text).split(" ")[0] for div in needing] == ["Limieten", "Blokkeringen", "Mobiel"]
    assert "De laatste drie kunnen alleen samen met Toegang mobiel" in page.text


@pytest.mark.feature("ID-05", "ID-06")
@pytest.mark.parametrize(
    ("form", "method", "sent", "said"),
    [
        (
            {"onderdeel": "rollen", "rol": ["invoices", "settings"]},
            "change_roles",
            {"roles": ["invoices", "settings"]},
            "Gebruikersrollen opgeslagen",
        ),
        ({"onderdeel": "rollen"}, "change_roles", {"roles": []}, "Gebruikersrollen opgeslagen"),
        (
            {"onderdeel": "berichten", "bericht": "voip_high_usage"},
            "change_registrations",
            {"registrations": ["voip_high_usage"]},
            "E-mailberichten opgeslagen",
        ),
        (
            {"onderdeel": "gegevens", "email": "piet@bakkerij.example", "tussenvoegsel": "de"},
            "change_user",
            dict.fromkeys(people.DETAILS, "") | {"email": "piet@bakkerij.example", "infix": "de"},
            "Gegevens opgeslagen",
        ),
    ],
)
def test_each_form_changes_its_own_thing(
    manager: Browser, rpc: FakeRpc, form: dict[str, Any], method: str, sent: dict[str, Any], said: str
) -> None:
    response = manager.post(PIET, {**form, "opdracht": COMMAND})
    assert (response.status_code, response.headers["Location"]) == (303, PIET)
    assert rpc.last(method).fields == {"user_id": people.PIET, "command_id": COMMAND, **sent}
    assert said in manager.page(PIET).one("div", class_="tk-toast").text


def test_a_form_we_do_not_have_is_refused(manager: Browser) -> None:
    assert manager.post(PIET, {"onderdeel": "alles"}).status_code == 400


@pytest.mark.feature("ID-05", "GW-02")
def test_a_refused_role_stands_beside_the_roles_and_the_ticks_stay(manager: Browser, rpc: FakeRpc) -> None:
    said = "Deze rol kan alleen samen met Toegang mobiel."
    rpc.answers["identity", "change_roles"] = Invalid(fields={"roles": [said]})
    response = manager.post(PIET, {"onderdeel": "rollen", "rol": ["mobile_limits"]})
    page = Page(response.text)
    assert response.status_code == 422
    assert words(page.one("p", id="rol-fout").text) == said
    assert page.one("fieldset", id="rol").attrs["aria-describedby"] == "rol-fout"
    assert checked(page, "rol") == ["mobile_limits"]
    assert checked(page, "bericht") == ["invoices_by_mail"], "the other forms stand as they are"


def test_an_invented_role_is_refused_here(manager: Browser, rpc: FakeRpc) -> None:
    response = manager.post(PIET, {"onderdeel": "rollen", "rol": ["operator"]})
    assert "Deze rol kennen we niet." in response.text
    assert "change_roles" not in [call.method for call in rpc.asked]


@pytest.mark.feature("GW-03")
def test_identity_going_away_while_one_types_keeps_what_was_typed(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "user"] = rpc.answers["identity", "change_user"] = Unavailable()
    response = manager.post(PIET, {"onderdeel": "gegevens", "email": "piet@nieuw.example"})
    page = Page(response.text)
    assert response.status_code == 503
    assert page.field("email").attrs["value"] == "piet@nieuw.example"
    assert "De gegevens van deze gebruiker laden lukt nu niet." in page.text


@pytest.mark.feature("ID-07")
@pytest.mark.parametrize(
    ("welcome", "said"),
    [
        ("none", None),
        ("used", None),
        ("sent", "De welkom e-mail is verstuurd. Piet Jonker heeft nog geen wachtwoord gekozen."),
        ("expired", "De link in de welkom e-mail is verlopen. Piet Jonker kan nog niet inloggen."),
    ],
)
def test_the_welcome_mail_can_be_sent_again(
    manager: Browser, rpc: FakeRpc, welcome: str, said: str | None
) -> None:
    rpc.answers["identity", "user"] = people.by_id(welcome=welcome)
    page = manager.page(PIET)
    assert (said or "Gebruikersrollen") in page.text
    buttons = [words(b.text) for b in page.all("button")]
    assert ("Verstuur welkom e-mail opnieuw" in buttons) is (said is not None)
    assert manager.post(f"{PIET}/welkom", {"opdracht": COMMAND}).headers["Location"] == PIET
    assert rpc.last("resend_welcome").fields == {"user_id": people.PIET, "command_id": COMMAND}


@pytest.mark.feature("ID-04")
def test_ones_own_page_offers_no_block_and_no_bin(manager: Browser) -> None:
    page = manager.page(SELF)
    assert "Uzelf blokkeren of verwijderen kan niet." in page.text
    assert page.link("Mijn gegevens") == "/mijn-gegevens"
    assert [f for f in page.all("form") if "blokkeer" in f.attrs["action"]] == []


def test_who_changes_their_own_roles_stays_signed_in_under_a_new_token(
    manager: Browser, rpc: FakeRpc
) -> None:
    before = manager.cookie()
    roles = ["user_management", "invoices"]
    rpc.answers["identity", "account"] = people.own_account(roles=roles, epoch=2)
    form = {"onderdeel": "rollen", "rol": roles}
    assert manager.post(SELF, form).headers["Location"] == SELF
    assert manager.cookie() != before
    assert manager.get(SELF).status_code == 200
    assert rpc.last("user").acting.roles == ("user_management", "invoices")


def test_who_gives_up_user_management_is_not_left_on_a_page_they_may_not_see(
    manager: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["identity", "account"] = people.own_account(roles=[], epoch=2)
    response = manager.post(SELF, {"onderdeel": "rollen"}, follow_redirects=True)
    assert response.status_code == 200
    assert "Gebruikersrollen opgeslagen" in response.text
    assert manager.get("/gebruikers").status_code == 403
