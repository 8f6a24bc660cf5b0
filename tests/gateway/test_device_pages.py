"""*Toestel* of a PBX user: making one, its state, what is typed into it."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, Invalid, NotFound
from tests.gateway import handsets
from tests.gateway.browser import Browser, Page
from tests.gateway.element_forms import filled, sent
from tests.gateway.fakes import FakeRpc
from tests.gateway.handsets import DEVICE, FREE_DEVICE, GENERIC
from tests.gateway.telephony import JAN, KEES

OF_JAN = f"/telefooncentrale/gebruikers/{JAN}"
OF_KEES = f"/telefooncentrale/gebruikers/{KEES}"
NEW = f"{OF_KEES}/toestel/nieuw?model=yealink-t54w"
PAGE = f"/telefooncentrale/toestellen/{DEVICE}"


@pytest.mark.feature("PRV-03")
def test_the_users_page_shows_the_telephone_with_a_green_tick(planner: Browser) -> None:
    text = planner.page(OF_JAN).text
    assert "Balie" in text and "aangemeld om 09:13" in text
    assert "Configuratie opgehaald om 09:12." in text
    assert "Nog geen toestel gekoppeld" in planner.page(OF_KEES).text


@pytest.mark.feature("PRV-03")
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (handsets.state(registered=False), "niet aangemeld, laatst gezien om 16:40"),
        (handsets.state(registered=False, last_seen=None), "nog niet aangemeld"),
        (handsets.state(up_to_date=False), "Daarna is er iets gewijzigd"),
        (handsets.state(fetched_at=None), "Heeft de configuratie nog niet opgehaald."),
    ],
)
def test_other_states_are_said_in_words(
    planner: Browser, rpc: FakeRpc, state: dict[str, object], words: str
) -> None:
    rpc.answers["provisioning", "devices"] = {"rows": [handsets.row(state=state)], "next": None}
    assert words in planner.page(OF_JAN).text


def test_the_users_page_stands_while_provisioning_is_down(planner: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("provisioning")
    page = planner.page(OF_JAN)
    assert "nu niet op te halen" in page.text and page.field("voornaam")


@pytest.mark.parametrize("answer", [NotFound("provisioning has no method devices"), {"rows": [{"id": 1}]}])
def test_the_users_page_stands_while_provisioning_is_of_another_release(
    planner: Browser, rpc: FakeRpc, answer: object
) -> None:
    rpc.answers["provisioning", "devices"] = answer
    page = planner.page(OF_JAN)
    assert page.field("voornaam") and "Nog geen toestel gekoppeld" not in page.text


@pytest.mark.feature("PRV-01")
def test_a_model_is_chosen_and_name_username_and_url_are_shown_before_it_is_made(
    planner: Browser, rpc: FakeRpc
) -> None:
    choose = planner.page(f"{OF_KEES}/toestel")
    assert "Generic SIP Phone" in choose.text and "Kantine" in choose.text
    page = planner.page(NEW)
    assert page.field("toestelnaam").attrs["value"] == "Yealink SIP-T54W Kees van de Heuvel"
    assert "1234567890" in page.text and handsets.URL in page.text
    after = sent(planner, NEW, mac="001a.2b3c.4d5e", wachtwoord="Fiets-27", toestelnaam="Balie", toetsen="1")
    made = rpc.last("create_device").fields
    assert (made["model"], made["user_id"], made["mac"]) == ("yealink-t54w", KEES, "001a.2b3c.4d5e")
    assert (made["password"], made["label"], made["keys"]) == ("Fiets-27", "Balie", True)
    assert made["command_id"] == rpc.last("new_device").fields["command_id"]
    assert "Toestel aangemaakt" in after.text


@pytest.mark.feature("PRV-01")
def test_every_broken_rule_is_named_beside_its_field_and_the_password_is_not_shown_again(
    planner: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["provisioning", "create_device"] = Invalid(
        fields={
            "mac": ["Een MAC-adres heeft 12 tekens, zoals 00:1a:2b:3c:4d:5e. Dit zijn er 11."],
            "password": ["Er ontbreekt een hoofdletter.", "Er ontbreekt een cijfer."],
        }
    )
    page = sent(planner, NEW, 422, mac="00:1a:2b:3c:4d:5", wachtwoord="geheim!")
    assert page.error_of("mac").endswith("Dit zijn er 11.")
    assert "hoofdletter. Er ontbreekt een cijfer" in page.error_of("wachtwoord")
    assert page.field("mac").attrs["value"] == "00:1a:2b:3c:4d:5"
    assert "value" not in page.field("wachtwoord").attrs
    empty = sent(planner, NEW, 422, mac="", wachtwoord="")
    assert empty.error_of("mac") == "Vul het MAC-adres van het toestel in."


def test_an_unknown_model_leads_back_to_the_choice(planner: Browser) -> None:
    assert planner.get(f"{OF_KEES}/toestel/nieuw?model=x").status_code == 303


@pytest.mark.feature("PRV-01")
def test_a_device_is_changed_and_an_empty_password_leaves_the_old_one(planner: Browser, rpc: FakeRpc) -> None:
    assert "Eén druk op een toets belt een collega." in planner.page(PAGE).text
    sent(planner, PAGE, toestelnaam="Voordeur", toetsen="")
    asked = rpc.last("change_device").fields
    assert "password" not in asked and asked["revision"] == 3
    assert (asked["label"], asked["keys"]) == ("Voordeur", False)
    after = sent(planner, PAGE, wachtwoord="Nieuw-31")
    assert rpc.last("change_device").fields["password"] == "Nieuw-31"
    assert "Vul het nieuwe wachtwoord ook in het toestel in" in after.text


def test_what_somebody_else_changed_is_not_overwritten(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["provisioning", "change_device"] = Conflict("Iemand anders heeft dit toestel gewijzigd.")
    assert "Iemand anders heeft dit toestel gewijzigd." in sent(planner, PAGE, 409, toestelnaam="x").text


@pytest.mark.feature("GW-02")
def test_what_another_changed_stays_while_one_mends_a_mistake(planner: Browser, rpc: FakeRpc) -> None:
    mine = filled(planner.page(PAGE))
    theirs = handsets.device(DEVICE) | {"label": "Balie links", "revision": 4}
    rpc.answers["provisioning", "device"] = theirs
    rpc.answers["provisioning", "change_device"] = Invalid(fields={"mac": ["Twaalf tekens."]})
    mended = filled(Page(planner.post(PAGE, mine | {"mac": "zz"}).text)) | {"mac": mine["mac"]}
    assert mended["revisie"] == mine["revisie"] == "3"
    rpc.answers["provisioning", "change_device"] = Conflict()
    page = Page(planner.post(PAGE, mended).text)
    assert rpc.last("change_device").fields["revision"] == 3
    assert "Hun wijziging van Toestelnaam staat hieronder al ingevuld." in page.text
    assert (page.field("toestelnaam").attrs["value"], filled(page)["revisie"]) == ("Balie links", "4")


@pytest.mark.feature("PRV-01", "PRV-07")
def test_passwords_are_shown_only_when_somebody_asks(planner: Browser) -> None:
    page = planner.page(PAGE)
    assert handsets.WHERE in page.text and "Zet SIP ALG uit" in page.text
    assert "Fiets-27" not in page.text
    shown = planner.post(f"{PAGE}/wachtwoorden", {})
    assert "Fiets-27" in shown.text and shown.headers["Cache-Control"] == "no-store"


@pytest.mark.feature("PRV-02", "PRV-07")
def test_a_generic_phone_shows_the_account_and_its_dangers(planner: Browser) -> None:
    address = f"/telefooncentrale/toestellen/{GENERIC}"
    text = planner.page(address).text
    assert "abcdefghjkmn" in text and "sip.example" in text and "sip-geheim" not in text
    assert "geen ondersteuning" in text and "nooit van buiten" in text
    assert "sip-geheim" in planner.post(f"{address}/wachtwoorden", {}).text


def test_a_device_is_given_freed_and_removed(planner: Browser, rpc: FakeRpc) -> None:
    planner.post(f"{OF_KEES}/toestel", {"toestel": FREE_DEVICE})
    given = rpc.last("change_device").fields
    assert (given["device_id"], given["user_id"]) == (FREE_DEVICE, KEES)
    planner.post(f"{PAGE}/los", {})
    assert rpc.last("change_device").fields["user_id"] == ""
    assert "Toestel Balie verwijderen?" in planner.page(f"{PAGE}/verwijder").text
    planner.post(f"{PAGE}/verwijder", {})
    assert rpc.last("remove_device").fields["device_id"] == DEVICE


def test_another_phone_that_fetches_the_configuration_is_noticed(planner: Browser, rpc: FakeRpc) -> None:
    odd = handsets.device(DEVICE) | {"state": handsets.state(agent="curl/8.5", agent_fits=False)}
    rpc.answers["provisioning", "device"] = odd
    assert "Dit lijkt een ander toestel." in planner.page(PAGE).text
