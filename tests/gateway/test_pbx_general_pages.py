"""Telefooncentrale, Algemeen: Weergave, outgoing blocks, night mode, music; and the bar of the draft."""

from __future__ import annotations

import io
from typing import Any

import pytest

from shared.errors import Conflict, Invalid
from tests.gateway import telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import EVENING, HOLIDAYS, HOURS, MUSIC, OTHER_MUSIC, REVISION, saved
from tests.gateway.test_phone_pages import sent, shown

PAGE = "/telefooncentrale"
NIGHT = f"{PAGE}/nachtschakeling"
SOUNDS = f"{PAGE}/wachtmuziek"


@pytest.mark.feature("PBX-01")
def test_the_display_is_changed_in_the_draft(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(PAGE)
    assert rpc.last("config").fields == {"which": "draft"}
    numbers = [words(o.text) for o in page.all("option") if o.attrs["value"].startswith("+31")]
    assert "085-000 16 00" in numbers, "also one that a menu has"
    form = {"bedrijfsnaam": "Bakkerij", "bedrijfsnummer": telephony.FREE, "nummerweergave": "persoonlijk"}
    after = sent(planner, PAGE, form | {"revisie": "41"})
    assert saved(rpc) == {
        "part": "company",
        "id": None,
        "values": {
            "name": "Bakkerij",
            "number": telephony.FREE,
            "show_name": False,
            "shown_number": "personal",
        },
        "base_revision": 41,
    }
    assert "Opgeslagen in concept" in after.text
    assert rpc.last("save").fields["at_once"] is False


@pytest.mark.feature("PBX-01")
def test_without_a_company_number_the_page_says_that_nobody_can_call(planner: Browser, rpc: FakeRpc) -> None:
    assert "Er kan nog niet worden gebeld." not in planner.page(PAGE).text
    rpc.answers["pbx", "config"] = telephony.reply(company={"name": "Bakkerij"})
    page = planner.page(PAGE)
    assert "Er kan nog niet worden gebeld." in page.text
    assert "geen bedrijfsnummer" in [words(s.text) for s in page.all("span", class_="tk-element-warning")]


@pytest.mark.feature("PBX-01", "GW-02")
def test_what_pbx_says_of_the_number_stands_beside_it(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "save"] = Invalid(fields={"number": ["085-000 16 15 is nu geen nummer van u."]})
    page = shown(planner, PAGE, {"bedrijfsnaam": "Bakker", "bedrijfsnummer": telephony.FREE})
    assert page.error_of("bedrijfsnummer") == "085-000 16 15 is nu geen nummer van u."
    assert page.field("bedrijfsnaam").attrs["value"] == "Bakker"


@pytest.mark.feature("PBX-04")
def test_outgoing_blocks_go_to_the_draft(planner: Browser, rpc: FakeRpc) -> None:
    sent(planner, f"{PAGE}/blokkeren", {"internationaal": "1", "revisie": "41"})
    values = saved(rpc)["values"]
    assert [name for name, blocked in values.items() if blocked] == ["international"]
    assert len(values) == 5
    assert rpc.last("save").fields["at_once"] is False


@pytest.mark.feature("PBX-14")
def test_no_bar_without_a_draft(planner: Browser) -> None:
    assert planner.page(PAGE).all("aside", class_="tk-draft") == []


@pytest.mark.feature("PBX-14")
def test_the_bar_says_how_much_is_not_published_and_what_is_wrong(planner: Browser, rpc: FakeRpc) -> None:
    wrong = "209 is al van Receptie."
    rpc.answers["pbx", "config"] = telephony.reply(telephony.draft(3, wrong))
    bar = words(planner.page(f"{PAGE}/schemas").one("aside", class_="tk-draft").text)
    assert "3 wijzigingen nog niet gepubliceerd, bellers merken er niets van." in bar
    assert f"1 ding klopt niet: {wrong}" in bar


@pytest.mark.feature("PBX-14")
def test_the_draft_is_thrown_away_after_a_question(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(telephony.draft(2))
    page = planner.page(planner.page(PAGE).link("Verwerp"))
    seen = page.field("revisie").attrs["value"]
    assert "2 wijzigingen die nog niet zijn gepubliceerd, verdwijnen." in page.text
    after = sent(planner, f"{PAGE}/verwerpen", {"opdracht": "a" * 32, "revisie": seen})
    assert rpc.last("discard").fields == {"command_id": "a" * 32, "base_revision": REVISION}
    assert "Concept verworpen" in after.text


@pytest.mark.feature("PBX-03")
def test_the_night_mode_as_it_stands(planner: Browser) -> None:
    page = planner.page(NIGHT)
    assert "Aan buiten Werktijden (ma t/m vr 08:30–17:30) en op de dagen van Vakantiedagen NL." in page.text
    chosen = [e.attrs["value"] for e in page.all("input", name="stand") if "checked" in e.attrs]
    assert chosen == ["automatisch"]
    assert page.field("nummer").attrs["value"] == "999"
    selected = {o.attrs["value"] for o in page.all("option") if "selected" in o.attrs}
    assert selected >= {HOURS, HOLIDAYS}


@pytest.mark.feature("PBX-03", "PBX-14")
def test_on_until_a_moment_acts_at_once_and_ends_by_itself(planner: Browser, rpc: FakeRpc) -> None:
    form = {"stand": "aan", "nummer": "06-00 12 34 56", "tot": "2026-11-22T18:00"}
    after = sent(planner, NIGHT, form | {"opdracht": "b" * 32})
    assert rpc.last("set_night").fields == {
        "state": "on",
        "destination": "0600123456",
        "until": "2026-11-22T18:00:00+01:00",
        "command_id": "b" * 32,
    }
    assert "Nachtschakeling staat aan" in after.text
    assert "daarna weer zoals het was" in after.text
    assert "save" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-03", "PBX-14")
def test_what_was_set_by_hand_says_when_it_ends(planner: Browser, rpc: FakeRpc) -> None:
    night = {"state": "off", "until": "2026-11-22T17:00:00+00:00", "then": "auto", "hours": HOURS}
    rpc.answers["pbx", "config"] = telephony.reply(night=night)
    page = planner.page(NIGHT)
    assert "Met de hand uit tot zo 22 nov 18:00. Daarna weer automatisch op tijdschema." in page.text
    assert page.field("tot").attrs["value"] == "2026-11-22T18:00"


@pytest.mark.feature("PBX-14")
def test_an_end_that_has_passed_is_none(planner: Browser, rpc: FakeRpc) -> None:
    night = {"state": "on", "until": "2026-11-22T15:00:00+00:00", "then": "auto", "hours": HOURS}
    rpc.answers["pbx", "config"] = telephony.reply(night=night)
    page = planner.page(NIGHT)
    assert "Met de hand" not in page.text
    assert page.field("tot").attrs["value"] == ""
    chosen = [e.attrs["value"] for e in page.all("input", name="stand") if "checked" in e.attrs]
    assert chosen == ["automatisch"]


@pytest.mark.feature("PBX-03")
def test_off_needs_no_destination_and_keeps_the_one_there_is(planner: Browser, rpc: FakeRpc) -> None:
    sent(planner, NIGHT, {"stand": "uit"})
    asked = rpc.last("set_night").fields
    assert (asked["state"], asked["destination"], asked["until"]) == ("off", None, None)


@pytest.mark.feature("PBX-03", "GW-02")
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"stand": "aan"}, "nummer", "Vul in waar gesprekken heen gaan, bijvoorbeeld 999."),
        ({"stand": "automatisch"}, "nummer", "Vul in waar gesprekken heen gaan, bijvoorbeeld 999."),
        (
            {"stand": "automatisch", "nummer": "999", "tot": "2026-11-22T18:00"},
            "tot",
            "Automatisch heeft geen einde. Laat dit veld leeg.",
        ),
        (
            {"stand": "aan", "nummer": "999", "tot": "morgen"},
            "tot",
            "Schrijf het moment als 22-11-2026 18:00.",
        ),
        ({"stand": "aan", "nummer": "999", "tot": "31-02-2026 18:00"}, "tot", "Dit moment bestaat niet."),
        (
            {"stand": "aan", "nummer": "999", "tot": "9999-12-31T23:30"},
            "tot",
            "Kies een moment van 2000 tot en met 2099.",
        ),
    ],
)
def test_a_night_mode_that_cannot_be(
    planner: Browser, rpc: FakeRpc, typed: dict[str, str], field: str, said: str
) -> None:
    page = shown(planner, NIGHT, typed)
    assert page.error_of(field) == said
    assert "set_night" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-03", "GW-02")
