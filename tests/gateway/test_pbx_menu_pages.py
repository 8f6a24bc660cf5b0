"""Telefooncentrale, Keuzemenu: name, number and hours, the keys within and outside them, night mode."""

from __future__ import annotations

import io

import pytest

from gateway.models.pbx_elements import KEYS
from shared.errors import Invalid
from tests.gateway import telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.element_forms import filled, sent
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import GREETING, HOLIDAYS, HOURS, MAIN, MENU, saved

PAGE = "/telefooncentrale/keuzemenu"
OF_MENU = f"{PAGE}/{MENU}"
OPEN, CLOSED = f"{OF_MENU}/onder-werktijd", f"{OF_MENU}/buiten-werktijd"


@pytest.mark.feature("PBX-09")
def test_name_number_hours_and_night_mode_are_saved(planner: Browser, rpc: FakeRpc) -> None:
    sent(
        planner,
        OF_MENU,
        voornaam="Keuze",
        naambellen="first_last",
        vakantieschema=HOLIDAYS,
        nachtstand="on",
        nacht_naar="06-00 12 34 56",
    )
    assert saved(rpc) == {
        "part": "menu",
        "id": MENU,
        "base_revision": telephony.REVISION,
        "values": {
            "name": "Hoofdmenu",
            "first_name": "Keuze",
            "last_name": "",
            "number": MAIN,
            "extension": "555",
            "name_order": "first_last",
            "hours": HOURS,
            "holidays": HOLIDAYS,
            "night": {"mode": "on", "destination": "06-00 12 34 56"},
        },
    }


@pytest.mark.feature("PBX-02", "PBX-09")
def test_the_hours_offer_time_schedules_and_every_day(planner: Browser) -> None:
    offered = [words(o.text) for o in planner.page(OF_MENU).all("option")]
    assert "Elke dag, de hele dag" in offered
    assert "Werktijden" in offered
    assert "Vakantiedagen NL" in offered


@pytest.mark.feature("PBX-09")
def test_every_key_has_its_action_destination_and_description(planner: Browser, rpc: FakeRpc) -> None:
    sent(
        planner,
        OPEN,
        **{
            "begroeting": GREETING,
            "toets-0-actie": "operator",
            "toets-0-naar": "209",
            "toets-2-actie": "transfer_announced",
            "toets-2-naar": "085-000 99 99",
            "toets-2-omschrijving": "Filiaal",
            "toets-ster-actie": "play",
            "toets-ster-bericht": GREETING,
            "toets-hekje-actie": "repeat",
            "toets-hekje-naar": "209",
        },
    )
    done = saved(rpc)
    assert (done["part"], done["id"]) == ("menu_side", f"{MENU}:open")
    assert done["values"]["greeting"] == GREETING
    keys = done["values"]["keys"]
    assert tuple(keys) == KEYS, "all twelve: what is left out would stay as it was"
    assert keys["0"] == {"action": "operator", "to": "209", "description": "", "file": None}
    assert keys["1"] == {"action": "transfer", "to": "101", "description": "Verkoop", "file": None}
    assert keys["2"]["to"] == "085-000 99 99"
    assert keys["*"] == {"action": "play", "to": "", "description": "", "file": GREETING}
    assert keys["#"] == {"action": "repeat", "to": "", "description": "", "file": None}, "it goes nowhere"
    assert keys["9"] == {"action": "none", "to": "", "description": "", "file": None}


@pytest.mark.feature("PBX-09")
def test_the_other_side_is_saved_by_itself(planner: Browser, rpc: FakeRpc) -> None:
    sent(planner, CLOSED, **{"toets-1-actie": "hangup"})
    assert saved(rpc)["id"] == f"{MENU}:closed"


@pytest.mark.feature("PBX-09")
def test_the_actions_are_in_the_manuals_words(planner: Browser) -> None:
    options = [words(o.text) for o in planner.page(OPEN).all("option")]
    start = options.index("Herhaal menu")
    assert options[start : start + 9] == [
        "Herhaal menu",
        "Doorschakelen met melding",
        "Doorschakelen zonder melding",
        "Doorschakelen naar receptie",
        "Naambellen",
        "Extensiebellen",
        "Speel bericht af",
        "Verbinding verbreken",
        "Geen actie",
    ]


