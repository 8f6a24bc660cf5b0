"""/beheer: ranges of numbers, a customer's numbers, its PBX with paid places, and its lines."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, Invalid, NotFound
from tests.gateway import companies, staff_telephony, telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.element_forms import filled
from tests.gateway.fakes import FakeRpc
from tests.gateway.staff_telephony import ASSIGNMENT, ENDED, RANGE
from tests.gateway.telephony import JAN, LINE, MAIN

NUMBERS = "/beheer/nummers"
CUSTOMER = f"/beheer/klanten/{companies.OURS}"
WHY = {"reden": "Gevraagd door de klant"}
pytestmark = pytest.mark.feature("PBX-15")


def refused(browser: Browser, address: str, data: dict[str, Any], status: int = 422) -> Page:
    response = browser.post(address, data)
    assert response.status_code == status
    return Page(response.text)


def changed(rpc: FakeRpc, method: str) -> dict[str, Any]:
    fields = dict(rpc.last(method).fields)
    assert len(fields.pop("command_id")) == 32
    return fields


def test_ranges_with_what_is_given_out_and_one_comes_in(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(NUMBERS)
    assert "085-000 16 00 t/m 085-000 16 99 sipproxy 4 van 100 96" in words(page.text)
    data = {"eerste": "085-000 17 00", "laatste": "085-000 17 99", "herkomst": "vasco"}
    response = operator.post(NUMBERS, data)
    assert response.headers["Location"] == f"{NUMBERS}/{RANGE}"
    assert changed(rpc, "add_range") == {"first": "085-000 17 00", "last": "085-000 17 99", "source": "vasco"}
    rpc.answers["pbx", "add_range"] = Invalid(fields={"last": ["Het laatste nummer is lager."]})
    assert "Het laatste nummer is lager." in refused(operator, NUMBERS, data).text


def test_whose_a_number_is(operator: Browser, rpc: FakeRpc) -> None:
    response = operator.get(f"{NUMBERS}/zoek?nummer=085-000+16+00")
    page = operator.page(response.headers["Location"])
    assert rpc.last("numbers_of_range").fields["after"] == "+31850001599", "it stands at the top"
    assert "Bakkerij Voorbeeld" in page.text
    rpc.answers["pbx", "range_with"] = NotFound("085-999 99 99 zit in geen van onze nummerreeksen.")
    assert (
        "zit in geen van onze"
        in operator.page(operator.get(f"{NUMBERS}/zoek?nummer=1").headers["Location"]).text
    )


def test_free_numbers_go_to_a_customer_by_its_number(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(f"{NUMBERS}/{RANGE}?vrij=1")
    assert [i.attrs["value"] for i in page.all("input", type="checkbox")] == ["+31850001630", "+31850001631"]
    response = operator.get(f"{NUMBERS}/kies?nummer=%2B31850001630&nummer=%2B31850001631&klant=10427")
    assert rpc.last("customers").fields["number"] == 10427
    page = operator.page(response.headers["Location"].partition("#")[0])
    assert words(page.one("textarea").text) == "085-000 16 30 085-000 16 31"
    gone = operator.page(operator.get(f"{NUMBERS}/kies?klant=piet").headers["Location"])
    assert "Deze klant is er niet" in gone.text


def test_a_customers_numbers_of_now_come_first(operator: Browser) -> None:
    page = operator.page(f"{CUSTOMER}/nummers")
    rows = [words(tr.text) for tr in page.all("tr", role="row")[1:]]
    assert rows[0] == "085-000 16 00 01-01-2026 – keuzemenu Neem terug 085-000 16 00"
    assert rows[3].startswith("085-000 16 15 straks 01-01-2027")
    assert rows[4] == "085-000 16 15 voorbij 01-01-2025 01-01-2026 –"


def test_numbers_are_given_in_lines_and_ranges(operator: Browser, rpc: FakeRpc) -> None:
    typed = "085-000 16 30\n085-000 16 32 t/m 085-000 16 34, +31 85 000 16 40"
    response = operator.post(f"{CUSTOMER}/nummers", {"nummers": typed, "vanaf": "1-12-2026", **WHY})
    assert response.status_code == 303
    assert changed(rpc, "assign_numbers") == {
        "customer_id": companies.OURS,
        "numbers": ["0850001630", "0850001632", "0850001633", "0850001634", "+31850001640"],
        "valid_from": "2026-12-01",
        "valid_to": None,
        "reason": WHY["reden"],
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"nummers": ""}, "Vul een of meer nummers in."),
        ({"nummers": "abc"}, "abc is geen telefoonnummer."),
        ({"nummers": "085-000 16 34 t/m 085-000 16 30"}, "is geen reeks."),
        ({"nummers": "085-000 10 00 t/m 085-000 99 99"}, "is geen reeks."),
        ({"vanaf": "straks"}, "Schrijf de dag als 22-11-2026."),
        ({"tot": "1-11-2026"}, "Het einde moet na het begin liggen."),
        ({"reden": ""}, "Schrijf waarom."),
    ],
)
def test_what_cannot_be_given(operator: Browser, rpc: FakeRpc, typed: dict[str, str], said: str) -> None:
    data = {"nummers": "085-000 16 30", "vanaf": "1-12-2026", **WHY} | typed
    assert said in refused(operator, f"{CUSTOMER}/nummers", data).text
    assert "assign_numbers" not in [call.method for call in rpc.asked]


def test_a_number_that_is_taken_is_said_and_all_stays_typed(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "assign_numbers"] = Conflict("+31850001630 is al toegewezen vanaf 01-01-2026.")
    data = {"nummers": "085-000 16 30", "vanaf": "1-12-2026", **WHY}
    page = refused(operator, f"{CUSTOMER}/nummers", data, 409)
    assert "is al toegewezen" in page.text and words(page.one("textarea").text) == "085-000 16 30"


def test_a_number_is_taken_back_on_a_day(operator: Browser, rpc: FakeRpc) -> None:
    assert "Nu wordt het nog gebruikt." in operator.page(f"{CUSTOMER}/nummers/{ASSIGNMENT}/einde").text
    operator.post(f"{CUSTOMER}/nummers/{ASSIGNMENT}/einde", {"tot": "1-1-2027", **WHY})
    assert changed(rpc, "end_assignment") == {
        "assignment_id": ASSIGNMENT,
        "valid_to": "2027-01-01",
        "reason": WHY["reden"],
    }
    assert operator.get(f"{CUSTOMER}/nummers/{'0' * 32}/einde").status_code == 404
    assert operator.get(f"{CUSTOMER}/nummers/{ENDED}/einde").status_code == 200


def test_a_partner_sees_numbers_and_gives_none(partner: Browser, rpc: FakeRpc) -> None:
    page = partner.page(f"{CUSTOMER}/nummers")
    assert not page.all("textarea") and "De beheerder wijst nummers toe" in page.text
    asked = rpc.last("assignments").acting
    assert (asked.scope, asked.customer_id) == ("customer", companies.OURS)


def test_what_a_customer_has_and_what_does_not_fit_with_it(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(f"{CUSTOMER}/telefonie")
    assert "5 betaalde plaatsen" in page.text and "085-000 16 20" in page.text
    rpc.answers["identity", "customer"] = companies.company(products=["mobile"])
    page = operator.page(f"{CUSTOMER}/telefonie")
    assert "De klant ziet de telefooncentrale niet." in page.text
    assert "De klant ziet de telefoonlijnen niet." in page.text


@pytest.mark.parametrize(("enabled", "method"), [(True, "disable_pbx"), (False, "enable_pbx")])
def test_the_pbx_goes_and_comes_with_a_reason(
    partner: Browser, rpc: FakeRpc, enabled: bool, method: str
) -> None:
    rpc.answers["pbx", "config_of"] = staff_telephony.of_customer() | {"enabled": enabled}
    address = f"{CUSTOMER}/telefonie/centrale"
    form = filled(partner.page(address))
    assert "Schrijf waarom." in refused(partner, address, form | {"reden": ""}).text
    assert partner.post(address, {**WHY, "wat": form["wat"]}).status_code == 303
    assert changed(rpc, method) == {"customer_id": companies.OURS, "reason": WHY["reden"]}


def test_a_pbx_that_calls_come_to_stays(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "disable_pbx"] = Conflict("1 nummer komt nog in de telefooncentrale uit.")
    page = refused(operator, f"{CUSTOMER}/telefonie/centrale", {**WHY, "wat": "weg"}, 409)
    assert "1 nummer komt nog in de telefooncentrale uit." in page.text


@pytest.mark.parametrize(
    ("enabled", "said"),
    [(False, "De telefooncentrale was er al"), (True, "De telefooncentrale was al weg")],
)
def test_what_a_colleague_did_first_is_not_turned_around(
    operator: Browser, rpc: FakeRpc, enabled: bool, said: str
) -> None:
    rpc.answers["pbx", "config_of"] = staff_telephony.of_customer() | {"enabled": enabled}
    form = filled(operator.page(f"{CUSTOMER}/telefonie/centrale")) | WHY
    rpc.answers["pbx", "config_of"] = staff_telephony.of_customer() | {"enabled": not enabled}
    answer = operator.post(f"{CUSTOMER}/telefonie/centrale", form)
    assert said in operator.page(answer.headers["Location"]).text
    assert not {"enable_pbx", "disable_pbx"} & {call.method for call in rpc.asked}


def test_a_pbx_is_asked_about_again_when_it_was_not_said_what_to_do(operator: Browser, rpc: FakeRpc) -> None:
    page = refused(operator, f"{CUSTOMER}/telefonie/centrale", WHY, 200)
    assert page.field("wat").attrs["value"] == "weg"
    assert not {"enable_pbx", "disable_pbx"} & {call.method for call in rpc.asked}


def test_a_line_keeps_numbers_that_something_else_has_too(operator: Browser, rpc: FakeRpc) -> None:
    """The main number that a line shows is mostly that of the PBX's menu, so none that is free."""
    found = staff_telephony.of_customer()
    [*_rest, line] = found["config"]["lines"]
    line["main_number"] = MAIN
    rpc.answers["pbx", "config_of"] = found
    address = f"{CUSTOMER}/telefonie/lijnen/{line['id']}"
    assert operator.post(address, filled(operator.page(address)) | WHY).status_code == 303
    values = changed(rpc, "change_line")["values"]
    assert (values["number"], values["main_number"]) == (line["number"], MAIN)


