"""Telefooncentrale, Gebruikers: name and number, voicemail, forwards, night mode, and what cannot call."""

from __future__ import annotations

import io
from typing import Any

import pytest

from shared.errors import Conflict, Invalid, Unavailable
from tests.gateway import telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.element_forms import filled, sent
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import FAX, FREE, GREETING, JAN, VOICEMAIL, saved

PAGE = "/telefooncentrale/gebruikers"
OF_JAN = f"{PAGE}/{JAN}"


def taken(**fields: Any) -> dict[str, Any]:
    """pbx, when somebody has the extension."""
    raise Invalid(fields={"extension": ["209 is al van Receptie. Vrij zijn 210, 212 en 214."]})


@pytest.mark.feature("PBX-06")
def test_name_number_and_extension_are_saved_in_the_draft(planner: Browser, rpc: FakeRpc) -> None:
    after = sent(
        planner, OF_JAN, voornaam="Jan-Willem", telefoonnummer=FREE, extensie="212", wisselgesprek="1"
    )
    done = saved(rpc)
    assert (done["part"], done["id"], done["base_revision"]) == ("user", JAN, telephony.REVISION)
    values = done["values"]
    assert (values["first_name"], values["last_name"]) == ("Jan-Willem", "Jansen")
    assert (values["number"], values["extension"]) == (FREE, "212")
    assert (values["hide_number"], values["call_waiting"]) == (False, True)
    assert "Opgeslagen in concept" in after.text


@pytest.mark.feature("PBX-06")
def test_only_free_numbers_and_the_own_one_can_be_chosen(planner: Browser) -> None:
    numbers = [o.attrs["value"] for o in planner.page(OF_JAN).all("option") if "+31" in o.attrs["value"]]
    assert numbers == [FREE]