@pytest.mark.feature("PBX-09")
def test_groups_and_users_are_offered_as_destinations(planner: Browser) -> None:
    page = planner.page(OPEN)
    offered = [(o.attrs["value"], words(o.text)) for o in page.all("option") if o.attrs["value"].isdigit()]
    assert offered[:3] == [("102", "Support"), ("101", "Verkoop"), ("999", "Bedrijf")]
    assert "Fax" not in [name for _number, name in offered], "it has no number and no extension"


@pytest.mark.feature("PBX-09")
def test_a_menu_without_reception_is_advised_to_have_one(planner: Browser, rpc: FakeRpc) -> None:
    assert "Wie geen toets kiest, komt nergens uit." in planner.page(OPEN).text
    assert "Hier is nog geen toets ingesteld." in planner.page(CLOSED).text
    whole = {"id": MENU, "name": "Hoofdmenu", "open": {"keys": {"0": {"action": "operator", "to": "209"}}}}
    rpc.answers["pbx", "config"] = telephony.reply(menus=[whole])
    assert "nergens uit" not in planner.page(OPEN).text


@pytest.mark.feature("PBX-09")
def test_a_menu_that_nobody_can_hear_is_called_so(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(menus=[{"id": MENU, "name": "Hoofdmenu"}])
    assert "Hoofdmenu is nog niet te bereiken." in planner.page(OF_MENU).text
    assert "Dit keuzemenu hoort niemand" in planner.page(CLOSED).text


@pytest.mark.feature("PBX-09", "GW-02")
def test_what_is_wrong_with_a_key_stands_in_its_row(planner: Browser, rpc: FakeRpc) -> None:
    said = "Toets 1: 888 bestaat niet in uw telefooncentrale en is geen telefoonnummer."
    rpc.answers["pbx", "save"] = Invalid(fields={"keys.1.to": [said]})
    page = sent(planner, OPEN, 422, **{"toets-1-naar": "888", "toets-2-omschrijving": "Blijft staan"})
    assert page.error_of("toets-1-naar") == said
    assert page.field("toets-2-omschrijving").attrs["value"] == "Blijft staan"


@pytest.mark.feature("PBX-09")
def test_a_greeting_can_be_uploaded_and_listened_to(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "upload"] = {"file": {"id": "6d" * 16, "name": "Welkom.mp3"}}
    form = filled(planner.page(OPEN))
    form["begroeting-bestand"] = (io.BytesIO(b"ID3"), "Welkom.mp3")
    assert planner.post(OPEN, form).status_code == 303
    assert saved(rpc)["values"]["greeting"] == "6d" * 16
    heard = {"id": MENU, "name": "Hoofdmenu", "open": {"greeting": GREETING}}
    rpc.answers["pbx", "config"] = telephony.reply(menus=[heard])
    player = planner.page(OPEN).one("audio")
    assert player.attrs["src"] == f"/telefooncentrale/geluid/{GREETING}"
    assert planner.get(player.attrs["src"]).mimetype == "audio/wav"


@pytest.mark.feature("PBX-09", "PBX-15")
def test_a_new_menu_is_made_and_then_its_keys_are_set(planner: Browser, rpc: FakeRpc) -> None:
    form = filled(planner.page(f"{PAGE}/nieuw")) | {"naam": "Weekend", "extensie": "556"}
    answer = planner.post(f"{PAGE}/nieuw", form)
    assert answer.headers["Location"] == f"{PAGE}/{'8a' * 16}/onder-werktijd"
    values = rpc.last("add").fields["values"]
    assert (values["name"], values["hours"]) == ("Weekend", HOURS), "the company's working hours"


@pytest.mark.feature("PBX-15")
def test_a_menu_is_deleted_after_a_question(planner: Browser, rpc: FakeRpc) -> None:
    assert "Keuzemenu Hoofdmenu verwijderen?" in planner.page(f"{OF_MENU}/verwijder").text
    assert planner.post(f"{OF_MENU}/verwijder").status_code == 303
    assert rpc.last("remove").fields["part"] == "menu"


@pytest.mark.feature("PBX-15")
def test_for_the_first_time_the_page_says_what_a_menu_is_for(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(menus=[])
    page = planner.page(PAGE)
    assert "kiest de beller zelf met een toets" in page.text
    assert page.link("Nieuw keuzemenu") == f"{PAGE}/nieuw"


def test_without_any_form_of_ours_nothing_is_saved(planner: Browser, rpc: FakeRpc) -> None:
    answer = planner.post(OF_MENU, {})
    assert Page(answer.text).error_of("naam") == "Geef het keuzemenu een naam, bijvoorbeeld Hoofdmenu."
    assert "save" not in [call.method for call in rpc.asked]