@pytest.mark.feature("CDR-11")
def test_the_operator_says_how_many_calls_abroad_there_may_be(operator: Browser, rpc: FakeRpc) -> None:
    address = f"{CUSTOMER}/telefonie/internationaal"
    assert "Wijzig de grens" in operator.page(f"{CUSTOMER}/telefonie").text
    page = operator.page(address)
    assert "Leeg is de standaard, 5." in page.text and page.field("aantal").attrs["value"] == ""
    for typed, most in (("12", 12), ("0", 0), ("", None)):
        assert operator.post(address, {"aantal": typed, **WHY}).status_code == 303
        assert changed(rpc, "set_calls_abroad")["most"] == most
    page = refused(operator, address, {"aantal": "501", **WHY})
    assert "Vul een aantal in van 0 tot en met 500, of niets." in page.text
    assert "Schrijf waarom." in refused(operator, address, {"aantal": "12", "reden": ""}).text


@pytest.mark.feature("CDR-11")
def test_a_partner_sees_how_many_calls_abroad_there_may_be(partner: Browser) -> None:
    page = partner.page(f"{CUSTOMER}/telefonie")
    assert "Internationale gesprekken tegelijk" in page.text and "Wijzig de grens" not in page.text


@pytest.mark.feature("CDR-11")
def test_what_was_chosen_for_a_customer_and_when_it_was_too_little(operator: Browser, rpc: FakeRpc) -> None:
    chosen = {"most": 12, "chosen": True, "preset": 5, "under_way": 3, "refused_at": "2026-11-20T10:00:00Z"}
    rpc.answers["pbx", "config_of"] = staff_telephony.of_customer() | {"calls_abroad": chosen}
    page = operator.page(f"{CUSTOMER}/telefonie")
    assert "voor deze klant gekozen, standaard is 5" in page.text
    assert "20 november" in page.text or "20-11" in page.text
    assert operator.page(f"{CUSTOMER}/telefonie/internationaal").field("aantal").attrs["value"] == "12"