@pytest.mark.feature("PBX-06", "GW-02")
def test_a_taken_extension_offers_free_ones_to_click_and_keeps_what_was_typed(
    planner: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["pbx", "save"] = taken
    page = sent(planner, OF_JAN, 422, voornaam="Johannes", extensie="209")
    assert page.error_of("extensie") == "209 is al van Receptie. Vrij zijn 210, 212 en 214."
    offered = [b.attrs["value"] for b in page.all("button", name="vrije-extensie")]
    assert offered == ["210", "212", "214"], "not 209, which was typed"
    assert page.field("voornaam").attrs["value"] == "Johannes"
    assert "1 veld klopt niet: Extensie" in page.text


@pytest.mark.feature("PBX-06", "GW-02")
def test_where_pbx_names_no_free_extension_one_is_offered_all_the_same(
    planner: Browser, rpc: FakeRpc
) -> None:
    said = "112 heeft op het telefoonnet al een betekenis."
    rpc.answers["pbx", "save"] = Invalid(fields={"extension": [said]})
    page = sent(planner, OF_JAN, 422, extensie="112")
    assert page.error_of("extensie") == f"{said} Vrij is bijvoorbeeld 114."


@pytest.mark.feature("PBX-06")
def test_a_click_on_a_free_extension_takes_it(planner: Browser, rpc: FakeRpc) -> None:
    sent(planner, OF_JAN, extensie="209", vrije_extensie="210")
    assert saved(rpc)["values"]["extension"] == "210"


@pytest.mark.feature("PBX-06")
def test_who_has_no_number_and_no_extension_cannot_call_and_the_page_says_so(planner: Browser) -> None:
    page = planner.page(f"{PAGE}/{FAX}")
    assert "Fax kan nog niet bellen." in page.text
    assert "Er is geen telefoonnummer en geen extensie. Kies een van beide." in page.text
    warnings = [words(s.text) for s in page.all("span", class_="tk-element-warning")]
    assert warnings == ["geen nummer of extensie"]
    assert "kan nog niet bellen" not in planner.page(OF_JAN).text


@pytest.mark.feature("PBX-01", "PBX-06")
def test_without_a_company_number_no_user_can_call(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(company={"name": "Bakkerij"})
    assert "Uw bedrijf heeft nog geen bedrijfsnummer." in planner.page(OF_JAN).text


@pytest.mark.feature("PBX-07")
def test_voicemail_needs_an_address_and_pbx_says_it_beside_the_field(planner: Browser, rpc: FakeRpc) -> None:
    said = "Vul een e-mailadres in: daar gaan de berichten heen."
    rpc.answers["pbx", "save"] = Invalid(fields={"voicemail.email": [said]})
    page = sent(planner, OF_JAN, 422, voicemail_aan="1")
    assert page.error_of("voicemail-email") == said
    assert "checked" in page.field("voicemail-aan").attrs


@pytest.mark.feature("PBX-07")
def test_voicemail_with_a_copy_and_without_the_chance_to_leave_a_message(
    planner: Browser, rpc: FakeRpc
) -> None:
    sent(
        planner,
        OF_JAN,
        voicemail_aan="1",
        voicemail_bezet="1",
        voicemail_na="4",
        voicemail_email="jan@bakkerij.example",
        voicemail_kopie="1",
        voicemail_kopie_email="balie@bakkerij.example",
        geen_bericht="1",
        na_begroeting="transfer",
        doorverbinden="209",
        begroeting_bezet=GREETING,
    )
    assert saved(rpc)["values"]["voicemail"] == {
        "on": True,
        "email": "jan@bakkerij.example",
        "copy_email": "balie@bakkerij.example",
        "always": False,
        "busy": True,
        "no_answer": True,
        "rings": 4,
        "greeting_busy": GREETING,
        "greeting_no_answer": None,
        "after": "transfer",
        "transfer_to": "209",
    }


@pytest.mark.feature("PBX-07")
def test_a_copy_that_is_not_ticked_goes_nowhere_and_a_message_is_recorded(
    planner: Browser, rpc: FakeRpc
) -> None:
    sent(planner, OF_JAN, voicemail_kopie_email="balie@bakkerij.example", na_begroeting="transfer")
    box = saved(rpc)["values"]["voicemail"]
    assert (box["copy_email"], box["after"]) == ("", "record")


@pytest.mark.feature("PBX-07")
def test_a_copy_to_nowhere_is_said_before_anything_is_saved(planner: Browser, rpc: FakeRpc) -> None:
    page = sent(planner, OF_JAN, 422, voicemail_kopie="1")
    assert page.error_of("voicemail-kopie-email").startswith("Vul in waar de kopie heen gaat")
    assert "save" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-07")
def test_a_greeting_is_uploaded_with_the_form_and_chosen(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "upload"] = {"file": {"id": "6d" * 16, "name": "Ik ben er niet.wav"}}
    form = filled(planner.page(OF_JAN))
    form["begroeting-geen-gehoor-bestand"] = (io.BytesIO(b"R" * 500_000), "map/Ik ben er <niet>.wav")
    assert planner.post(OF_JAN, form).status_code == 303
    pieces = [call.fields for call in rpc.asked if call.method == "upload"]
    assert [(one["index"], one["pieces"], one["last"]) for one in pieces] == [(0, 2, False), (1, 2, True)]
    assert (pieces[0]["kind"], pieces[0]["name"]) == ("greeting", "Ik ben er niet.wav")
    assert saved(rpc)["values"]["voicemail"]["greeting_no_answer"] == "6d" * 16


@pytest.mark.feature("PBX-07", "GW-02")
def test_a_file_that_is_no_sound_is_said_beside_its_field_and_nothing_is_saved(
    planner: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["pbx", "upload"] = Invalid(fields={"file": ["Dit is geen geluid."]})
    form = filled(planner.page(OF_JAN)) | {"voornaam": "Johannes"}
    form["begroeting-bezet-bestand"] = (io.BytesIO(b"%PDF"), "brief.pdf")
    answer = planner.post(OF_JAN, form)
    page = Page(answer.text)
    assert (answer.status_code, page.error_of("begroeting-bezet")) == (422, "Dit is geen geluid.")
    assert page.field("voornaam").attrs["value"] == "Johannes"
    assert "save" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-07")
def test_forwards_go_with_their_numbers(planner: Browser, rpc: FakeRpc) -> None:
    sent(
        planner,
        OF_JAN,
        geen_gehoor="1",
        geen_gehoor_naar="06-00 12 34 56",
        geen_gehoor_na="3",
        direct_naar="",
    )
    ways = saved(rpc)["values"]["forwards"]
    assert ways["no_answer"] == {"on": True, "to": "06-00 12 34 56", "rings": 3}
    assert ways["always"] == {"on": False, "to": ""}


@pytest.mark.feature("PBX-07")
def test_how_a_user_takes_part_in_the_night_mode(planner: Browser, rpc: FakeRpc) -> None:
    assert filled(planner.page(OF_JAN))["nachtstand"] == "follow"
    sent(planner, OF_JAN, nachtstand="off")
    assert saved(rpc)["values"]["night"] == {"mode": "off"}


@pytest.mark.feature("PBX-10")
def test_the_company_voicemail_says_what_it_is(planner: Browser) -> None:
    assert "Dit is de bedrijfsvoicemail." in planner.page(f"{PAGE}/{VOICEMAIL}").text
    assert "Dit is de bedrijfsvoicemail." not in planner.page(OF_JAN).text


@pytest.mark.feature("PBX-06")
@pytest.mark.parametrize(
    ("what", "form", "kind"),
    [
        ("wachtwoord", {"wachtwoord": "brood en 7 taarten", "bevestig": "brood en 7 taarten"}, "password"),
        ("pincode", {"pincode": "8261"}, "pincode"),
    ],
)
def test_a_password_and_a_pincode_are_set_at_once_and_never_shown(
    planner: Browser, rpc: FakeRpc, what: str, form: dict[str, str], kind: str
) -> None:
    assert planner.post(f"{OF_JAN}/{what}", form).status_code == 303
    fields = rpc.last("set_secret").fields
    assert (fields["user_id"], fields["kind"], fields["value"]) == (JAN, kind, form[what])
    rpc.answers["pbx", "set_secret"] = Invalid(fields={"value": ["Kies iets anders."]})
    answer = planner.post(f"{OF_JAN}/{what}", form)
    assert answer.status_code == 422
    assert Page(answer.text).error_of(what) == "Kies iets anders."
    assert form[what] not in answer.text


@pytest.mark.feature("PBX-06")
@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "１２３４"])
def test_a_pincode_has_4_to_8_digits(planner: Browser, rpc: FakeRpc, pin: str) -> None:
    answer = planner.post(f"{OF_JAN}/pincode", {"pincode": pin})
    assert Page(answer.text).error_of("pincode") == "Een pincode heeft 4 tot en met 8 cijfers."
    assert "set_secret" not in [call.method for call in rpc.asked]


def changed_by_another(rpc: FakeRpc, **jan: Any) -> None:
    """From now on the settings are a revision further, with Jan changed; the old revision is refused."""
    newer = telephony.reply()
    newer["revision"] = telephony.REVISION + 1
    newer["config"]["users"][0] |= jan

    def save(base_revision: int, **fields: Any) -> dict[str, Any]:
        if base_revision < newer["revision"]:
            raise Conflict("Een ander heeft dit intussen gewijzigd.")
        return {}

    rpc.answers["pbx", "config"] = newer
    rpc.answers["pbx", "save"] = save


@pytest.mark.feature("PBX-15")
def test_two_people_change_one_user_and_nothing_is_lost(planner: Browser, rpc: FakeRpc) -> None:
    form = filled(planner.page(OF_JAN)) | {"voornaam": "Johannes", "extensie": "214"}
    changed_by_another(rpc, last_name="Jansen-Smit", extension="215")
    answer = planner.post(OF_JAN, form)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Een ander heeft dit intussen gewijzigd." in page.text
    assert page.field("voornaam").attrs["value"] == "Johannes", "only this user changed it"
    assert page.field("achternaam").attrs["value"] == "Jansen-Smit", "only the other did"
    assert page.error_of("extensie") == "De ander vulde in: 215.", "both did"
    again = filled(page)
    assert planner.post(OF_JAN, again).status_code == 303
    assert saved(rpc)["base_revision"] == telephony.REVISION + 1


@pytest.mark.feature("PBX-15")
def test_a_change_elsewhere_does_not_stop_anybody(planner: Browser, rpc: FakeRpc) -> None:
    form = filled(planner.page(OF_JAN)) | {"voornaam": "Johannes"}
    changed_by_another(rpc)
    assert planner.post(OF_JAN, form).status_code == 303
    assert saved(rpc)["values"]["first_name"] == "Johannes"


@pytest.mark.feature("GW-02")
def test_when_pbx_is_away_what_was_typed_stays(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "save"] = Unavailable()
    page = sent(planner, OF_JAN, 503, voornaam="Johannes")
    assert page.field("voornaam").attrs["value"] == "Johannes"
    assert "Dit lukt nu even niet." in page.text


@pytest.mark.feature("PBX-15")
def test_among_a_thousand_users_one_is_found_by_name_or_number(planner: Browser, rpc: FakeRpc) -> None:
    many = [telephony.user(f"{n:032x}", "Medewerker", f"nummer {n}", str(1000 + n)) for n in range(1, 1001)]
    rpc.answers["pbx", "config"] = telephony.reply(users=many)
    page = planner.page(f"{PAGE}/{many[700]['id']}")
    listed = [e.attrs["href"] for e in page.all("a", class_="tk-element")]
    assert len(listed) == 21, "the first twenty, and the open one"
    assert f"{PAGE}/{many[700]['id']}" in listed
    assert "979 andere vindt u met zoeken." in page.text
    assert planner.get(f"{PAGE}?zoek=1701").headers["Location"] == f"{PAGE}/{many[700]['id']}?zoek=1701"
    assert "Geen naam of nummer past bij bestaat niet." in planner.page(f"{PAGE}?zoek=bestaat niet").text


@pytest.mark.feature("PBX-15")
def test_without_users_the_page_says_who_makes_them(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(users=[], groups=[], menus=[])
    page = planner.page(PAGE)
    assert "Nog geen gebruikers" in page.text
    assert "Uw ICT-partner maakt gebruikers aan" in page.text
