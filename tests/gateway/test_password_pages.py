"""A forgotten password, and choosing one by the link of a mail."""

from __future__ import annotations

from dataclasses import replace

import pytest
import structlog
from flask import Flask

from shared.errors import Fault, Invalid, TooMany
from tests.gateway import people
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

LINK = f"/wachtwoord/{people.TOKEN}"
CHOSEN = {"wachtwoord": "vlierbessensap", "bevestig": "vlierbessensap"}
COMMAND = "c" * 32


@pytest.mark.feature("ID-02")
def test_the_login_page_leads_to_a_page_with_one_field(visitor: Browser) -> None:
    address = visitor.page("/inloggen").link("Help ik ben m'n wachtwoord vergeten")
    assert address == "/wachtwoord-vergeten"
    page = visitor.page(address)
    labels = [(label.text.strip(), label.attrs["for"]) for label in page.all("label")]
    assert labels == [("Gebruikersnaam of e-mailadres", "wie")]


@pytest.mark.feature("ID-02")
def test_a_link_is_asked_for_and_the_answer_says_what_to_do(visitor: Browser, rpc: FakeRpc) -> None:
    response = visitor.post("/wachtwoord-vergeten", {"wie": " sanne@bakkerij.example "})
    assert (response.status_code, response.headers["Location"]) == (303, "/wachtwoord-vergeten/verstuurd")
    asked = rpc.last("request_reset")
    assert asked.acting.kind == "anonymous"
    assert asked.fields == {"who": "sanne@bakkerij.example", "address": "127.0.0.1"}
    page = visitor.page("/wachtwoord-vergeten/verstuurd")
    assert "De link werkt 1 uur en één keer." in page.text
    assert "sanne" not in page.text, "the answer does not depend on who asked"


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (TooMany(retry_after=120), 429, "Te veel pogingen. Probeer het over 2 minuten opnieuw."),
        (Fault(), 503, "Dit lukt nu even niet."),
        (Invalid(fields={"who": ["Dit is te lang."]}), 422, "Dit is te lang."),
    ],
)
def test_what_identity_refuses_is_said_and_the_input_stays(
    visitor: Browser, rpc: FakeRpc, answer: Exception, status: int, said: str
) -> None:
    rpc.answers["identity", "request_reset"] = answer
    response = visitor.post("/wachtwoord-vergeten", {"wie": "sanne.dewit"})
    page = Page(response.text)
    assert response.status_code == status
    assert said in page.text
    assert page.field("wie").attrs["value"] == "sanne.dewit"
    assert response.headers.get("Retry-After") == ("120" if status == 429 else None)


def test_an_empty_field_is_answered_without_asking(visitor: Browser, rpc: FakeRpc) -> None:
    response = visitor.post("/wachtwoord-vergeten", {"wie": "  "})
    assert response.status_code == 422
    assert Page(response.text).error_of("wie") == "Vul uw gebruikersnaam of e-mailadres in."
    assert "autofocus" in Page(response.text).field("wie").attrs
    assert rpc.asked == []


@pytest.mark.feature("ID-02", "ID-07")
@pytest.mark.parametrize(
    ("purpose", "title"), [("reset", "Kies een nieuw wachtwoord"), ("welcome", "Welkom bij Tikker")]
)
def test_the_page_behind_a_link(visitor: Browser, rpc: FakeRpc, purpose: str, title: str) -> None:
    rpc.answers["identity", "link"] = {"purpose": purpose, "username": "p.jonker"}
    page = visitor.page(LINK)
    assert page.one("h1").text == title
    assert page.one("input", id="gebruikersnaam").attrs["value"] == "p.jonker"
    rules = page.one("ul", id="wachtwoord-regels")
    assert "minimaal 6 karakters" in rules.text
    assert page.field("wachtwoord").attrs["aria-describedby"] == "wachtwoord-regels"
    assert page.field("wachtwoord").attrs["autocomplete"] == "new-password"
    assert "set_password" not in [call.method for call in rpc.asked], "looking does not use the link"


