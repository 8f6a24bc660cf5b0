"""English beside Dutch: whose language a page has, and what stays the same in both."""

from __future__ import annotations

import pytest

from gateway.words import COOKIE
from shared.errors import Unavailable
from shared.words import language
from tests.gateway import builders
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("GW-01")

DETAILS = "/gespreksdetails/details"


def test_the_login_page_is_dutch_until_one_chooses_english(visitor: Browser) -> None:
    assert visitor.page("/inloggen").one("h1").text == "Gebruikersnaam en wachtwoord"
    assert visitor.post("/taal", {"taal": "en", "terug": "/inloggen"}).headers["Location"] == "/inloggen"
    page = visitor.page("/inloggen")
    assert page.one("html").attrs["lang"] == "en"
    assert page.one("h1").text == "Username and password"


def test_the_browsers_own_list_of_languages_decides_nothing(visitor: Browser) -> None:
    response = visitor.get("/inloggen", headers={"Accept-Language": "en"})
    assert '<html lang="nl"' in response.text


def test_who_is_signed_in_reads_the_language_of_their_profile(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(language="en")
    visitor.log_in()
    page = visitor.page(DETAILS)
    assert page.one("html").attrs["lang"] == "en"
    assert page.one("h1").text == "Call details"
    assert rpc.last("details").acting.language == "en"


def test_amounts_and_dates_are_written_the_same_in_both_languages(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(language="en")
    visitor.log_in()
    text = visitor.page(DETAILS).text
    assert "€\u00a0291,47 ex VAT" in text
    assert "Sun 22 November 2026" in text


def test_the_switch_holds_at_once_and_is_kept_with_the_account(sanne: Browser, rpc: FakeRpc) -> None:
    response = sanne.post("/taal", {"taal": "en", "terug": DETAILS})
    assert response.headers["Location"] == DETAILS
    assert rpc.last("set_preferences").fields["language"] == "en"
    assert sanne.page(DETAILS).one("html").attrs["lang"] == "en"
    assert sanne.page("/mijn-gegevens").one("h1").text == "My details"


def test_the_login_page_is_in_the_language_of_who_was_signed_in_last(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(language="en")
    visitor.log_in()
    visitor.get(DETAILS)
    visitor.post("/uitloggen")
    assert visitor.client.get_cookie(COOKIE) is not None
    assert visitor.page("/inloggen").one("html").attrs["lang"] == "en"


def test_who_chooses_english_at_the_login_page_goes_on_in_it(visitor: Browser, rpc: FakeRpc) -> None:
    visitor.post("/taal", {"taal": "en", "terug": "/inloggen"})
    visitor.log_in()
    assert rpc.last("set_preferences").fields["language"] == "en"
    assert visitor.page(DETAILS).one("html").attrs["lang"] == "en"


def test_while_identity_is_away_the_choice_holds_here_and_the_next_page_says_so(
    sanne: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["identity", "set_preferences"] = Unavailable()
    sanne.post("/taal", {"taal": "en", "terug": DETAILS})
    assert "Your choice was not stored" in sanne.page(DETAILS).text


def test_an_invented_language_is_refused(sanne: Browser) -> None:
    assert sanne.post("/taal", {"taal": "fr"}).status_code == 400


def test_a_cookie_of_nonsense_is_dutch(visitor: Browser) -> None:
    visitor.client.set_cookie(COOKIE, "xx<script>")
    assert visitor.page("/inloggen").one("html").attrs["lang"] == "nl"


def test_a_request_leaves_its_language_to_nobody(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(language="en")
    visitor.log_in()
    visitor.get(DETAILS)
    assert language() == "nl"


def test_the_theme_is_kept_with_the_account_too(sanne: Browser, rpc: FakeRpc) -> None:
    sanne.post("/weergave", {"weergave": "auto", "terug": DETAILS})
    assert rpc.last("set_preferences").fields["theme"] == "system"
