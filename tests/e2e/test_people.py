"""People come, get rights, lose and choose passwords, and go: with real services and real mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Running
from tests.support.processes import until

pytestmark = pytest.mark.xdist_group("e2e")

PASSWORD = "vlierbessensap met ijs"
LINK = re.compile(r"https?://\S+(/wachtwoord/[\w-]+)")


class Post:
    """What the mail server of the house has taken, by address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def links_to(self, address: str) -> list[str]:
        """The paths of the links in the mails to an address, oldest first."""
        mails = [message_from_bytes(f.read_bytes(), policy=policy.default) for f in self._eml()]
        texts = [str(m.get_body(("plain",)).get_content()) for m in mails if m["X-Envelope-To"] == address]  # type: ignore[union-attr]
        return [link for text in texts for link in LINK.findall(text)]

    def link_to(self, address: str, number: int = 1) -> str:
        """The path of the nth link to an address; waits for its mail."""
        enough = until(
            lambda: len(self.links_to(address)) >= number and self.links_to(address),
            what=f"mail {number} to {address}",
        )
        return str(enough[number - 1])  # type: ignore[index]

    def _eml(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"))


@pytest.fixture
def post(running: Running) -> Post:
    return Post(Path(running.house.mail))


@pytest.fixture
def elsewhere(browser: Browser, running: Running) -> Iterator[Callable[[], Page]]:
    """Another person's browser."""
    contexts: list[BrowserContext] = []

    def open_browser() -> Page:
        contexts.append(browser.new_context(base_url=running.address, locale="nl-NL"))
        return contexts[-1].new_page()

    yield open_browser
    for context in contexts:
        context.close()


def choose_password(page: Page, link: str, password: str) -> None:
    page.goto(link)
    page.get_by_label("Nieuw wachtwoord", exact=True).fill(password)
    page.get_by_label("Bevestig wachtwoord", exact=True).fill(password)
    page.get_by_role("button", name="Wachtwoord opslaan").click()


def sign_in(page: Page, username: str, password: str) -> None:
    if urlsplit(page.url).path != "/inloggen":
        page.goto("/inloggen")
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord", exact=True).fill(password)
    page.get_by_role("button", name="Inloggen").click()


def register(manager: Page, username: str) -> str:
    """Make a user with a welcome mail; the address of the mail."""
    address = f"{username}@bakkerij.example"
    manager.goto("/gebruikers/nieuw")
    manager.get_by_label("Gebruikersnaam").fill(username)
    manager.get_by_label("E-mail adres").fill(address)
    manager.get_by_label("Voornaam").fill("Piet")
    manager.get_by_label("Achternaam").fill("Jonker")
    manager.get_by_role("button", name="Registreer").click()
    expect(manager.get_by_role("heading", name="Piet Jonker")).to_be_visible()
    return address


@dataclass
class Newcomer:
    """A user who came in by the welcome mail, and their browser."""

    username: str
    address: str
    page: Page

    def sign_in(self, password: str = PASSWORD) -> None:
        sign_in(self.page, self.username, password)

    def thrown_out(self) -> None:
        """Waits until the session is over."""
        until(
            lambda: self.page.goto("/mijn-gegevens") and "/inloggen" in self.page.url,
            what="the end of the session",
        )

    def refused(self, password: str = PASSWORD) -> None:
        self.sign_in(password)
        expect(self.page.get_by_text("Deze combinatie klopt niet.")).to_be_visible()


@pytest.fixture
def manager(log_in: Callable[..., Page]) -> Page:
    """The browser of the bakery's user manager."""
    return log_in()


@pytest.fixture
def piet(manager: Page, elsewhere: Callable[[], Page], post: Post) -> Newcomer:
    username = f"piet.{uuid4().hex[:8]}"
    address = register(manager, username)
    newcomer = Newcomer(username, address, elsewhere())
    choose_password(newcomer.page, post.link_to(address), PASSWORD)
    newcomer.sign_in()
    expect(newcomer.page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()
    return newcomer


@pytest.mark.feature("ID-07")
def test_a_welcome_mail_leads_to_a_password_and_in(
    manager: Page, elsewhere: Callable[[], Page], post: Post
) -> None:
    username = f"piet.{uuid4().hex[:8]}"
    address = register(manager, username)
    expect(manager.get_by_text("De welkom e-mail is verstuurd.")).to_be_visible()

    page, link = elsewhere(), post.link_to(address)
    page.goto(link)
    expect(page.get_by_role("heading", name="Welkom bij Tikker")).to_be_visible()
    choose_password(page, link, username)
    expect(page.locator("#wachtwoord-fout")).to_contain_text("Gebruik niet uw gebruikersnaam")
    choose_password(page, link, PASSWORD)
    expect(page.get_by_text("Uw wachtwoord is opgeslagen.")).to_be_visible()
    expect(page.get_by_label("Gebruikersnaam")).to_have_value(username)
    sign_in(page, username, PASSWORD)
    expect(page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()
    manager.reload()
    expect(manager.get_by_text("De welkom e-mail is verstuurd.")).to_have_count(0)


@pytest.mark.feature("ID-03", "ID-05")
def test_one_sees_what_the_roles_allow(manager: Page, piet: Newcomer) -> None:
    tabs = piet.page.get_by_role("navigation", name="Onderdelen").get_by_role("link")
    expect(tabs).to_have_text(["Overzicht", "Gespreksdetails", "Mijn gegevens"])
    piet.page.goto("/gebruikers")
    expect(piet.page.get_by_text("Daarvoor is de rol Gebruikersmanagement nodig.")).to_be_visible()

    manager.get_by_label("Gebruikersmanagement").check()
    manager.get_by_role("button", name="Rollen opslaan").click()
    expect(manager.get_by_text("Gebruikersrollen opgeslagen")).to_be_visible()
    piet.thrown_out()
    piet.sign_in()
    expect(tabs).to_have_text(["Overzicht", "Gespreksdetails", "Gebruikers", "Mijn gegevens"])
    piet.page.goto("/gebruikers")
    expect(piet.page.get_by_role("link", name=piet.username, exact=True)).to_be_visible()


@pytest.mark.feature("ID-02")
def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(
    piet: Newcomer, elsewhere: Callable[[], Page], post: Post
) -> None:
    page = elsewhere()
    page.goto("/inloggen")
    page.get_by_role("link", name="Help ik ben m'n wachtwoord vergeten").click()
    page.get_by_label("Gebruikersnaam of e-mailadres").fill(piet.address)
    page.get_by_role("button", name="Verstuur de link").click()
    expect(page.get_by_role("heading", name="Kijk in uw e-mail")).to_be_visible()

    link = post.link_to(piet.address, number=2)
    choose_password(page, link, "appelmoes met kaneel")
    expect(page.get_by_text("Uw wachtwoord is opgeslagen.")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="Deze link werkt niet meer")).to_be_visible()
    piet.thrown_out()
    piet.refused()
    piet.sign_in("appelmoes met kaneel")
    expect(piet.page.get_by_role("heading", name="Mijn gegevens")).to_be_visible()


@pytest.mark.feature("ID-02")
def test_asking_for_a_link_tells_nobody_who_has_an_account(page: Page) -> None:
    said = set()
    for who in ("bakkerij", "bestaat.niet", "niemand@bakkerij.example"):
        page.goto("/wachtwoord-vergeten")
        page.get_by_label("Gebruikersnaam of e-mailadres").fill(who)
        page.get_by_role("button", name="Verstuur de link").click()
        expect(page.get_by_role("heading", name="Kijk in uw e-mail")).to_be_visible()
        said.add(page.locator("main").inner_text())
    assert len(said) == 1


@pytest.mark.feature("ID-08")
def test_a_password_of_ones_own_choice_ends_the_other_sessions(
    piet: Newcomer, elsewhere: Callable[[], Page]
) -> None:
    page = elsewhere()
    sign_in(page, piet.username, PASSWORD)
    page.goto("/mijn-gegevens")
    for label, typed in (
        ("Huidig wachtwoord", PASSWORD),
        ("Nieuw wachtwoord", "rabarber uit de tuin"),
        ("Bevestig wachtwoord", "rabarber uit de tuin"),
    ):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_role("button", name="Wachtwoord wijzigen").click()
    expect(page.get_by_text("Wachtwoord gewijzigd")).to_be_visible()
    piet.thrown_out()
    piet.refused()
    page.goto("/gespreksdetails/details")
    expect(page.get_by_role("heading", name="Gespreksdetails")).to_be_visible()


@pytest.mark.feature("ID-04")
def test_blocking_ends_a_session_undoing_lets_in_again_and_deleting_is_for_good(
    manager: Page, piet: Newcomer
) -> None:
    manager.goto(f"/gebruikers?bevat={piet.username}")
    expect(manager.get_by_text("items 1 - 1 van 1")).to_be_visible()
    manager.get_by_role("checkbox", name=f"{piet.username} geblokkeerd").click()
    expect(manager.get_by_text(f"{piet.username} is geblokkeerd")).to_be_visible()
    piet.thrown_out()
    piet.refused()

    manager.get_by_role("button", name="Maak ongedaan").click()
    expect(manager.get_by_text(f"{piet.username} kan weer inloggen")).to_be_visible()
    piet.sign_in()
    expect(piet.page.get_by_role("heading", name="Mijn gegevens")).to_be_visible()

    manager.get_by_role("link", name=f"Verwijder {piet.username}").click()
    manager.get_by_role("button", name=f"Verwijder {piet.username}").click()
    expect(manager.get_by_text("Gebruiker verwijderd")).to_be_visible()
    piet.thrown_out()
    piet.refused()
