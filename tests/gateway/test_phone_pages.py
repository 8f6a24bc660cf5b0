"""Telefoon: outgoing blocks, and the settings of each number (manual, chapter 5)."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, Invalid, Unavailable
from tests.gateway import builders, telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import LINE, RULE, SECOND_LINE, saved

PAGE = f"/telefoon/{LINE}"


def shown(browser: Browser, address: str, data: dict[str, Any], status: int = 422) -> Page:
    response = browser.post(address, data)
    assert response.status_code == status
    return Page(response.text)


def sent(browser: Browser, address: str, data: dict[str, Any]) -> Page:
    """The page one comes to after a form that was right."""
    response = browser.post(address, data)
    assert response.status_code == 303, Page(response.text).text
    return browser.page(response.headers["Location"])


def menu(page: Page) -> list[str]:
    return [words(a.text) for a in page.all("a", class_="tk-element")]


@pytest.mark.feature("TEL-01")
def test_what_nobody_may_call_is_saved_at_once(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page("/telefoon")
    labels = [words(label.text) for label in page.all("label") if label.attrs["for"] != "naar"]
    assert labels == [
        "Blokkeer internationale nummers",
        "Blokkeer mobiele nummers",
        "Blokkeer zakelijke service nummers (0900)",
        "Blokkeer erotische nummers (0906)",
        "Blokkeer entertainment nummers (0909)",
    ]
    assert "checked" in page.field("0906").attrs and "checked" not in page.field("0900").attrs
    assert "112 en andere alarmnummers zijn altijd bereikbaar." in page.text
    after = sent(planner, "/telefoon", {"mobiel": "1", "0900": "1", "revisie": "41"})
    assert saved(rpc) == {
        "part": "outgoing",
        "id": None,
        "values": {
            "international": False,
            "mobile": True,
            "service_0900": True,
            "service_0906": False,
            "service_0909": False,
        },
        "base_revision": 41,
    }
    assert rpc.last("save").fields["at_once"] is True
    assert "Dit geldt meteen, voor alle nummers." in after.text


@pytest.mark.feature("TEL-01", "CDR-11")
def test_what_the_watch_over_fraud_blocks_stands_beside_it(planner: Browser, rpc: FakeRpc) -> None:
    block = {"call_class": "international_world", "since": "2026-11-22T02:14:00Z"}
    rpc.answers["pbx", "config"] = telephony.reply() | {"fraud_blocks": [block]}
    page = planner.page("/telefoon")
    assert "De fraudebewaking blokkeert nu ook:" in page.text
    assert "sinds om 03:14" in page.text
    assert page.link("Bekijk en hef op bij Instellingen") == "/instellingen"


@pytest.mark.feature("TEL-02")
def test_the_pages_show_what_callers_get_now_and_each_number_has_its_own(
    planner: Browser, rpc: FakeRpc
) -> None:
    page = planner.page(PAGE)
    assert rpc.last("config").fields == {"which": "published"}
    assert menu(page) == [
        "Algemene instellingen",
        "Tijdschema’s",
        "Extra nummers",
        "Niet overgegaan?",
        "Winkel 085-000 16 20, 20",
        "085-000 16 21",
    ]
    current = [
        words(a.text) for a in page.all("a", **{"aria-current": "page"}) if "telefoon/" in a.attrs["href"]
    ]
    assert current == ["Accountgegevens"]
    choices = [o.attrs["value"] for o in page.all("option") if "selected" in o.attrs]
    assert choices == [PAGE], "the same menu as a select on a small screen"


@pytest.mark.feature("TEL-02")
def test_of_the_account_only_the_shown_number_can_be_changed(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(PAGE)
    facts = [words(dd.text) for dd in page.all("dd")]
    assert facts == ["Winkel", "085-000 16 20", "085-000 16 00", "20"]
    fields = [e.attrs["name"] for e in page.all("input") if e.attrs["type"] != "hidden"]
    assert fields == ["verberg"]
    sent(planner, PAGE, {"verberg": "1", "revisie": "41"})
    assert saved(rpc) == {
        "part": "line",
        "id": LINE,
        "values": {"hide_number": True},
        "base_revision": 41,
    }


@pytest.mark.feature("TEL-03")
def test_voicemail_as_it_is_preset(planner: Browser) -> None:
    page = planner.page(f"/telefoon/{SECOND_LINE}/voicemail")
    ticked = [e.attrs["name"] for e in page.all("input") if "checked" in e.attrs]
    assert ticked == ["geen-gehoor"]
    assert page.field("aantal").attrs["value"] == "5"
    assert "1233" in page.text


@pytest.mark.feature("TEL-03")
def test_voicemail_is_saved(planner: Browser, rpc: FakeRpc) -> None:
    form = {"gebruik": "1", "kopie": "1", "email": "w@bakkerij.example", "bezet": "1", "aantal": "3"}
    page = sent(planner, f"{PAGE}/voicemail", form)
    assert saved(rpc)["values"] == {
        "voicemail": {
            "on": True,
            "email": "w@bakkerij.example",
            "always": False,
            "busy": True,
            "no_answer": False,
            "rings": 3,
        }
    }
    assert "Voicemail van Winkel opgeslagen" in page.text


@pytest.mark.feature("TEL-03")
def test_without_a_copy_there_is_no_address(planner: Browser, rpc: FakeRpc) -> None:
    sent(planner, f"{PAGE}/voicemail", {"gebruik": "1", "email": "w@bakkerij.example", "aantal": "3"})
    assert saved(rpc)["values"]["voicemail"]["email"] == ""


@pytest.mark.feature("TEL-03", "GW-02")
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"kopie": "1"}, "email", "Vul in naar welk e-mailadres de kopie gaat."),
        ({"aantal": "0"}, "aantal", "Vul een aantal keer in van 1 tot en met 20."),
        ({"aantal": "21"}, "aantal", "Vul een aantal keer in van 1 tot en met 20."),
        ({"aantal": "vijf"}, "aantal", "Vul een aantal keer in van 1 tot en met 20."),
    ],
)
def test_voicemail_that_is_wrong_says_so_beside_the_field(
    planner: Browser, rpc: FakeRpc, typed: dict[str, str], field: str, said: str
) -> None:
    page = shown(planner, f"{PAGE}/voicemail", {"gebruik": "1"} | typed)
    assert page.error_of(field) == said
    assert page.field("gebruik").attrs["checked"] == ""
    assert "save" not in [call.method for call in rpc.asked]


@pytest.mark.feature("TEL-04")
def test_forwards_are_saved_each_with_its_number(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PAGE}/doorschakelen")
    assert page.field("bezet-nummer").attrs["value"] == "06-00 12 34 56"
    form = {
        "direct-nummer": "085 000 16 11",
        "geen-gehoor": "1",
        "geen-gehoor-nummer": "102",
        "aantal": "4",
        "geen-internet": "1",
        "geen-internet-nummer": "+31 (0)6-00 12 34 56",
    }
    sent(planner, f"{PAGE}/doorschakelen", form)
    assert saved(rpc)["values"] == {
        "forwards": {
            "always": {"on": False, "to": "0850001611"},
            "busy": {"on": False, "to": ""},
            "no_answer": {"on": True, "to": "102", "rings": 4},
            "offline": {"on": True, "to": "+31600123456"},
        }
    }


@pytest.mark.feature("TEL-04", "GW-02")
def test_a_forward_that_is_on_leads_somewhere(planner: Browser) -> None:
    page = shown(planner, f"{PAGE}/doorschakelen", {"direct": "1", "bezet": "1", "bezet-nummer": "kantoor"})
    assert page.error_of("bezet-nummer").startswith("Vul een telefoonnummer of extensie in")
    page = shown(planner, f"{PAGE}/doorschakelen", {"direct": "1"})
    assert page.error_of("direct-nummer") == "Vul in naar welk nummer."


@pytest.mark.feature("TEL-04", "GW-02")
def test_what_pbx_says_of_a_number_stands_beside_it(planner: Browser, rpc: FakeRpc) -> None:
    said = {"forwards.busy.to": ["Naar een noodnummer kan niet worden doorgeschakeld."]}
    rpc.answers["pbx", "save"] = Invalid(fields=said)
    page = shown(planner, f"{PAGE}/doorschakelen", {"bezet": "1", "bezet-nummer": "112"})
    assert page.error_of("bezet-nummer") == "Naar een noodnummer kan niet worden doorgeschakeld."
    assert page.field("bezet-nummer").attrs["value"] == "112"


@pytest.mark.feature("TEL-05")
def test_incoming_blocks(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PAGE}/blokkeren")
    assert "checked" in page.field("anoniem").attrs
    assert "Deze nummers 085-000 99 99" in page.text
    assert "Weekend: za en zo de hele dag" in page.text
    sent(planner, f"{PAGE}/blokkeren", {"alle": "1", "revisie": "41"})
    assert saved(rpc)["values"] == {"blocks": {"all": True, "anonymous": False}}


OLD_RULE = {"id": RULE, "callers": "numbers", "schedule": telephony.EVENING, "numbers": ["+31850009999"]}


@pytest.mark.feature("TEL-05")
def test_a_specific_block_is_made_with_the_plus(planner: Browser, rpc: FakeRpc) -> None:
    address = planner.page(f"{PAGE}/blokkeren").link("Nieuwe blokkering")
    page = planner.page(address)
    schedules = [words(o.text) for o in page.all("option") if o.attrs["value"] in ("always", telephony.HOURS)]
    assert schedules == ["Elke dag, de hele dag", "Werktijden"]
    form = {"filter": "nummers", "nummers": "06-00 12 34 56\r\n085-0009998, +32 2 000 00 12", "revisie": "41"}
    sent(planner, address, form)
    rules = saved(rpc)["values"]["blocks"]["rules"]
    numbers = ["06-00 12 34 56", "085-0009998", "+32 2 000 00 12"]
    assert rules == [OLD_RULE, {"callers": "numbers", "schedule": "always", "numbers": numbers}]


@pytest.mark.feature("TEL-05")
def test_a_specific_block_is_changed(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PAGE}/blokkeren/{RULE}")
    assert page.one("textarea", id="nummers").text == "085-000 99 99"
    sent(planner, f"{PAGE}/blokkeren/{RULE}", {"filter": "anoniem", "nummers": "06", "schema": "always"})
    changed = {"callers": "anonymous", "schedule": "always", "numbers": [], "id": RULE}
    assert saved(rpc)["values"]["blocks"]["rules"] == [changed]


@pytest.mark.feature("TEL-05")
def test_a_specific_block_that_is_removed_can_be_brought_back(planner: Browser, rpc: FakeRpc) -> None:
    page = sent(planner, f"{PAGE}/blokkeren/{RULE}/verwijder", {"revisie": "41"})
    assert saved(rpc) == {
        "part": "line",
        "id": LINE,
        "values": {"blocks": {"rules": []}},
        "base_revision": 41,
    }
    undo = {e.attrs["name"]: e.attrs["value"] for e in page.all("input", type="hidden")}
    again = {name: undo[name] for name in ("filter", "schema", "nummers")}
    sent(planner, f"{PAGE}/blokkeren/nieuw", again)
    brought_back = {name: value for name, value in OLD_RULE.items() if name != "id"}
    assert saved(rpc)["values"]["blocks"]["rules"][-1] == brought_back
    assert saved(rpc)["base_revision"] is None


@pytest.mark.feature("TEL-05", "GW-02")
@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ("", "Vul een of meer nummers in."),
        ("06-00 12 34 56\nJan", "Dit is geen telefoonnummer: Jan. Zet elk nummer op een eigen regel."),
    ],
)
def test_a_block_of_no_numbers(planner: Browser, numbers: str, said: str) -> None:
    page = shown(planner, f"{PAGE}/blokkeren/nieuw", {"filter": "nummers", "nummers": numbers})
    assert words(page.one("p", id="nummers-fout").text) == said
    assert page.one("textarea", id="nummers").text == numbers


@pytest.mark.feature("TEL-05", "GW-02")
def test_what_pbx_says_of_a_listed_number_stands_beside_the_list(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "save"] = Invalid(fields={"blocks.rules.1.numbers.0": ["Dit is geen telefoonnummer."]})
    page = shown(planner, f"{PAGE}/blokkeren/nieuw", {"filter": "nummers", "nummers": "999999"})
    assert words(page.one("p", id="nummers-fout").text) == "Dit is geen telefoonnummer."


@pytest.mark.feature("TEL-05")
def test_no_specific_blocks_says_what_they_are_for(planner: Browser) -> None:
    page = planner.page(f"/telefoon/{SECOND_LINE}/blokkeren")
    assert "Met een specifieke blokkering houdt u bepaalde bellers tegen" in page.text


@pytest.mark.feature("TEL-07")
def test_simring_leaves_out_empty_rows(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PAGE}/simring")
    assert page.field("mee-0").attrs["value"] == "06-00 12 34 56"
    assert "checked" in page.field("bevestig-0").attrs
    assert page.field("mee-1").attrs["value"] == ""
    form = {
        "gebruik": "1",
        "tijdens": "1",
        "mee-0": "",
        "mee-1": "06 00 12 34 57",
        "bevestig-1": "1",
        "mee-2": "",
    }
    sent(planner, f"{PAGE}/simring", form)
    assert saved(rpc)["values"] == {
        "simring": {
            "on": True,
            "during_call": True,
            "numbers": [{"number": "0600123457", "confirm": True}],
        }
    }


@pytest.mark.feature("TEL-07")
def test_simring_gets_one_more_row_and_keeps_what_was_typed(planner: Browser, rpc: FakeRpc) -> None:
    page = shown(planner, f"{PAGE}/simring", {"mee-0": "niet af", "bevestig-0": "1", "meer": "1"}, status=200)
    assert page.field("mee-0").attrs["value"] == "niet af"
    assert page.field("mee-1").attrs["value"] == ""
    assert "save" not in [call.method for call in rpc.asked]


@pytest.mark.feature("TEL-07", "GW-02")
def test_simring_rings_something(planner: Browser, rpc: FakeRpc) -> None:
    page = shown(planner, f"{PAGE}/simring", {"gebruik": "1", "mee-0": ""})
    assert page.error_of("mee-0") == "Vul een of meer nummers in die mee overgaan."
    rpc.answers["pbx", "save"] = Invalid(fields={"simring.numbers.0.number": ["Dit is geen telefoonnummer."]})
    page = shown(planner, f"{PAGE}/simring", {"gebruik": "1", "mee-0": "", "mee-1": "12"})
    assert page.error_of("mee-1") == "Dit is geen telefoonnummer."


@pytest.mark.feature("TEL-08")
def test_which_short_number_is_which(planner: Browser) -> None:
    rows = planner.page("/telefoon/extra-nummers").rows("tk-extra")
    assert ["20", "085-000 16 20", "Winkel"] in rows
    assert ["211", "–", "Jan Jansen"] in rows


@pytest.mark.feature("TEL-02", "GW-02")
def test_somebody_else_changed_it_meanwhile(planner: Browser, rpc: FakeRpc) -> None:
    """Both changed the address: it is said beside the field, and nothing is saved until one chooses."""
    begun = before_the_other(planner, "/voicemail")
    rpc.answers["pbx", "config"] = telephony.reply(
        lines=[telephony.line(voicemail={"on": True, "email": "ander@bakkerij.example", "rings": 7})]
    )
    rpc.answers["pbx", "save"] = Conflict("Iemand anders heeft dit intussen gewijzigd.")
    page = shown(planner, f"{PAGE}/voicemail", begun | {"email": "nieuw@bakkerij.example"}, 409)
    assert "Een ander heeft dit intussen gewijzigd." in page.text
    assert "De ander vulde in: ander@bakkerij.example." in page.text
    assert page.field("email").attrs["value"] == "nieuw@bakkerij.example"
    assert page.field("aantal").attrs["value"] == "7", "what only the other changed is taken over"
    assert page.field("revisie").attrs["value"] == "41", "who sends it again has seen the warning"


def test_a_change_of_somebody_else_on_another_page_stands_in_nobodys_way(
    planner: Browser, rpc: FakeRpc
) -> None:
    begun = before_the_other(planner, "/voicemail")

    def first_refuses(base_revision: int, **fields: Any) -> dict[str, Any]:
        if base_revision != 41:
            raise Conflict("Iemand anders heeft dit intussen gewijzigd.")
        return {"revision": 42}

    rpc.answers["pbx", "save"] = first_refuses
    sent(planner, f"{PAGE}/voicemail", begun | {"email": "nieuw@bakkerij.example"})
    assert saved(rpc)["base_revision"] == 41
    assert saved(rpc)["values"]["voicemail"]["email"] == "nieuw@bakkerij.example"


def before_the_other(browser: Browser, part: str) -> dict[str, str]:
    """The form as a browser sends it back unchanged, made from an older revision."""
    page = browser.page(f"{PAGE}{part}")
    fields = [one for one in page.all("input") if one.attrs.get("name") not in (None, "csrf_token", "naar")]
    ticks = [one for one in fields if one.attrs.get("type") != "checkbox" or "checked" in one.attrs]
    return {one.attrs["name"]: one.attrs.get("value", "") for one in ticks} | {"revisie": "40"}


def test_a_service_that_does_not_save_keeps_what_was_typed(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "save"] = Unavailable()
    page = shown(planner, f"{PAGE}/voicemail", {"email": "nieuw@bakkerij.example"}, 503)
    assert "Wat u hebt ingevuld, staat er nog." in page.text
    assert page.field("email").attrs["value"] == "nieuw@bakkerij.example"


def test_a_customer_without_lines_is_told_who_makes_them(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(lines=[])
    assert "Nog geen vaste telefoon" in planner.page("/telefoon").text


def test_many_numbers_can_be_searched(planner: Browser, rpc: FakeRpc) -> None:
    lines = [
        telephony.line(id=f"{n:032x}", number=f"+318500020{n:02}", name=f"Filiaal {n}", extension=None)
        for n in range(1, 21)
    ]
    rpc.answers["pbx", "config"] = telephony.reply(lines=lines)
    page = planner.page("/telefoon?zoek=filiaal+17")
    assert menu(page)[4:] == ["Filiaal 17 085-000 20 17"]
    assert menu(planner.page("/telefoon?zoek=2017"))[4:] == ["Filiaal 17 085-000 20 17"]
    page = planner.page("/telefoon")
    assert len(menu(page)) == 20 and "4 andere vindt u met zoeken." in page.text


@pytest.mark.feature("ID-03")
def test_without_voip_there_is_no_tab(visitor: Browser, rpc: FakeRpc) -> None:
    account = builders.account(roles=["settings"])
    account["customer"] = account["customer"] | {"products": ["mobile"]}
    rpc.answers["identity", "login"] = {"ok": True, **account}
    visitor.log_in()
    assert visitor.get("/telefoon").status_code == 403
    assert "Telefoon" not in [a.text for a in visitor.page("/gespreksdetails/totalen").all("a")]
