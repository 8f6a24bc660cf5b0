"""The pages about people in a real browser: axe, scripts and their absence, keyboard, paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from shared.errors import Conflict
from tests.gateway import builders, people
from tests.gateway.fakes import FakeRpc
from tests.support.axe import Look, everywhere

LIST = "/gebruikers"
NEW = "/gebruikers/nieuw"
PIET = f"/gebruikers/{people.PIET}"
OWN = "/mijn-gegevens"
LINK = f"/wachtwoord/{people.TOKEN}"
LONG = "wilhelmina.van.oranje-nassau-tot-lippe-biesterfeld@bakkerij-voorbeeld.example"
LOOKS: tuple[Look, ...] = ((1280, "light"), (768, "dark"), (360, "light"))
"""Colours do not depend on the width: each of both once in a scheme of its own."""


@pytest.fixture
def rpc(rpc: FakeRpc) -> FakeRpc:
    """Sanne manages users; one of them has a name that is as long as names get."""
    roles = ["user_management"]
    rpc.answers["identity", "login"] = builders.logged_in(roles=roles)
    rpc.answers["identity", "account"] = people.own_account(roles=roles)
    long_row = people.row(id="b" * 32, username=LONG, email=LONG, last_name="Oranje-Nassau tot " * 4)
    rows = [people.own_row(), people.row(blocked=True), long_row]
    rpc.answers["identity", "users"] = people.users(*rows, total=55)
    rpc.answers["identity", "user"] = people.by_id(welcome="expired")
    return rpc


@pytest.mark.feature("GW-01")
def test_axe_finds_nothing_in_any_state(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    page = open_browser(signed_in=False)
    for path in ("/wachtwoord-vergeten", "/wachtwoord-vergeten/verstuurd", "/wachtwoord/used", LINK):
        page.goto(path)
        assert everywhere(page, LOOKS) == [], path
    page.get_by_label("Nieuw wachtwoord", exact=True).fill("sanne")
    page.get_by_label("Bevestig wachtwoord", exact=True).fill("s")
    assert everywhere(page, LOOKS) == [], "rules that are and are not met"

    page = open_browser()
    for path in (LIST, f"{LIST}?bladzijde=0", NEW, PIET, f"{PIET}/verwijder", OWN):
        page.goto(path)
        assert everywhere(page, LOOKS) == [], path
    page.get_by_role("button", name="Wachtwoord wijzigen").click()
    assert everywhere(page, LOOKS) == [], "a form with errors"
    page.goto(PIET)
    page.get_by_role("button", name="Blokkeer").click()
    page.get_by_role("button", name="Maak ongedaan").focus()  # then it stays
    assert everywhere(page, LOOKS) == [], "a message with undo"
    expect(page.locator(".tk-toast")).to_be_visible()


@pytest.mark.feature("ID-07")
def test_the_rules_of_a_password_tick_off_while_one_types(open_browser: Callable[..., Page]) -> None:
    page = open_browser(signed_in=False)
    page.goto(LINK)
    rules = page.locator("#wachtwoord-regels li")
    field, again = (
        page.get_by_label("Nieuw wachtwoord", exact=True),
        page.get_by_label("Bevestig wachtwoord", exact=True),
    )
    for typed, repeated, states in (
        ("sanne", "", ["nog niet", "voldaan", ""]),
        ("Sanne.deWit", "", ["voldaan", "nog niet", ""]),
        ("vlierbes", "vlier", ["voldaan", "voldaan", "nog niet"]),
        ("vlierbes", "vlierbes", ["voldaan", "voldaan", "voldaan"]),
        ("", "", ["", "", ""]),
    ):
        field.fill(typed)
        again.fill(repeated)
        for rule, state in zip(rules.all(), states, strict=True):
            expect(rule.locator("[data-state]")).to_have_text(f"{state}: " if state else "")


@pytest.mark.feature("ID-07")
def test_passwords_are_out_of_sight_with_a_welcome_mail(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto(NEW)
    expect(page.get_by_label("Verstuur welkom e-mail")).to_be_checked()
    expect(page.get_by_label("Wachtwoord", exact=True)).to_be_hidden()
    page.get_by_label("Verstuur welkom e-mail").uncheck()
    expect(page.get_by_label("Wachtwoord", exact=True)).to_be_visible()


@pytest.mark.feature("ID-05")
def test_taking_access_to_mobile_away_takes_its_three_away(
    open_browser: Callable[..., Page], rpc: FakeRpc
) -> None:
    rpc.answers["identity", "user"] = people.by_id(roles=["invoices", "mobile_access", "mobile_limits"])
    page = open_browser()
    page.goto(PIET)
    limits = page.get_by_label("Limieten mobiel wijzigen")
    expect(limits).to_be_enabled()
    page.get_by_label("Toegang mobiel", exact=True).uncheck()
    for name in (
        "Limieten mobiel wijzigen",
        "Blokkeringen mobiel inzien",
        "Mobiel abonnement (SIM kaart) blokkeren",
    ):
        expect(page.get_by_label(name)).to_be_disabled()
    page.get_by_role("button", name="Rollen opslaan").click()
    expect(page.get_by_text("Gebruikersrollen opgeslagen")).to_be_visible()
    assert rpc.last("change_roles").fields["roles"] == ["invoices"]


@pytest.mark.feature("ID-04")
def test_blocking_and_undoing_by_keyboard(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    page = open_browser()
    page.goto(LIST)
    box = page.get_by_role("checkbox", name="p.jonker geblokkeerd")
    expect(box).to_be_checked()
    box.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("p.jonker kan weer inloggen")
    assert rpc.last("block_user").fields["blocked"] is False
    page.get_by_role("button", name="Maak ongedaan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("p.jonker is geblokkeerd")
    assert rpc.last("block_user").fields["blocked"] is True


def test_a_message_goes_by_itself_but_not_while_one_is_at_it(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.clock.install()
    page.goto(PIET)
    page.get_by_role("button", name="Blokkeer").click()
    toast = page.locator(".tk-toast")
    page.get_by_role("button", name="Maak ongedaan").focus()
    page.clock.fast_forward(20_000)
    expect(toast).to_be_visible()
    page.get_by_role("button", name="Rollen opslaan").focus()
    page.clock.fast_forward(7_000)
    expect(toast).to_have_count(0)


def test_what_failed_stays_until_it_is_closed(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    rpc.answers["identity", "block_user"] = Conflict("Dit is de laatste gebruikersbeheerder.")
    page = open_browser()
    page.clock.install()
    page.goto(PIET)
    page.get_by_role("button", name="Blokkeer").click()
    page.clock.fast_forward(60_000)
    expect(page.get_by_role("alert")).to_contain_text("Dit is de laatste gebruikersbeheerder.")
    page.get_by_role("button", name="Sluit deze melding").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_double_click_makes_one_user(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    page = open_browser()
    page.goto(NEW)
    page.get_by_label("Gebruikersnaam").fill("p.jonker")
    page.get_by_label("E-mail adres").fill("p.jonker@bakkerij.example")
    page.get_by_role("button", name="Registreer").dblclick()
    expect(page.get_by_role("heading", name="Piet Jonker")).to_be_visible()
    assert len({call.fields["command_id"] for call in rpc.asked if call.method == "add_user"}) == 1


def test_errors_take_the_focus_and_lead_to_their_fields(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto(NEW)
    page.get_by_role("button", name="Registreer").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Gebruikersnaam")).to_be_focused()
    page.get_by_label("Gebruikersnaam").fill("p.jonker")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail adres")).to_be_focused()


@pytest.mark.feature("ID-04", "ID-07", "ID-08")
def test_everything_works_without_scripts(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto(LIST)
    page.get_by_label("Bevat").fill("jonker")
    page.get_by_role("button", name="Zoek").click()
    assert rpc.last("users").fields["query"] == "jonker"
    page.get_by_role("checkbox", name="p.jonker geblokkeerd").click()
    page.get_by_role("button", name="Maak ongedaan").click()
    assert rpc.last("block_user").fields["blocked"] is True
    page.goto(NEW)
    page.get_by_label("Gebruikersnaam").fill("jan")
    page.get_by_label("E-mail adres").fill("jan@bakkerij.example")
    page.get_by_role("button", name="Registreer").click()
    page.get_by_label("Toegang mobiel", exact=True).check()
    page.get_by_role("button", name="Rollen opslaan").click()
    assert rpc.last("change_roles").fields["roles"] == ["invoices", "mobile_access"]
    page.get_by_role("link", name="Verwijder…").click()
    page.get_by_role("button", name="Verwijder p.jonker").click()
    expect(page.get_by_text("Gebruiker verwijderd")).to_be_visible()


def test_on_paper_there_is_a_list_and_nothing_to_click(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto(LIST)
    page.emulate_media(media="print")
    expect(page.locator(".tk-people")).to_be_visible()
    expect(page.get_by_text("items 1 - 3 van 55")).to_be_visible()
    for gone in (".tk-find", ".tk-top", ".tk-tabs", ".tk-bin", ".tk-links", ".tk-paging .btn"):
        expect(page.locator(gone).first).to_be_hidden()