def test_a_paid_place_is_added(partner: Browser, rpc: FakeRpc) -> None:
    page = partner.page(f"{CUSTOMER}/telefonie/gebruikers/nieuw")
    free = [o.attrs["value"] for o in page.all("option")]
    assert free == ["", "+31850001690"], "of now, and not in use"
    data = {"gebruikersnaam": "verkoop1", "voornaam": "Vera", "extensie": "204", **WHY}
    partner.post(f"{CUSTOMER}/telefonie/gebruikers/nieuw", data)
    values = {
        "username": "verkoop1",
        "first_name": "Vera",
        "last_name": "",
        "number": None,
        "extension": "204",
    }
    assert changed(rpc, "add_user")["values"] == values
    rpc.answers["pbx", "add_user"] = Invalid(fields={"extension": ["204 is al van Piet."]})
    page = refused(partner, f"{CUSTOMER}/telefonie/gebruikers/nieuw", data)
    assert page.field("extensie").attrs["aria-invalid"] == "true" and "204 is al van Piet." in page.text


def test_a_place_and_a_line_are_taken_away_unless_they_are_in_use(operator: Browser, rpc: FakeRpc) -> None:
    for kind, id, method in (("gebruikers", JAN, "remove_user"), ("lijnen", LINE, "remove_line")):
        assert operator.post(f"{CUSTOMER}/telefonie/{kind}/{id}/verwijder", WHY).status_code == 303
        assert changed(rpc, method)["id"] == id
    rpc.answers["pbx", "remove_user"] = Conflict("Jan Jansen is in gebruik bij belgroep Support.")
    page = refused(operator, f"{CUSTOMER}/telefonie/gebruikers/{JAN}/verwijder", WHY, 409)
    assert "in gebruik bij belgroep Support" in page.text


@pytest.mark.feature("TEL-02")
def test_a_line_is_made_and_changed(operator: Browser, rpc: FakeRpc) -> None:
    data = {"telefoonnummer": "+31850001690", "naam": "Balie", "extensie": "", **WHY}
    operator.post(f"{CUSTOMER}/telefonie/lijnen/nieuw", data)
    values = {"name": "Balie", "number": "+31850001690", "main_number": None, "extension": None}
    assert changed(rpc, "add_line")["values"] == values
    page = operator.page(f"{CUSTOMER}/telefonie/lijnen/{LINE}")
    assert page.field("naam").attrs["value"] == "Winkel"
    operator.post(f"{CUSTOMER}/telefonie/lijnen/{LINE}", data | {"hoofdnummer": MAIN})
    assert changed(rpc, "change_line")["values"] == values | {"main_number": MAIN}
    assert operator.get(f"{CUSTOMER}/telefonie/lijnen/{telephony.JAN}").status_code == 404
