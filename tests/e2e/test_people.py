"""People come, get rights, lose and choose passwords, and go: with real services and real mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Running
from tests.support.processes import until

pytestmark = pytest.mark.xdist_group("e2e")

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


@pytest.mark.feature("ID-03", "ID-04", "ID-05", "ID-07")
def test_a_new_user_comes_in_by_the_welcome_mail_and_sees_what_the_roles_allow(
    log_in: Callable[..., Page], elsewhere: Callable[[], Page], post: Post
) -> None:
    username = f"piet.{uuid4().hex[:8]}"
    manager = log_in()
    address = register(manager, username)
    expect(manager.get_by_text("De welkom e-mail is verstuurd.")).to_be_visible()

    piet = elsewhere()
    link = post.link_to(address)
    piet.goto(link)
    expect(piet.get_by_role("heading", name="Welkom bij Tikker")).to_be_visible()
    choose_password(piet, link, username)
    expect(piet.locator("#wachtwoord-fout")).to_contain_text("Gebruik niet uw gebruikersnaam")
    choose_password(piet, link, "vlierbessensap met ijs")
    expect(piet.get_by_text("Uw wachtwoord is opgeslagen.")).to_be_visible()
    expect(piet.get_by_label("Gebruikersnaam")).to_have_value(username)
    sign_in(piet, username, "vlierbessensap met ijs")
    expect(piet.get_by_role("heading", name="Gespreksdetails")).to_be_visible()

    tabs = piet.get_by_role("navigation", name="Onderdelen").get_by_role("link")
    expect(tabs).to_have_text(["Gespreksdetails", "Mijn gegevens"])
    piet.goto("/gebruikers")
    expect(piet.get_by_text("Daarvoor is de rol Gebruikersmanagement nodig.")).to_be_visible()

    manager.reload()
    manager.get_by_label("Gebruikersmanagement").check()
    manager.get_by_role("button", name="Rollen opslaan").click()
    expect(manager.get_by_text("Gebruikersrollen opgeslagen")).to_be_visible()
    until(lambda: piet.goto("/gebruikers") and "/inloggen" in piet.url, what="the end of the session")
    sign_in(piet, username, "vlierbessensap met ijs")
    expect(piet.get_by_role("heading", name="Gebruikers", exact=True)).to_be_visible()

    manager.goto(f"/gebruikers?bevat={username}")
    manager.get_by_role("link", name=f"Verwijder {username}").click()
    manager.get_by_role("button", name=f"Verwijder {username}").click()
    expect(manager.get_by_text("Gebruiker verwijderd")).to_be_visible()
    until(lambda: piet.goto("/gebruikers") and "/inloggen" in piet.url, what="the end of the session")
    sign_in(piet, username, "vlierbessensap met ijs")
    expect(piet.get_by_text("Deze combinatie klopt niet.")).to_be_visible()


@pytest.mark.feature("ID-02", "ID-08")
def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(
    log_in: Callable[..., Page], elsewhere: Callable[[], Page], post: Post
) -> None:
    username = f"piet.{uuid4().hex[:8]}"
    address = register(log_in(), username)
    first = elsewhere()
    choose_password(first, post.link_to(address), "vlierbessensap met ijs")
    sign_in(first, username, "vlierbessensap met ijs")
    expect(first.get_by_role("heading", name="Gespreksdetails")).to_be_visible()

    second = elsewhere()
    second.goto("/inloggen")
    second.get_by_role("link", name="Help ik ben m'n wachtwoord vergeten").click()
    second.get_by_label("Gebruikersnaam of e-mailadres").fill(address)
    second.get_by_role("button", name="Verstuur de link").click()
    expect(second.get_by_role("heading", name="Kijk in uw e-mail")).to_be_visible()
    said = second.locator("main").inner_text()
    second.goto("/wachtwoord-vergeten")
    second.get_by_label("Gebruikersnaam of e-mailadres").fill("bestaat.niet")
    second.get_by_role("button", name="Verstuur de link").click()
    expect(second.get_by_role("heading", name="Kijk in uw e-mail")).to_be_visible()
    assert second.locator("main").inner_text() == said

    link = post.link_to(address, number=2)
    choose_password(second, link, "appelmoes met kaneel")
    expect(second.get_by_text("Uw wachtwoord is opgeslagen.")).to_be_visible()
    second.goto(link)
    expect(second.get_by_role("heading", name="Deze link werkt niet meer")).to_be_visible()
    until(lambda: first.goto("/mijn-gegevens") and "/inloggen" in first.url, what="the end of the session")
    sign_in(first, username, "vlierbessensap met ijs")
    expect(first.get_by_text("Deze combinatie klopt niet.")).to_be_visible()

    sign_in(second, username, "appelmoes met kaneel")
    second.goto("/mijn-gegevens")
    second.get_by_label("Huidig wachtwoord").fill("appelmoes met kaneel")
    second.get_by_label("Nieuw wachtwoord", exact=True).fill("rabarber uit de tuin")
    second.get_by_label("Bevestig wachtwoord").fill("rabarber uit de tuin")
    second.get_by_role("button", name="Wachtwoord wijzigen").click()
    expect(second.get_by_text("Wachtwoord gewijzigd")).to_be_visible()
    second.goto("/gespreksdetails/details")
    expect(second.get_by_role("heading", name="Gespreksdetails")).to_be_visible()


@pytest.mark.feature("ID-04")
def test_blocking_ends_a_session_and_undoing_lets_in_again(
    log_in: Callable[..., Page], elsewhere: Callable[[], Page], post: Post
) -> None:
    username = f"piet.{uuid4().hex[:8]}"
    manager = log_in()
    address = register(manager, username)
    piet = elsewhere()
    choose_password(piet, post.link_to(address), "vlierbessensap met ijs")
    sign_in(piet, username, "vlierbessensap met ijs")
    expect(piet.get_by_role("heading", name="Gespreksdetails")).to_be_visible()

    manager.goto(f"/gebruikers?bevat={username}")
    expect(manager.get_by_text("items 1 - 1 van 1")).to_be_visible()
    manager.get_by_role("checkbox", name=f"{username} geblokkeerd").click()
    expect(manager.get_by_text(f"{username} is geblokkeerd")).to_be_visible()
    until(lambda: piet.goto("/mijn-gegevens") and "/inloggen" in piet.url, what="the end of the session")
    sign_in(piet, username, "vlierbessensap met ijs")
    expect(piet.get_by_text("Deze combinatie klopt niet.")).to_be_visible()
    manager.get_by_role("button", name="Maak ongedaan").click()
    expect(manager.get_by_text(f"{username} kan weer inloggen")).to_be_visible()
    sign_in(piet, username, "vlierbessensap met ijs")
    expect(piet.get_by_role("heading", name="Mijn gegevens")).to_be_visible()
