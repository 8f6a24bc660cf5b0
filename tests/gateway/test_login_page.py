"""Logging in: what is asked of identity and what each answer looks like."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.models.login import day_shape
from shared.errors import Fault, Invalid, TooMany
from tests.gateway import builders
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

WRONG = {"gebruikersnaam": "sanne.dewit", "wachtwoord": "fout geraden"}


@pytest.mark.feature("ID-01")
def test_the_page_has_the_manuals_words(visitor: Browser) -> None:
    page = visitor.page("/inloggen")
    assert page.one("h1").text == "Gebruikersnaam en wachtwoord"
    labels = {label.text.strip(): label.attrs["for"] for label in page.all("label")}
    assert labels == {
        "Gebruikersnaam": "gebruikersnaam",
        "Wachtwoord": "wachtwoord",
        "Onthouden?": "onthouden",
    }
    assert page.field("wachtwoord").attrs["type"] == "password"
    assert [b.text.strip() for b in page.all("button", class_="btn-primary")] == ["Inloggen"]


@pytest.mark.parametrize(("typed", "focused"), [(None, "gebruikersnaam"), (WRONG, "wachtwoord")])
def test_the_focus_is_where_one_types_next(
    visitor: Browser, rpc: FakeRpc, typed: dict[str, str] | None, focused: str
) -> None:
    rpc.answers["identity", "login"] = builders.refused(attempts_left=3)
    page = Page(visitor.post("/inloggen", typed).text) if typed else visitor.page("/inloggen")
    assert [e.attrs["name"] for e in page.all("input") if "autofocus" in e.attrs] == [focused]


@pytest.mark.feature("ID-01")
def test_a_right_combination_leads_to_the_first_page(visitor: Browser, rpc: FakeRpc) -> None:
    response = visitor.log_in()
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert visitor.get("/").headers["Location"] == "/overzicht"
    asked = rpc.last("login")
    assert asked.acting.kind == "anonymous"
    assert asked.fields == {
        "username": "sanne.dewit",
        "password": "juist paard batterij niet",
        "address": "127.0.0.1",
    }


def test_a_password_is_taken_exactly_as_typed(visitor: Browser, rpc: FakeRpc) -> None:
    visitor.post("/inloggen", {"gebruikersnaam": " sanne ", "wachtwoord": "  spaties tellen  "})
    assert rpc.last("login").fields["password"] == "  spaties tellen  "
    assert rpc.last("login").fields["username"] == "sanne"


@pytest.mark.feature("ID-01", "GW-02")
def test_a_wrong_combination_says_how_many_tries_are_left(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.refused(attempts_left=3)
    response = visitor.post("/inloggen", WRONG)
    page = Page(response.text)
    said = page.one("div", role="alert").text
    assert response.status_code == 401
    assert "Deze combinatie klopt niet." in said
    assert "Let op hoofdletters. Na nog 3 pogingen moet u even wachten." in said
    assert page.field("gebruikersnaam").attrs["value"] == "sanne.dewit"
    assert "fout geraden" not in response.text


def test_the_last_try_is_one(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.refused(attempts_left=1)
    assert "Na nog 1 poging moet u even wachten." in visitor.post("/inloggen", WRONG).text


@pytest.mark.parametrize("answer", [builders.refused(wait_seconds=840), TooMany(retry_after=840)])
def test_a_locked_account_says_how_long(visitor: Browser, rpc: FakeRpc, answer: object) -> None:
    rpc.answers["identity", "login"] = answer
    response = visitor.post("/inloggen", WRONG)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "840"
    assert "Te veel pogingen." in response.text
    assert "Probeer het over 14 minuten opnieuw." in response.text


@pytest.mark.feature("GW-03")
@pytest.mark.parametrize("failure", ["down", "fault"])
def test_identity_being_away_is_not_the_users_fault(visitor: Browser, rpc: FakeRpc, failure: str) -> None:
    if failure == "down":
        rpc.down.add("identity")
    else:
        rpc.answers["identity", "login"] = Fault()
    response = visitor.post("/inloggen", WRONG)
    assert response.status_code == 503
    assert "Inloggen lukt nu even niet." in response.text
    assert Page(response.text).field("gebruikersnaam").attrs["value"] == "sanne.dewit"


@pytest.mark.feature("GW-02")
def test_empty_fields_are_answered_at_the_field_without_asking_identity(
    visitor: Browser, rpc: FakeRpc
) -> None:
    response = visitor.post("/inloggen", {"gebruikersnaam": "", "wachtwoord": ""})
    page = Page(response.text)
    assert response.status_code == 422
    assert page.error_of("gebruikersnaam") == "Vul uw gebruikersnaam in."
    assert page.error_of("wachtwoord") == "Vul uw wachtwoord in."
    summary = page.one("div", role="alert")
    assert "2 velden kloppen nog niet." in summary.text
    assert "autofocus" in summary.attrs
    assert rpc.asked == []


def test_what_identity_refuses_stands_beside_our_field(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = Invalid(fields={"password": ["Hier staan tekens in die niet kunnen."]})
    response = visitor.post("/inloggen", WRONG)
    assert response.status_code == 422
    assert Page(response.text).error_of("wachtwoord") == "Hier staan tekens in die niet kunnen."


def test_a_password_that_could_burn_cpu_is_refused_before_it_is_hashed(
    visitor: Browser, rpc: FakeRpc
) -> None:
    response = visitor.post("/inloggen", WRONG | {"wachtwoord": "x" * 129})
    assert Page(response.text).error_of("wachtwoord") == "Een wachtwoord is hooguit 128 tekens lang."
    assert rpc.asked == []


def test_what_was_typed_is_shown_as_text(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.refused(attempts_left=2)
    response = visitor.post("/inloggen", WRONG | {"gebruikersnaam": '"><script>alert(1)</script>'})
    assert "<script>alert" not in response.text
    assert Page(response.text).field("gebruikersnaam").attrs["value"] == '"><script>alert(1)</script>'


def test_after_login_one_is_where_one_was_going(visitor: Browser) -> None:
    sent = visitor.get("/gespreksdetails/details?duur=60&duur_is=groter")
    assert sent.status_code == 303
    page = visitor.page(sent.headers["Location"])
    target = page.field("volgende").attrs["value"]
    assert target == "/gespreksdetails/details?duur=60&duur_is=groter"
    assert visitor.log_in(volgende=target).headers["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "https://elders.example/",
        "//elders.example",
        "/\\elders.example",
        "javascript:alert(1)",
        "/\n/elders",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(visitor: Browser, target: str) -> None:
    assert visitor.log_in(volgende=target).headers["Location"] == "/"


def test_who_is_signed_in_does_not_see_the_login_page(sanne: Browser) -> None:
    assert sanne.get("/inloggen").headers["Location"] == "/"


@pytest.mark.feature("ID-01")
def test_logging_out_ends_at_the_login_page_and_says_so(sanne: Browser) -> None:
    response = sanne.post("/uitloggen", follow_redirects=True)
    assert "U bent uitgelogd." in Page(response.text).text
    assert sanne.get("/gespreksdetails/totalen").status_code == 303


def test_an_invented_notice_is_not_shown(visitor: Browser) -> None:
    assert "gehackt" not in visitor.get("/inloggen?melding=gehackt").text


def test_the_picture_marks_the_present() -> None:
    bars = day_shape(datetime(2026, 11, 22, 16, 42, tzinfo=UTC))
    assert len(bars) == 96
    assert [index for index, bar in enumerate(bars) if bar.when == "now"] == [66]
    assert {bar.when for bar in bars[:66]} == {"past"}
    assert {bar.when for bar in bars[67:]} == {"later"}
