"""axe finds nothing on any page, at a desk and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("e2e")

PAGES = (
    "/gespreksdetails/totalen?per=telefoonnummer-gesprekstype",
    "/gespreksdetails/details",
    "/gespreksdetails/details?duur=abc&bedrag=1,2,3",
    "/gespreksdetails/details?duur=604000&duur_is=groter",
    "/gebruikers",
    "/gebruikers/nieuw",
    "/mijn-gegevens",
    "/bestaat-niet",
)


@pytest.mark.feature("GW-01")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(page: Page, log_in: Callable[..., Page], width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/inloggen")
    assert not findings(page), "/inloggen"
    log_in()
    for path in PAGES:
        page.goto(path)
        assert not findings(page), path
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path} scrolls sideways at {width} px"


def findings(page: Page) -> list[str]:
    """What axe has to say, one line per rule and element."""
    violations = Axe().run(page).response["violations"]
    return [f"{v['id']}: {node['html']}" for v in violations for node in v["nodes"]]
