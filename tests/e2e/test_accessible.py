"""axe finds nothing on any page, at a desk and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.axe import DESK_AND_PHONE, WORDS, Look, everywhere, findings

pytestmark = pytest.mark.xdist_group("e2e")

PAGES = (
    "/overzicht",
    "/gespreksdetails/totalen",
    "/gespreksdetails/exports",
    "/gespreksdetails/exports/mail?zender=085",
    "/instellingen",
    "/gespreksdetails/totalen?per=telefoonnummer-gesprekstype",
    "/gespreksdetails/details",
    "/gespreksdetails/details?duur=abc&bedrag=1,2,3",
    "/gespreksdetails/details?duur=604000&duur_is=groter",
    "/facturen",
    "/facturen?van=abc",
    "/mobiel",
    "/gebruikers",
    "/gebruikers/nieuw",
    "/mijn-gegevens",
    "/hulp/gespreksdetails",
    "/bestaat-niet",
)


@pytest.mark.feature("GW-01")
def test_axe_finds_nothing(page: Page, log_in: Callable[..., Page]) -> None:
    page.goto("/inloggen")
    assert everywhere(page) == [], "/inloggen"
    log_in()
    for path in PAGES:
        page.goto(path)
        assert everywhere(page) == [], path


@pytest.mark.feature("GW-01")
def test_axe_finds_nothing_about_telephones_and_subscriptions(
    page: Page, log_in: Callable[..., Page]
) -> None:
    log_in("installatie", "demo-installatie")
    page.goto("/mobiel")
    one = page.get_by_role("rowheader").get_by_role("link").first.get_attribute("href")
    page.goto("/telefooncentrale/gebruikers")
    page.goto(str(page.locator("a", has_text="Verkoop 1").first.get_attribute("href")))
    phone = page.locator("a[href*='/toestellen/']").first.get_attribute("href")
    for path in (
        *(f"{one}{part}" for part in ("", "/limieten", "/blokkeren", "/sim/blokkeer")),
        str(phone),
        *(f"/telefooncentrale/{part}" for part in ("checklist", "wie-gaat-over", "gesprekken")),
    ):
        page.goto(path)
        assert everywhere(page) == [], path


OVERLAPPING = """() => [...document.querySelectorAll(".tk-ground")].flatMap((ground) => {
  const words = [...ground.querySelectorAll(".tk-tick-words, .tk-now-words")];
  const boxes = words.map((word) => word.getBoundingClientRect());
  const small = words.filter((word) => parseFloat(getComputedStyle(word).fontSize) < 12);
  const meet = (a, b) => a.right > b.left && a.left < b.right;
  const met = words.filter((_, i) => boxes.some((box, j) => j < i && meet(box, boxes[i])));
  const out = words.filter((_, i) => boxes[i].right > innerWidth || boxes[i].left < 0);
  return [...small, ...met, ...out].map((word) => word.textContent);
})"""
"""Words below charts that are too small, that meet each other or that leave the screen."""


@pytest.mark.feature("GW-01", "CDR-10")
def test_every_component_in_every_state(page: Page, tmp_path: Path) -> None:
    page.goto("/stijl")
    for width in (1280, 390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(OVERLAPPING) == [], width
    looks: tuple[Look, ...] = (*DESK_AND_PHONE, (360, "light"), (360, "dark"))
    assert everywhere(page, looks) == []
    for summary in page.get_by_text("Toon als tabel").all():
        summary.click()
    assert everywhere(page, looks) == []
    page.screenshot(path=tmp_path / "stijl.png", full_page=True)


@pytest.mark.feature("GW-01")
def test_the_whole_portal_in_english(page: Page, log_in: Callable[..., Page]) -> None:
    page.goto("/inloggen")
    page.get_by_role("button", name="English").click()
    page.get_by_label("Username").fill("bakkerij")
    page.get_by_label("Password", exact=True).fill("demo-bakkerij")
    page.get_by_role("button", name="Sign in").click()
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "en"
        assert findings(page, WORDS) == [], path
    page.get_by_role("button", name="Nederlands").first.click()
    assert page.locator("html").get_attribute("lang") == "nl"
