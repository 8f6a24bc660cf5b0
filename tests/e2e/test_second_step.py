"""Logging in in two steps: one's own choice, then a company's rule, and a phone that is lost."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Running
from tests.support.processes import until

pytestmark = pytest.mark.xdist_group("e2e")

PASSWORD = "vlierbessensap met ijs"


class App:
    """An authenticator app with one account. It gives each code once, so the next is of a later step."""

    def __init__(self, secret: str) -> None:
        self._totp = TOTP(base64.b32decode(secret.replace(" ", "")), 6, SHA1(), 30)
        self._last = 0

    def code(self) -> str:
        """The code of now or, when that was given already, the next one: it counts half a minute early."""
        step = max(int(time.time()) // 30, self._last + 1)
        until(lambda: step <= int(time.time()) // 30 + 1, 40, "the time of the next code")
        self._last = step
        return self._totp.generate(step * 30).decode()


@pytest.fixture
def browsers(browser: Browser, running: Running) -> Iterator[Callable[..., Page]]:
    """Another person's browser, with or without scripts."""
    contexts: list[BrowserContext] = []

    def open_browser(scripts: bool = True) -> Page:
        fields = {"base_url": running.address, "locale": "nl-NL", "java_script_enabled": scripts}
        contexts.append(browser.new_context(**fields))  # type: ignore[arg-type]
        return contexts[-1].new_page()

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def two_people(running: Running) -> tuple[str, str]:
    """The usernames of a new customer's user manager and of a colleague."""
    made = running.tikker("customer", "create", "Garage Voorbeeld", "--product", "voip")
    number = made.stdout.split()[0]
    manager, colleague = f"eva.{uuid4().hex[:8]}", f"jan.{uuid4().hex[:8]}"
    for username, *roles in ((manager, "--role", "user_management"), (colleague,)):
        asked = ("user", "create", number, username, "--password", PASSWORD, *roles)
        done = running.tikker(*asked, "--email", f"{username}@garage.example")
        assert done.returncode == 0, done.stdout + done.stderr
    return manager, colleague


def give_password(page: Page, username: str) -> None:
    page.goto("/inloggen")
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


def give_code(page: Page, code: str, label: str = "Code van 6 cijfers") -> None:
    page.get_by_label(label).fill(code)
    page.get_by_role("button", name="Inloggen").click()


def is_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()


def set_up(page: Page) -> tuple[App, list[str]]:
    """From the page that explains it to the recovery codes."""
    page.get_by_role("button", name="Toon de QR-code").click()
    expect(page.get_by_role("img", name="QR-code")).to_be_visible()
    app = App(page.locator("code").inner_text())
    page.get_by_label("Code van 6 cijfers").fill("000000")
    page.get_by_role("button", name="Zet twee stappen aan").click()
    expect(page.locator("#code-fout")).to_contain_text("Deze code klopt niet")
    page.get_by_label("Code van 6 cijfers").fill(app.code())
    page.get_by_role("button", name="Zet twee stappen aan").click()
    expect(page.get_by_role("heading", name="Bewaar uw herstelcodes")).to_be_visible()
    return app, page.locator(".tk-codes code").all_inner_texts()


@pytest.mark.feature("ID-09")
def test_two_steps_from_a_choice_to_a_duty_to_a_lost_phone(
    two_people: tuple[str, str], browsers: Callable[..., Page], running: Running
) -> None:
    manager, colleague = two_people
    eva, jan = browsers(), browsers(scripts=False)
    give_password(eva, manager)
    is_in(eva)
    give_password(jan, colleague)
    is_in(jan)

    # Eva chooses it for herself, and keeps her recovery codes in a file.
    eva.goto("/mijn-gegevens")
    eva.get_by_role("link", name="Stel twee stappen in").click()
    app, codes = set_up(eva)
    with eva.expect_download() as download:
        eva.get_by_role("link", name="Download").click()
    kept = download.value.path().read_text()
    assert len(codes) == 10 and all(code in kept for code in codes)
    eva.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(eva.get_by_text("U hebt nog 10 herstelcodes.")).to_be_visible()

    # Elsewhere the password alone opens nothing; a code opens once; a recovery code does without the phone.
    elsewhere = browsers()
    give_password(elsewhere, manager)
    expect(elsewhere.get_by_role("heading", name="Code van uw telefoon")).to_be_visible()
    elsewhere.goto("/mijn-gegevens")
    expect(elsewhere).to_have_url(re.compile("/inloggen"))
    elsewhere.goto("/inloggen/code")
    code = app.code()
    give_code(elsewhere, code)
    is_in(elsewhere)
    thief = browsers()
    give_password(thief, manager)
    give_code(thief, code)
    expect(thief.get_by_text("Deze code klopt niet, of is al gebruikt.")).to_be_visible()
    thief.get_by_role("link", name="Ik heb mijn telefoon niet bij me").click()
    give_code(thief, codes[0].upper(), "Herstelcode")
    is_in(thief)

    # She asks it of everybody: Jan is logged out, and sets it up before anything else, without scripts.
    eva.goto("/gebruikers")
    expect(eva.get_by_text("1 gebruiker heeft het nog niet.")).to_be_visible()
    eva.get_by_role("button", name="Maak twee stappen verplicht").click()
    expect(eva.get_by_text("Verplicht voor iedereen.")).to_be_visible()
    until(lambda: jan.goto("/mijn-gegevens") and "/inloggen" in jan.url, what="the end of Jan's session")
    give_password(jan, colleague)
    expect(jan.get_by_text("Stel het nu in, dan gaat u verder.")).to_be_visible()
    jan.goto("/overzicht")
    expect(jan).to_have_url(re.compile("/mijn-gegevens/twee-stappen"))
    jans, _ = set_up(jan)
    jan.goto("/")
    is_in(jan)

    # Jan loses his phone. Eva takes the second step away, and he begins again.
    eva.goto("/gebruikers")
    eva.get_by_role("link", name=colleague, exact=True).click()
    eva.get_by_role("link", name="Tweede stap weghalen…").click()
    eva.get_by_label("Reden").fill("Telefoon gestolen")
    eva.get_by_role("button", name="Haal de tweede stap weg").click()
    expect(eva.get_by_text("Tweede stap weggehaald")).to_be_visible()
    until(lambda: jan.goto("/mijn-gegevens") and "/inloggen" in jan.url, what="the end of Jan's session")
    give_password(jan, colleague)
    expect(jan.get_by_text("Stel het nu in, dan gaat u verder.")).to_be_visible()
    again, _ = set_up(jan)
    assert again.code() != jans.code()