@pytest.mark.feature("ID-02", "ID-07")
def test_a_chosen_password_leads_to_the_login_page_with_the_username(visitor: Browser, rpc: FakeRpc) -> None:
    response = visitor.post(LINK, {**CHOSEN, "opdracht": COMMAND})
    assert (response.status_code, response.headers["Location"]) == (303, "/inloggen?melding=gekozen")
    asked = rpc.last("set_password")
    assert asked.acting.kind == "anonymous"
    assert asked.fields == {"token": people.TOKEN, "password": "vlierbessensap", "command_id": COMMAND}
    page = visitor.page(response.headers["Location"])
    assert "Uw wachtwoord is opgeslagen. Log ermee in." in page.text
    assert page.field("gebruikersnaam").attrs["value"] == "sanne.dewit"
    assert visitor.log_in().headers["Location"] == "/"


def test_who_is_signed_in_on_the_browser_is_not_any_more(sanne: Browser) -> None:
    response = sanne.post(LINK, CHOSEN, follow_redirects=True)
    assert "Uw wachtwoord is opgeslagen." in response.text
    assert sanne.get("/mijn-gegevens").status_code == 303


def test_sending_twice_is_one_command(visitor: Browser, rpc: FakeRpc) -> None:
    command = visitor.page(LINK).field("opdracht").attrs["value"]
    for _ in range(2):
        assert visitor.post(LINK, {**CHOSEN, "opdracht": command}).status_code == 303
    commands = [call.fields["command_id"] for call in rpc.asked if call.method == "set_password"]
    assert commands == [command, command]


@pytest.mark.feature("ID-02", "ID-07")
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_used_or_expired_says_what_to_do(visitor: Browser, method: str) -> None:
    address = "/wachtwoord/used-or-invented"
    response = visitor.get(address) if method == "get" else visitor.post(address, CHOSEN)
    page = Page(response.text)
    assert response.status_code == 404
    assert page.one("h1").text == "Deze link werkt niet meer"
    assert page.link("Vraag een nieuwe link aan") == "/wachtwoord-vergeten"
    assert "De gebruikersbeheerder van uw bedrijf kan hem opnieuw versturen." in page.text


@pytest.mark.feature("GW-02")
def test_what_is_wrong_with_a_password_stands_beside_it_and_it_is_not_shown_again(
    visitor: Browser, rpc: FakeRpc
) -> None:
    said = "Dit wachtwoord raadt men snel."
    rpc.answers["identity", "set_password"] = Invalid(fields={"password": [said]})
    response = visitor.post(LINK, {"wachtwoord": "geheim-welkom", "bevestig": "geheim-welkom"})
    assert response.status_code == 422
    assert Page(response.text).error_of("wachtwoord") == said
    assert "geheim-welkom" not in response.text


@pytest.mark.feature("GW-03")
def test_identity_being_away_keeps_the_command(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "set_password"] = Fault()
    response = visitor.post(LINK, {**CHOSEN, "opdracht": COMMAND})
    assert response.status_code == 503
    assert Page(response.text).field("opdracht").attrs["value"] == COMMAND, "had it arrived, it counts once"


@pytest.mark.parametrize("address", [LINK, "/wachtwoord/used"])
def test_the_address_with_the_token_is_told_to_nobody(visitor: Browser, address: str) -> None:
    assert visitor.get(address).headers["Referrer-Policy"] == "no-referrer"
    with structlog.testing.capture_logs() as lines:
        visitor.get(address)
        visitor.get(f"{address}/")
        visitor.post(address, CHOSEN)
    assert lines and address not in repr(lines)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (LINK, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        (LINK, {"Origin": "null"}, 303),
        (LINK, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        (LINK, {"Origin": "https://kwaad.example"}, 403),
        ("/wachtwoord-vergeten", {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
def test_a_page_without_referrer_sends_its_form_without_an_origin(
    visitor: Browser, address: str, headers: dict[str, str], status: int
) -> None:
    assert visitor.post(address, {**CHOSEN, "wie": "x"}, headers=headers).status_code == status


def test_even_there_a_form_needs_its_token(visitor: Browser, rpc: FakeRpc) -> None:
    response = visitor.client.post(LINK, data=CHOSEN, headers={"Origin": "null"})
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/inloggen")
    assert rpc.asked == []


def test_what_a_password_must_be_like_comes_from_the_settings(app: Flask, visitor: Browser) -> None:
    app.extensions["tikker"] = replace(app.extensions["tikker"], shortest_password=12)
    rule = visitor.page(LINK).one("li", **{"data-rule": "length"})
    assert "minimaal 12 karakters" in rule.text
    assert rule.attrs["data-least"] == "12"
