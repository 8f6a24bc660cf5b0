"""Checklist: what is done to set up the PBX, and where the rest is done (PBX-13)."""

from __future__ import annotations

import pytest

from shared.errors import Unavailable
from tests.gateway import telephony
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import KEES, MENU

PAGE = "/telefooncentrale/checklist"


@pytest.mark.feature("PBX-13")
def test_required_and_optional_stand_apart_each_with_where_it_is_done(planner: Browser) -> None:
    page = planner.page(PAGE)
    assert "2 van 4 stappen klaar." in page.text
    lines = [words(li.text) for li in page.all("li", class_="tk-todo")]
    assert lines == [
        "Klaar: Toewijzen bedrijfsnummer Bekijk Toewijzen bedrijfsnummer",
        "Klaar: Instellen naam 2 van 2 Bekijk Instellen naam",
        "Nog niet ingevuld: Instellen voicemail Stel in Instellen voicemail",
        "Nog te doen: Toestel configureren 1 van 2 Nog niet: Kees van de Heuvel (213) "
        "Stel in Toestel configureren",
        "Nog te doen: Keuzemenu onder werktijd: Inspreken welkomsboodschap "
        "Stel in Inspreken welkomsboodschap",
    ]
    links = [a.attrs["href"] for a in page.all("a", class_="tk-todo-go")]
    assert links[0] == "/telefooncentrale"
    assert links[3] == f"/telefooncentrale/gebruikers/{KEES}#toestel"
    assert links[4] == f"/telefooncentrale/keuzemenu/{MENU}/onder-werktijd"
    assert [words(h.text) for h in page.all("h3")] == ["Optioneel"]


@pytest.mark.feature("PBX-13")
def test_a_part_that_one_may_do_without_says_so(planner: Browser) -> None:
    page = planner.page(PAGE)
    assert "U hebt geen belgroep. Dat hoeft niet" in page.text
    assert page.link("Nieuwe belgroep") == "/telefooncentrale/belgroep/nieuw"


@pytest.mark.feature("PBX-13")
def test_every_page_of_the_area_shows_how_far_it_is(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply() | {"checklist": {"done": 11, "total": 14}}
    tab = next(a for a in planner.page("/telefooncentrale").all("a") if a.attrs["href"] == PAGE)
    assert words(tab.text) == "Checklist 11 van 14"


@pytest.mark.feature("GW-05")
def test_without_pbx_s_answer_the_page_says_so(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "checklist"] = Unavailable()
    assert "De checklist is er even niet." in planner.page(PAGE).text
