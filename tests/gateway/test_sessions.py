"""Sessions: a token that changes at login, is stored hashed, ends in time and really ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.epochs import Epochs
from gateway.parts import Parts
from tests.gateway.browser import Browser
from tests.gateway.conftest import settings
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions

PAGE = "/gespreksdetails/totalen"


def signed_in(sanne: Browser) -> bool:
    return sanne.get(PAGE).status_code == 200


def key_of(token: str | None) -> str:
    assert token is not None
    return hashlib.sha256(token.encode()).hexdigest()


def test_the_store_has_the_hash_of_the_token_only(sanne: Browser, sessions: MemorySessions) -> None:
    token = sanne.cookie()
    assert list(sessions.kept) == [key_of(token)]
    (value, _expires) = sessions.kept[key_of(token)]
    assert token is not None and token.encode() not in value


def test_the_token_has_256_bits(sanne: Browser) -> None:
    assert len(sanne.cookie() or "") >= 43  # 32 bytes in base64


@pytest.mark.feature("ID-01")
def test_login_changes_the_token_and_the_old_one_opens_nothing(visitor: Browser) -> None:
    visitor.get("/inloggen")
    before = visitor.cookie()
    visitor.log_in()
    assert visitor.cookie() not in (before, None)
    visitor.client.set_cookie("tikker", before or "")
    assert not signed_in(visitor)


def test_a_token_that_we_did_not_make_is_not_adopted(visitor: Browser) -> None:
    visitor.client.set_cookie("tikker", "chosen-by-an-attacker")
    visitor.log_in()
    assert visitor.cookie() != "chosen-by-an-attacker"
    assert signed_in(visitor)


@pytest.mark.feature("ID-01")
def test_logging_out_removes_what_was_kept(sanne: Browser, sessions: MemorySessions) -> None:
    token = sanne.cookie()
    sanne.post("/uitloggen")
    assert sessions.kept == {}
    assert sanne.cookie() is None
    sanne.client.set_cookie("tikker", token or "")
    assert not signed_in(sanne)


def test_a_request_that_ends_after_the_logout_does_not_bring_the_session_back(
    sanne: Browser, sessions: MemorySessions, rpc: FakeRpc, clock: Clock
) -> None:
    def slow_periods() -> object:
        sessions.kept.clear()  # meanwhile, in another request, the user logs out
        return periods

    periods = rpc.answers["cdr", "periods"]
    rpc.answers["cdr", "periods"] = slow_periods
    clock.forward(minutes=2)  # so that the request wants to write the session
    sanne.get(PAGE)
    assert sessions.kept == {}


@pytest.mark.parametrize(
    ("minutes", "still"), [([29, 29, 29], True), ([31], False), ([29, 29, 31], False), ([25] * 30, False)]
)
def test_a_session_ends_after_half_an_hour_idle_or_twelve_hours(
    sanne: Browser, clock: Clock, minutes: list[int], still: bool
) -> None:
    for step in minutes:
        clock.forward(minutes=step)
        last = signed_in(sanne)
    assert last is still


@pytest.mark.feature("ID-01")
def test_remembered_is_thirty_days_also_without_a_visit(visitor: Browser, clock: Clock) -> None:
    response = visitor.log_in(onthouden="1")
    assert "Expires" in response.headers["Set-Cookie"]
    clock.forward(days=29, hours=23)
    assert signed_in(visitor)
    clock.forward(hours=2)
    assert not signed_in(visitor)


def test_without_remembering_the_cookie_goes_with_the_browser(visitor: Browser) -> None:
    assert "Expires" not in visitor.log_in().headers["Set-Cookie"]


def test_an_ended_session_says_so_and_leads_back(sanne: Browser, clock: Clock) -> None:
    clock.forward(hours=1)
    sent = sanne.get(PAGE)
    assert sent.status_code == 303
    page = sanne.page(sent.headers["Location"])
    assert "Uw sessie is verlopen." in page.text
    assert page.field("volgende").attrs["value"] == PAGE


def test_in_production_the_cookie_is_bound_to_the_host(
    rpc: FakeRpc, sessions: MemorySessions, clock: Clock
) -> None:
    app = create_app(settings(production=True), Parts(rpc, sessions, Epochs(), clock))
    secure = Browser(app.test_client())
    secure.client.environ_base["wsgi.url_scheme"] = "https"
    made = secure.log_in().headers["Set-Cookie"]
    assert made.startswith("__Host-tikker=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in made
    assert "Domain" not in made
    gone = secure.post("/uitloggen").headers["Set-Cookie"]
    assert gone.startswith("__Host-tikker=;")
    assert "Secure" in gone, "a browser refuses to delete a __Host- cookie without it"


def test_the_cookie_in_development(visitor: Browser) -> None:
    made = visitor.log_in().headers["Set-Cookie"]
    assert made.startswith("tikker=")
    assert "HttpOnly" in made and "SameSite=Lax" in made and "Secure" not in made


@pytest.mark.feature("GW-03")
def test_without_the_store_pages_say_so_and_files_still_come(
    sanne: Browser, sessions: MemorySessions
) -> None:
    page = sanne.page(PAGE)
    style = page.all("link", rel="stylesheet")[0].attrs["href"]
    sessions.broken = True
    response = sanne.get(PAGE)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "20"
    assert "Dit onderdeel is er even niet" in response.text
    assert sanne.get(style).status_code == 200
    assert sanne.get("/livez").status_code == 200


def test_a_store_that_fails_while_saving_gives_an_error_page_not_a_login(
    visitor: Browser, sessions: MemorySessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = visitor.token()

    def insert(*_: object) -> None:
        sessions.broken = True
        sessions._check()

    monkeypatch.setattr(sessions, "insert", insert)
    form = {"csrf_token": token, "gebruikersnaam": "sanne.dewit", "wachtwoord": "goed"}
    response = visitor.client.post("/inloggen", data=form)
    assert response.status_code == 503
    assert "Set-Cookie" not in response.headers


def test_what_an_earlier_release_stored_differently_is_no_login(
    sanne: Browser, app: Flask, sessions: MemorySessions
) -> None:
    (key,) = sessions.kept
    rewrite: Callable[[dict[str, object]], bytes] = app.session_interface.serializer.encode  # type: ignore[attr-defined]
    data = app.session_interface.serializer.decode(sessions.kept[key][0])  # type: ignore[attr-defined]
    data["account"] = {"name": "from before"}
    sessions.kept[key] = (rewrite(data), sessions.kept[key][1])
    assert not signed_in(sanne)
