"""The pages in a real browser: what scripts add, what remains without them, and what axe finds.

The services are fakes here; tests/e2e has the whole house.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.gateway import builders
from tests.gateway.fakes import FakeRpc
from tests.support.axe import Look, everywhere

DETAILS = "/gespreksdetails/details"
TOTALS = "/gespreksdetails/totalen"
LOOKS: tuple[Look, ...] = ((1280, "light"), (768, "dark"), (390, "light"))
"""Colours do not depend on the width: each of both once in a scheme of its own."""


@pytest.mark.feature("GW-01")
def test_axe_finds_nothing_in_any_state(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    page = open_browser(signed_in=False)
    page.get_by_role("button", name="Inloggen").click()
    assert everywhere(page, LOOKS) == [], "login with empty fields"

    page = open_browser()
    page.locator(".tk-menu summary").first.click()
    assert everywhere(page, LOOKS) == [], "the user's menu"
    page.goto(f"{DETAILS}?type=mobile&type=sms&type=other&zender=0850")
    assert everywhere(page, LOOKS) == [], "chips"
    page.goto(f"{DETAILS}?paneel=open&periode=aangepast&van=1-11-2026&tot=22-11-2026")
    page.locator(".tk-several summary").click()
    assert everywhere(page, LOOKS) == [], "filters, types open"
    page.goto(f"{DETAILS}?ga=morgen")
    assert everywhere(page, LOOKS) == [], "a wrong day"
    rpc.answers["cdr", "details"] = builders.nothing_found()
    page.goto(f"{DETAILS}?zender=1")
    assert everywhere(page, LOOKS) == [], "nothing found"
    rpc.down.add("cdr")
    page.goto(TOTALS)
    assert everywhere(page, LOOKS) == [], "cdr away"


def test_the_funnel_opens_the_filters_without_asking_anything(
    open_browser: Callable[..., Page], rpc: FakeRpc
) -> None:
    page = open_browser()
    page.goto(f"{DETAILS}?zender=0850")
    asked = len(rpc.asked)
    funnel = page.get_by_role("button", name="Filtermogelijkheden")
    funnel.click()
    expect(page.get_by_label("Nummer zender")).to_be_visible()
    expect(page.get_by_label("Produkt")).to_be_focused()
    expect(funnel).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".tk-chip")).to_be_hidden()
    page.get_by_role("link", name="Sluit filtermogelijkheden").click()
    expect(page.get_by_label("Nummer zender")).to_be_hidden()
    expect(page.locator(".tk-chip")).to_be_visible()
    assert len(rpc.asked) == asked


def test_the_closed_choice_of_types_says_what_is_ticked(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto(f"{DETAILS}?paneel=open")
    closed = page.locator(".tk-several summary")
    expect(closed).to_have_text("Niets geselecteerd")
    closed.click()
    for name, words in (
        ("Nationaal", "Nationaal"),
        ("Sms", "Nationaal en Sms"),
        ("Overig", "Nationaal, Sms en 1 ander"),
        ("Doorgeschakeld", "Nationaal, Doorgeschakeld en 2 andere"),
    ):
        page.get_by_label(name, exact=True).check()
        expect(closed).to_have_text(words)
    page.get_by_role("button", name="Zoek").click()
    expect(page.locator(".tk-chip").first).to_contain_text("Nationaal, Doorgeschakeld en 2 andere")


def test_empty_fields_stay_out_of_the_address(open_browser: Callable[..., Page], address: str) -> None:
    page = open_browser()
    page.goto(DETAILS)
    page.get_by_role("button", name="Filtermogelijkheden").click()
    page.get_by_label("Duur", exact=True).fill("60")
    page.get_by_role("button", name="Zoek").click()
    expect(page).to_have_url(f"{address}{DETAILS}?periode=huidig&duur_is=gelijk&duur=60")


def test_own_days_show_with_their_choice(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto(DETAILS)
    expect(page.get_by_label("Tot en met")).to_be_hidden()
    page.get_by_label("Periode selectie").select_option("aangepast")
    expect(page.get_by_label("Tot en met")).to_be_visible()


def test_the_password_can_be_looked_at(open_browser: Callable[..., Page]) -> None:
    page = open_browser(signed_in=False)
    field = page.get_by_label("Wachtwoord", exact=True)
    page.get_by_role("button", name="Toon").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Verberg").click()
    expect(field).to_have_attribute("type", "password")


def test_menus_close_with_escape_and_give_the_focus_back(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    menu = page.locator(".tk-menu summary").first
    menu.click()
    expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Uitloggen")).to_be_hidden()
    expect(menu).to_be_focused()


@pytest.mark.feature("GW-01")
def test_the_first_tab_key_offers_to_skip_to_the_content(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.feature("GW-01")
def test_on_a_phone_a_call_is_two_lines_and_nothing_is_lost(open_browser: Callable[..., Page]) -> None:
    page = open_browser(390)
    page.goto(DETAILS)
    row = page.locator(".tk-calls tbody tr:not(.tk-day)").first
    expect(row).to_have_role("row")
    for text in ("16:38:51", "Mobiel", "085-000 16 11", "06-00 12 34 56", "0:04:12", "0,3780"):
        expect(row.get_by_text(text, exact=True)).to_be_visible()
    box = row.bounding_box()
    assert box is not None and box["height"] < 70


def test_everything_works_without_scripts(open_browser: Callable[..., Page], rpc: FakeRpc) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto(DETAILS)
    page.get_by_role("button", name="Filtermogelijkheden").click()
    page.get_by_label("Nummer zender").fill("085 000")
    page.locator(".tk-several summary").click()
    page.get_by_label("Sms", exact=True).check()
    page.get_by_role("button", name="Zoek").click()
    assert rpc.last("details").fields["selection"] == {
        "period": "current",
        "types": ["sms"],
        "sender": "085000",
    }
    expect(page.locator(".tk-chip")).to_have_count(2)
    page.locator(".tk-chip").first.click()
    assert rpc.last("details").fields["selection"] == {"period": "current", "sender": "085000"}
    page.locator(".tk-menu summary").first.click()
    page.get_by_role("button", name="Donker").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".tk-menu summary").first.click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("U bent uitgelogd.")).to_be_visible()