def test_what_pbx_says_of_what_is_elsewhere_stands_above_the_form(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "set_night"] = Invalid(fields={"hours": ["Kies de werktijden."]})
    page = shown(planner, NIGHT, {"stand": "automatisch", "nummer": "999"})
    assert "Kies de werktijden." in words(page.one("div", class_="tk-notice-error").text)


@pytest.mark.feature("PBX-03")
def test_the_schedules_it_follows_go_to_the_draft(planner: Browser, rpc: FakeRpc) -> None:
    after = sent(planner, f"{NIGHT}/schemas", {"werktijden": EVENING, "revisie": "41"})
    assert saved(rpc) == {
        "part": "night",
        "id": None,
        "values": {"hours": EVENING, "holidays": None},
        "base_revision": 41,
    }
    assert "Opgeslagen in concept" in after.text


@pytest.mark.feature("PBX-05")
def test_music_is_listened_to_chosen_and_what_is_chosen_shows(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(SOUNDS)
    sounds = [e.attrs["src"] for e in page.all("audio")]
    assert sounds == [f"{PAGE}/geluid/{MUSIC}", f"{PAGE}/geluid/{OTHER_MUSIC}"]
    assert "Welkom.wav" not in page.text, "a greeting is no music"
    chosen = [e.attrs["value"] for e in page.all("input", name="muziek") if "checked" in e.attrs]
    assert chosen == [MUSIC]
    sent(planner, SOUNDS, {"muziek": OTHER_MUSIC, "revisie": "41"})
    assert saved(rpc)["values"] == {"file": OTHER_MUSIC}
    sent(planner, SOUNDS, {"muziek": "", "revisie": "41"})
    assert saved(rpc)["values"] == {"file": None}


@pytest.mark.feature("PBX-05")
def test_a_sound_is_played_piece_by_piece_and_only_to_who_may(planner: Browser, rpc: FakeRpc) -> None:
    response = planner.get(f"{PAGE}/geluid/{MUSIC}")
    assert response.data == b"RIF" + b"FAA"
    assert response.content_type == "audio/wav"
    assert "media-src 'self'" in response.headers["Content-Security-Policy"]
    assert [call.fields["index"] for call in rpc.asked if call.method == "file_chunk"] == [0, 1]


def upload(browser: Browser, content: bytes, name: str = "Rustig.wav") -> Any:
    data = {"bestand": (io.BytesIO(content), name), "opdracht": "c" * 32}
    return browser.post(f"{SOUNDS}/bestand", data, content_type="multipart/form-data")


@pytest.mark.feature("PBX-05")
def test_music_is_handed_over_in_pieces(planner: Browser, rpc: FakeRpc) -> None:
    stored = {"file": telephony.sound("9a" * 16, "Rustig.wav", "music", 62)}
    rpc.answers["pbx", "upload"] = lambda last, **fields: stored if last else {"received": fields["index"]}
    response = upload(planner, b"x" * 1_000_000, "muziek/Rustig.wav")
    assert response.status_code == 303
    asked = [call.fields for call in rpc.asked if call.method == "upload"]
    assert [(one["index"], one["pieces"], one["last"]) for one in asked] == [
        (0, 3, False),
        (1, 3, False),
        (2, 3, True),
    ]
    assert {(one["kind"], one["name"], one["upload_id"]) for one in asked} == {
        ("music", "Rustig.wav", "c" * 32)
    }
    assert all(len(one["data"]) <= 4 * 512 * 1024 // 3 + 4 for one in asked)


@pytest.mark.feature("PBX-05", "GW-02")
def test_what_is_no_sound_is_said_beside_the_field(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "upload"] = Invalid(fields={"file": ["In dit bestand zit geen geluid."]})
    page = Page(upload(planner, b"brief").text)
    assert page.error_of("bestand") == "In dit bestand zit geen geluid."


@pytest.mark.feature("PBX-05", "GW-02")
def test_no_file_and_a_too_large_one(planner: Browser, rpc: FakeRpc) -> None:
    empty = shown(planner, f"{SOUNDS}/bestand", {})
    assert empty.error_of("bestand") == "Kies een bestand."
    page = Page(upload(planner, b"x" * 10_000_001).text)
    assert page.error_of("bestand") == "Een bestand mag ten hoogste 10 MB groot zijn."
    assert upload(planner, b"x" * 10_200_000).status_code == 413
    assert "upload" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-05")
def test_only_that_form_takes_large_bodies(planner: Browser) -> None:
    form = {"bedrijfsnaam": "x" * 100_000}
    assert planner.post(PAGE, form).status_code == 413


@pytest.mark.feature("PBX-05")
def test_music_is_removed_unless_it_is_played(planner: Browser, rpc: FakeRpc) -> None:
    after = sent(planner, f"{SOUNDS}/{OTHER_MUSIC}/verwijder", {})
    assert rpc.last("remove_file").fields["file_id"] == OTHER_MUSIC
    assert "Vrolijk.wav verwijderd" in after.text
    rpc.answers["pbx", "remove_file"] = Conflict("Rustig.wav is in gebruik bij de wachtmuziek.")
    after = sent(planner, f"{SOUNDS}/{MUSIC}/verwijder", {})
    assert "Rustig.wav is in gebruik bij de wachtmuziek." in after.text


@pytest.mark.feature("PBX-15")
def test_a_customer_whose_pbx_is_not_made_yet_is_told_who_makes_it(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply() | {"enabled": False}
    assert "Uw telefooncentrale is er nog niet." in planner.page(PAGE).text
