"""Help per area in both languages, and the page of components, which is for builders only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.epochs import Epochs
from gateway.pages.help import AREAS
from gateway.parts import Parts
from shared.words import LANGUAGES
from tests.gateway import builders
from tests.gateway.browser import Browser
from tests.gateway.conftest import settings
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions

HELP = Path(__file__).parents[2] / "gateway/templates/help"
ANCHOR = re.compile(r'<h2 id="([\w-]+)"')


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_each_area_has_the_same_questions_in_every_language(area: object) -> None:
    name = area.name  # type: ignore[attr-defined]
    found = [ANCHOR.findall((HELP / code / f"{name}.html").read_text("utf-8")) for code in LANGUAGES]
    assert found[0] == found[1] != []
    assert {part for _, part in area.parts} <= set(found[0])  # type: ignore[attr-defined]


def test_the_question_mark_opens_the_part_about_the_page_one_is_on(manager: Browser) -> None:
    for address, expected in (
        ("/gespreksdetails/details", "/hulp/gespreksdetails#details"),
        ("/gebruikers/nieuw", "/hulp/gebruikers#nieuw"),
        ("/mijn-gegevens", "/hulp/mijn-gegevens"),
        ("/hulp/inloggen", "/hulp"),
    ):
        assert manager.page(address).one("a", class_="tk-top-link").attrs["href"] == expected


def test_there_is_no_help_about_pages_that_one_does_not_have(sanne: Browser) -> None:
    assert sanne.get("/hulp/gebruikers").status_code == 404
    assert "Gebruikers" not in [a.text for a in sanne.page("/hulp").all("a")]


def test_help_with_signing_in_needs_no_login(visitor: Browser) -> None:
    assert visitor.page("/hulp/inloggen").one("h1").text == "Hulp bij Inloggen"


def test_help_in_english(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(language="en")
    visitor.log_in()
    assert "What do the marks mean?" in visitor.page("/hulp/gespreksdetails").text


def test_every_component_is_drawn_and_closed(visitor: Browser) -> None:
    page = visitor.page("/stijl")
    assert page.all("h1")[0].text == "Stijl"
    assert not [element for element in page.elements if "style" in element.attrs]
    charts = page.all("div", class_="tk-plot")
    assert charts and all(chart.attrs["aria-label"].endswith(".") for chart in charts)


def test_the_components_are_not_there_in_production() -> None:
    parts = Parts(FakeRpc(), MemorySessions(), Epochs(), Clock())
    app: Flask = create_app(settings(production=True), parts)
    assert app.test_client().get("/stijl", base_url="https://localhost").status_code == 404
