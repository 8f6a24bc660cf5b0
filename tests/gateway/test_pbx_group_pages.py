"""Telefooncentrale, Belgroep: name and number, how calls are handed out, members, Geavanceerd, deleting."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, NotFound
from tests.gateway import telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.element_forms import filled, sent
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import JAN, KEES, RECEPTION, SALES, SUPPORT, VOICEMAIL, saved

PAGE = "/telefooncentrale/belgroep"
SALES_PAGE, SUPPORT_PAGE = f"{PAGE}/{SALES}", f"{PAGE}/{SUPPORT}"


@pytest.mark.feature("PBX-08")
def test_everything_of_a_group_but_its_members_is_saved_at_once(planner: Browser, rpc: FakeRpc) -> None:
    sent(
        planner,
        SUPPORT_PAGE,
        naam="Helpdesk",
        voornaam="Belgroep",
        achternaam="Helpdesk",
        verdeling="uniform",
        volgende="1",
        volgende_na="4",
        wachttijd="1",
        wachttijd_seconden="45",
        wachttijd_naar="999",
        geen_internet="1",
        geen_internet_naar="06-00 12 34 56",
        in_gesprek="1",
        nachtstand="on",
    )
    assert saved(rpc) == {
        "part": "group",
        "id": SUPPORT,
        "base_revision": telephony.REVISION,
        "values": {
            "name": "Helpdesk",
            "first_name": "Belgroep",
            "last_name": "Helpdesk",
            "number": telephony.DIRECT,
            "extension": "102",
            "policy": "uniform",
            "next_on": True,
            "next_rings": 4,
            "wait_on": True,
            "wait_seconds": 45,
            "overflow_to": "999",
            "offline_on": True,
            "offline_to": "06-00 12 34 56",
            "busy_tone": True,
            "night": {"mode": "on"},
        },
    }


@pytest.mark.feature("PBX-08")
def test_a_forward_that_is_not_ticked_goes_nowhere(planner: Browser, rpc: FakeRpc) -> None:
    sent(planner, SUPPORT_PAGE, wachttijd_naar="999", geen_internet_naar="999")
    values = saved(rpc)["values"]
    assert (values["overflow_to"], values["offline_to"]) == ("", "")


@pytest.mark.feature("PBX-08")
def test_the_ways_of_handing_out_calls_are_cards_with_a_picture(planner: Browser) -> None:
    page = planner.page(SUPPORT_PAGE)
    names = [words(e.text) for e in page.all("span", class_="tk-card-name")]
    assert names == ["Circulair", "Vaste volgorde", "Simultaan", "Uniform"]
    assert len(page.all("svg", class_="tk-policy")) == 4
    assert filled(page)["verdeling"] == "regular"


@pytest.mark.feature("PBX-08")
def test_without_a_waiting_time_the_page_warns(planner: Browser, rpc: FakeRpc) -> None:
    assert "Een gesprek kan onbeantwoord blijven." in planner.page(SUPPORT_PAGE).text
    answered = {"id": SUPPORT, "name": "Support", "extension": "102", "wait_on": True, "overflow_to": "999"}
    rpc.answers["pbx", "config"] = telephony.reply(groups=[answered], menus=[])
    assert "onbeantwoord" not in planner.page(SUPPORT_PAGE).text


@pytest.mark.feature("PBX-08")
def test_a_group_needs_a_number_or_an_extension_and_the_page_says_so(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(groups=[{"id": SALES, "name": "Verkoop"}], menus=[])
    page = planner.page(SALES_PAGE)
    assert "Verkoop is nog niet te bereiken." in page.text
    assert "geen nummer of extensie" in page.text


@pytest.mark.feature("PBX-08")
def test_who_can_become_a_member_and_who_cannot(planner: Browser) -> None:
    page = planner.page(SUPPORT_PAGE)
    addable = [b.attrs["value"] for b in page.all("button", name="erbij")]
    assert addable == [VOICEMAIL, KEES, RECEPTION], "by name; Jan is a member already"
    assert "Fax staat hier niet: er is geen nummer en geen extensie." in page.text


def click(browser: Browser, address: str, **clicked: str) -> Page:
    """Press a button of the members, with the rest of the form as it stands."""
    form = filled(browser.page(address)) | {"naam": "Getypt, niet opgeslagen"}
    answer = browser.post(f"{address}/leden", form | {n.replace("_", "-"): v for n, v in clicked.items()})
    assert answer.status_code == 200
    return Page(answer.text)


@pytest.mark.feature("PBX-08")
@pytest.mark.parametrize(("button", "direction"), [("omhoog", "up"), ("omlaag", "down")])
def test_members_are_put_in_order_with_two_buttons(
    planner: Browser, rpc: FakeRpc, button: str, direction: str
) -> None:
    page = click(planner, SALES_PAGE, **{button: KEES if button == "omhoog" else JAN})
    fields = rpc.last("move_member").fields
    assert (fields["group_id"], fields["direction"]) == (SALES, direction)
    name, place = ("Kees van de Heuvel", 1) if button == "omhoog" else ("Jan Jansen", 2)
    assert words(page.one("p", id="gezegd").text) == f"{name} staat nu op {place}"
    assert page.field("naam").attrs["value"] == "Getypt, niet opgeslagen"


@pytest.mark.feature("PBX-08", "GW-05")
def test_the_moved_row_keeps_the_focus_and_the_ends_go_no_further(planner: Browser, rpc: FakeRpc) -> None:
    moved = telephony.reply()
    moved["config"]["groups"][0]["members"] = [KEES, JAN]
    rpc.answers["pbx", "move_member"] = lambda **fields: rpc.answers.update({("pbx", "config"): moved}) or {}
    page = click(planner, SALES_PAGE, omlaag=JAN)
    focused = [b.attrs["aria-label"] for b in page.all("button") if "autofocus" in b.attrs]
    assert focused == ["Omhoog: Jan Jansen"], "he is the last now: down is no button any more"
    assert [b.attrs["aria-label"] for b in page.all("button") if "disabled" in b.attrs] == [
        "Omhoog: Kees van de Heuvel",
        "Omlaag: Jan Jansen",
    ]


@pytest.mark.feature("PBX-08")
def test_a_member_is_added_at_the_end_and_taken_out(planner: Browser, rpc: FakeRpc) -> None:
    page = click(planner, SALES_PAGE, erbij=RECEPTION)
    assert saved(rpc)["values"] == {"members": [JAN, KEES, RECEPTION]}
    assert words(page.one("p", id="gezegd").text) == "Receptie is nu lid, op plaats 3."
    click(planner, SALES_PAGE, weg=JAN)
    assert saved(rpc)["values"] == {"members": [KEES]}


@pytest.mark.feature("PBX-08")
def test_each_click_counts_once_and_not_as_the_save(planner: Browser, rpc: FakeRpc) -> None:
    form = filled(planner.page(SALES_PAGE))
    planner.post(f"{SALES_PAGE}/leden", form | {"omlaag": JAN})
    assert rpc.last("move_member").fields["command_id"] == form["opdracht-leden"] != form["opdracht"]


@pytest.mark.feature("PBX-08", "GW-02")
def test_what_another_changed_of_the_group_stays_after_a_member_was_moved(
    planner: Browser, rpc: FakeRpc
) -> None:
    mine = filled(planner.page(SALES_PAGE)) | {"voornaam": "Verkoop Nieuw"}
    theirs = telephony.reply() | {"revision": telephony.REVISION + 1}
    next(g for g in theirs["config"]["groups"] if g["id"] == SALES)["name"] = "Verkoop en advies"
    rpc.answers["pbx", "config"] = theirs
    moved = filled(Page(planner.post(f"{SALES_PAGE}/leden", mine | {"omlaag": JAN}).text))
    assert moved["revisie"] == mine["revisie"]
    assert moved["revisie-leden"] == str(telephony.REVISION + 1), "members are as they stand on the page"
    rpc.answers["pbx", "save"] = Conflict()
    again = Page(planner.post(SALES_PAGE, moved).text)
    assert saved(rpc)["base_revision"] == telephony.REVISION
    assert again.field("naam").attrs["value"] == "Verkoop en advies"
    assert again.field("voornaam").attrs["value"] == "Verkoop Nieuw"


@pytest.mark.feature("PBX-08")
def test_two_members_are_added_one_after_the_other(planner: Browser, rpc: FakeRpc) -> None:
    form = filled(planner.page(SALES_PAGE))
    rpc.answers["pbx", "config"] = telephony.reply() | {"revision": telephony.REVISION + 1}
    again = filled(Page(planner.post(f"{SALES_PAGE}/leden", form | {"erbij": RECEPTION}).text))
    planner.post(f"{SALES_PAGE}/leden", again | {"erbij": VOICEMAIL})
    assert saved(rpc)["base_revision"] == telephony.REVISION + 1


@pytest.mark.feature("PBX-08")
def test_members_that_another_changed_meanwhile_are_shown_as_they_are_now(
    planner: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["pbx", "save"] = Conflict()
    page = click(planner, SALES_PAGE, weg=JAN)
    assert "Een ander heeft deze groep intussen gewijzigd." in page.text


@pytest.mark.feature("PBX-08")
def test_who_can_be_added_is_looked_for_among_many(planner: Browser, rpc: FakeRpc) -> None:
    many = [telephony.user(f"{n:032x}", "Medewerker", f"nummer {n}", str(1000 + n)) for n in range(1, 301)]
    groups = [{"id": SALES, "name": "Verkoop", "extension": "101"}]
    rpc.answers["pbx", "config"] = telephony.reply(users=many, groups=groups, menus=[])
    page = planner.page(SALES_PAGE)
    assert len(page.all("button", name="erbij")) == 8
    assert "292 andere gebruikers vindt u met zoeken." in page.text
    found = click(planner, SALES_PAGE, zoek_lid="1207", zoek="1")
    assert [b.attrs["value"] for b in found.all("button", name="erbij")] == [many[206]["id"]]


@pytest.mark.feature("PBX-08", "PBX-15")
def test_a_new_group_is_made_and_then_its_members_are_chosen(planner: Browser, rpc: FakeRpc) -> None:
    form = filled(planner.page(f"{PAGE}/nieuw")) | {"naam": "Inkoop", "extensie": "103"}
    answer = planner.post(f"{PAGE}/nieuw", form)
    assert answer.headers["Location"] == f"{PAGE}/{'8a' * 16}#leden"
    values = rpc.last("add").fields["values"]
    assert (values["name"], values["extension"], values["policy"]) == ("Inkoop", "103", "regular")


@pytest.mark.feature("PBX-15", "GW-02")
def test_a_new_group_without_a_name_is_asked_for_one(planner: Browser, rpc: FakeRpc) -> None:
    page = Page(planner.post(f"{PAGE}/nieuw", {"extensie": "103"}).text)
    assert page.error_of("naam") == "Geef de belgroep een naam, bijvoorbeeld Verkoop."
    assert page.field("extensie").attrs["value"] == "103"


@pytest.mark.feature("PBX-15")
def test_a_group_is_deleted_after_a_question(planner: Browser, rpc: FakeRpc) -> None:
    asked = planner.page(f"{SUPPORT_PAGE}/verwijder")
    assert "Belgroep Support verwijderen?" in asked.text
    assert "remove" not in [call.method for call in rpc.asked]
    assert planner.post(f"{SUPPORT_PAGE}/verwijder", {"revisie": "41"}).status_code == 303
    fields = rpc.last("remove").fields
    assert (fields["part"], fields["id"], fields["base_revision"]) == ("group", SUPPORT, 41)


@pytest.mark.feature("PBX-15")
def test_a_group_that_is_in_use_stays_and_the_page_says_where(planner: Browser, rpc: FakeRpc) -> None:
    said = "Support is in gebruik bij Hoofdmenu. Kies daar eerst iets anders."
    rpc.answers["pbx", "remove"] = Conflict(said)
    answer = planner.post(f"{SUPPORT_PAGE}/verwijder")
    assert answer.status_code == 409
    assert said in Page(answer.text).text


@pytest.mark.feature("PBX-15")
def test_for_the_first_time_the_page_says_what_a_group_is_for(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(groups=[], menus=[])
    page = planner.page(PAGE)
    assert "In een belgroep gaan meerdere toestellen over op één nummer" in page.text
    assert "U hebt 4 gebruikers die lid kunnen worden." in page.text
    assert page.link("Nieuwe belgroep") == f"{PAGE}/nieuw"


def test_a_group_that_went_meanwhile_is_not_found(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "save"] = NotFound()
    form: dict[str, Any] = filled(planner.page(SALES_PAGE))
    assert planner.post(SALES_PAGE, form).status_code == 404
