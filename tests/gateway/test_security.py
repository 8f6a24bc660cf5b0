"""Headers, origin and CSRF."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.epochs import Epochs
from gateway.parts import Parts
from gateway.sessions import PortalSessions
from tests.gateway.browser import Browser, Page
from tests.gateway.conftest import settings
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions

PAGES = ["/inloggen", "/gespreksdetails/totalen", "/gespreksdetails/details?paneel=open", "/bestaat-niet"]
EVERYTHING = [*PAGES, "/livez", "/gespreksdetails/details.csv", "/static/x/tikker.css"]


@pytest.mark.parametrize("address", EVERYTHING)
def test_headers_of_every_answer(sanne: Browser, address: str) -> None:
    headers = sanne.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Correlation-ID"])
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_anything_inline_or_from_elsewhere(sanne: Browser, address: str) -> None:
    page = Page(sanne.get(address, follow_redirects=True).text)
    for element in page.elements:
        assert "style" not in element.attrs
        assert not [name for name in element.attrs if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert element.attrs.get(name, "/").startswith(("/", "#")), element
    assert all(e.attrs.get("src") and not e.text for e in page.all("script"))
    assert page.all("style") == []


@pytest.mark.parametrize("address", [*PAGES, "/gespreksdetails/details.csv"])
def test_no_cache_keeps_what_is_personal(sanne: Browser, address: str) -> None:
    assert sanne.get(address).headers["Cache-Control"] == "no-store"


def test_production_asks_for_https_only(rpc: FakeRpc, sessions: MemorySessions, clock: Clock) -> None:
    app = create_app(settings(production=True), Parts(rpc, sessions, Epochs(), clock))
    headers = app.test_client().get("/livez").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.feature("GW-02")
@pytest.mark.parametrize("address", ["/inloggen", "/uitloggen", "/weergave"])
def test_a_form_without_its_token_changes_nothing(sanne: Browser, rpc: FakeRpc, address: str) -> None:
    before = (sanne.cookie(), len(rpc.asked))
    response = sanne.client.post(address, data={"weergave": "dark", "gebruikersnaam": "x"})
    assert response.status_code == 400
    assert "Deze pagina stond te lang open" in response.text
    assert (sanne.cookie(), len(rpc.asked)) == before
    page = sanne.page("/gespreksdetails/totalen")
    assert page.one("html").attrs["data-bs-theme"] == "auto"


def test_a_token_of_another_session_does_not_count(sanne: Browser, app: Flask) -> None:
    other = Browser(app.test_client()).token()
    assert sanne.client.post("/uitloggen", data={"csrf_token": other}).status_code == 400


def test_a_login_page_that_stood_open_too_long_comes_again(
    visitor: Browser, sessions: MemorySessions
) -> None:
    token = visitor.token()
    sessions.kept.clear()
    response = visitor.client.post(
        "/inloggen",
        data={"csrf_token": token, "gebruikersnaam": "sanne", "wachtwoord": "x"},
        follow_redirects=True,
    )
    assert response.status_code == 200
    assert "Uw sessie is verlopen." in response.text


@pytest.mark.feature("GW-02")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
        ({"Origin": "https://kwaad.example"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_only_our_own_pages_may_send_forms(sanne: Browser, headers: dict[str, str], status: int) -> None:
    assert sanne.post("/uitloggen", headers=headers).status_code == status


def test_nothing_changes_on_a_get(sanne: Browser) -> None:
    response = sanne.get("/uitloggen")
    assert response.status_code == 405
    assert response.headers["Allow"] == "OPTIONS, POST" or "POST" in response.headers["Allow"]
    assert "Dit adres is geen pagina" in response.text
    assert sanne.get("/gespreksdetails/totalen").status_code == 200


def test_a_body_that_is_too_large_is_refused(visitor: Browser, rpc: FakeRpc) -> None:
    response = visitor.post("/inloggen", {"gebruikersnaam": "x" * 70_000, "wachtwoord": "x"})
    assert response.status_code == 413
    assert rpc.asked == []


def test_only_the_named_hosts_are_answered(rpc: FakeRpc, sessions: MemorySessions, clock: Clock) -> None:
    app = create_app(settings(hosts=("mijn.voorbeeld.nl",)), Parts(rpc, sessions, Epochs(), clock))
    client = app.test_client()
    assert client.get("/livez", headers={"Host": "mijn.voorbeeld.nl"}).status_code == 200
    assert client.get("/livez", headers={"Host": "kwaad.example"}).status_code == 400


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_forwarded_headers_count_only_from_known_proxies(
    rpc: FakeRpc, sessions: MemorySessions, clock: Clock, proxies: int, address: str
) -> None:
    app = create_app(settings(proxies=proxies), Parts(rpc, sessions, Epochs(), clock))
    visitor = Browser(app.test_client())
    form = {"gebruikersnaam": "sanne", "wachtwoord": "x"}
    visitor.post("/inloggen", form, headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert rpc.last("login").fields["address"] == address


def test_sessions_are_ours(app: Flask) -> None:
    assert isinstance(app.session_interface, PortalSessions)
