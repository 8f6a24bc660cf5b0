"""*Klanten* and *Partners* under /beheer."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, Invalid, NotFound, Unavailable
from tests.gateway import companies, people
from tests.gateway.browser import Browser, Page, words
from tests.gateway.element_forms import filled
from tests.gateway.fakes import FakeRpc

LIST = "/beheer/klanten"
ONE = f"{LIST}/{companies.OURS}"
EDIT = f"{ONE}/gegevens"
COMMAND = "c" * 32


def form_of(page: Page) -> dict[str, Any]:
    """What a browser sends of the page's big form when nothing is touched."""
    names = ("naam", "partner", "kvk", "btw", "revisie", "begin", "ander-adres", "contact")
    address = ("straat", "huisnummer", "postcode", "plaats")
    sent: dict[str, Any] = {}
    for element in page.elements:
        name = element.attrs.get("name", "")
        if element.tag != "input" or name.partition("-")[0] not in (*names, *address, "product", "factuur"):
            continue
        if element.attrs.get("type") != "checkbox":
            sent[name] = element.attrs.get("value", "")
        elif "checked" in element.attrs:
            sent.setdefault(name, []).append(element.attrs["value"])
    return sent | {"land": "NL", "factuur-land": "NL", "opdracht": COMMAND, "reden": "verhuisd"}


@pytest.mark.feature("ID-12")
def test_staff_begin_at_the_customers(operator: Browser, rpc: FakeRpc) -> None:
    assert operator.get("/").headers["Location"] == LIST
    assert operator.get("/beheer").headers["Location"] == LIST
    page = operator.page(LIST)
    assert page.one("header", class_="tk-top-staff")
    assert words(page.one("span", class_="tk-staff-sign").text) == "beheer"
    assert page.rows("tk-companies") == [
        ["Nummer", "Naam", "Onderdelen", "Partner", "Plaats", "Gebruikers"],
        [
            "10427",
            "Bakkerij Voorbeeld B.V.",
            "Telefoonlijnen (VoIP), Telefooncentrale, Mobiel",
            "–",
            "Voorbeeldstad",
            "2 gebruikers",
        ],
    ]
    assert rpc.last("customers").fields == {"kind": "customer", "limit": 50}
    acting = rpc.last("customers").acting
    assert (acting.kind, acting.scope, acting.customer_id) == (
        "staff",
        "operator",
        companies.OPERATOR["id"],
    )


@pytest.mark.feature("ID-12")
def test_a_partner_sees_its_own_customers_and_no_partners(partner: Browser, rpc: FakeRpc) -> None:
    page = partner.page(LIST)
    assert "De klanten van ICT Voorbeeld." in page.text
    assert "Partner" not in page.rows("tk-companies")[0]
    assert rpc.last("customers").acting.scope == "partner"
    assert rpc.last("customers").acting.customer_id == companies.PARTNER
    links = {a.attrs["href"] for a in page.all("a")}
    assert "/beheer/partners" not in links and "/beheer/onbezorgd" not in links


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("bakkerij", {"query": "bakkerij"}),
        ("10427", {"number": 10427}),
        ("10427 bv", {"query": "10427 bv"}),
        ("²", {"query": "²"}),
    ],
)
def test_a_search_is_by_name_or_by_number(
    operator: Browser, rpc: FakeRpc, typed: str, asked: dict[str, Any]
) -> None:
    operator.page(f"{LIST}?bevat={typed}")
    assert rpc.last("customers").fields == {"kind": "customer", "limit": 50, **asked}


@pytest.mark.feature("ID-12")
def test_the_list_goes_on_by_key_and_keeps_the_search(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "customers"] = {"rows": [companies.company()], "next": 10427}
    page = operator.page(f"{LIST}?bevat=bak&partner={companies.PARTNER}")
    assert page.link("Volgende") == f"{LIST}?bevat=bak&partner={companies.PARTNER}&na=10427"
    page = operator.page(page.link("Volgende"))
    assert rpc.last("customers").fields["after"] == 10427
    assert rpc.last("customers").fields["parent_id"] == companies.PARTNER
    assert page.link("Naar het begin") == f"{LIST}?bevat=bak&partner={companies.PARTNER}"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (LIST, "Er zijn nog geen klanten"),
        (f"{LIST}?bevat=zzz", "Geen naam of klantnummer bevat zzz."),
        (f"{LIST}?na=99999", "Deze bladzijde is er niet"),
        ("/beheer/partners", "Er zijn nog geen partners"),
    ],
)
def test_an_empty_list_says_why(operator: Browser, rpc: FakeRpc, address: str, said: str) -> None:
    rpc.answers["identity", "customers"] = {"rows": [], "next": None}
    assert said in operator.page(address).text


@pytest.mark.parametrize("wrong", ["-1", "x", "99999999999"])
def test_a_page_that_cannot_be_is_not_asked_for(operator: Browser, rpc: FakeRpc, wrong: str) -> None:
    operator.page(f"{LIST}?na={wrong}", status=422)
    assert "customers" not in [call.method for call in rpc.asked]


@pytest.mark.feature("GW-03")
def test_identity_being_away_is_said_in_its_box(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "customers"] = Unavailable()
    assert "De lijst laden lukt nu niet." in operator.page(LIST).one("div", class_="tk-notice").text


@pytest.mark.feature("ID-12")
def test_one_customer_and_what_leads_on_from_it(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(ONE)
    assert page.one("h1").text == "Bakkerij Voorbeeld B.V."
    for said in ("Klant · nummer 10427 · van Operator Voorbeeld", "NL000000000B01", "Ovenstraat 12"):
        assert said in page.text
    assert page.link("Gebruikers") == f"{ONE}/gebruikers"
    assert page.link("Kijk mee als klant") == f"{ONE}/meekijken"
    assert page.link("Wijzig gegevens") == EDIT
    assert rpc.last("customer").fields == {"customer_id": companies.OURS}


def test_a_partners_page_leads_to_its_customers(operator: Browser) -> None:
    page = operator.page(f"/beheer/partners/{companies.PARTNER}")
    assert page.link("Klanten van deze partner") == f"{LIST}?partner={companies.PARTNER}"
    assert "Kijk mee als klant" not in page.text


@pytest.mark.feature("ID-12")
def test_a_new_customer(operator: Browser, rpc: FakeRpc) -> None:
    form = {
        "naam": "Garage Voorbeeld",
        "product": ["voip", "pbx"],
        "straat": "Sleutelweg",
        "huisnummer": "3",
        "land": "BE",
        "factuur-plaats": "onzichtbaar",
        "partner": companies.PARTNER,
        "opdracht": COMMAND,
    }
    response = operator.post(f"{LIST}/nieuw", form)
    assert (response.status_code, response.headers["Location"]) == (303, ONE)
    assert rpc.last("create_customer").fields == {
        "name": "Garage Voorbeeld",
        "kind": "customer",
        "parent_id": companies.PARTNER,
        "products": ["voip", "pbx"],
        "address": {
            "street": "Sleutelweg",
            "house_number": "3",
            "postcode": "",
            "city": "",
            "country": "BE",
        },
        "command_id": COMMAND,
    }
    assert "is aangemaakt" in operator.page(ONE).one("div", class_="tk-toast").text


def test_a_partner_chooses_no_parent(partner: Browser, rpc: FakeRpc) -> None:
    page = partner.page(f"{LIST}/nieuw")
    assert "partner" not in [e.attrs.get("name") for e in page.elements]
    partner.post(f"{LIST}/nieuw", {"naam": "Garage", "partner": companies.OURS, "kind": "operator"})
    fields = rpc.last("create_customer").fields
    assert "parent_id" not in fields and fields["kind"] == "customer"


@pytest.mark.feature("ID-12", "GW-02")
def test_what_identity_says_of_a_nested_field_stands_beside_it(operator: Browser, rpc: FakeRpc) -> None:
    said = {"address.postcode": ["Een postcode is 1234 AB."], "kvk": ["Acht cijfers."]}
    rpc.answers["identity", "create_customer"] = Invalid(fields=said)
    response = operator.post(f"{LIST}/nieuw", {"naam": "Garage", "postcode": "12", "kvk": "1"})
    page = Page(response.text)
    assert response.status_code == 422
    assert page.error_of("postcode") == "Een postcode is 1234 AB."
    assert page.error_of("kvk") == "Acht cijfers."
    assert page.field("postcode").attrs["value"] == "12", "what was typed stays"


def test_a_company_needs_a_name(operator: Browser, rpc: FakeRpc) -> None:
    response = operator.post(f"{LIST}/nieuw", {"kvk": "00000000"})
    assert Page(response.text).error_of("naam") == "Vul de naam van het bedrijf in."
    assert "create_customer" not in [call.method for call in rpc.asked]


@pytest.mark.feature("ID-12")
def test_saving_without_a_touch_sends_what_stood_there(operator: Browser, rpc: FakeRpc) -> None:
    response = operator.post(EDIT, form_of(operator.page(EDIT)))
    assert (response.status_code, response.headers["Location"]) == (303, ONE)
    known = companies.company()
    same = ("name", "products", "kvk", "vat_number", "address", "invoice_address", "contact", "revision")
    assert rpc.last("change_customer").fields == {
        **{name: known[name] for name in same},
        "parent_id": "",
        "customer_id": companies.OURS,
        "reason": "verhuisd",
        "command_id": COMMAND,
    } | {"parent_id": None}


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize("away", [False, True], ids=["many", "away"])
def test_a_customer_stays_with_its_partner_also_one_of_the_second_page(
    operator: Browser, rpc: FakeRpc, away: bool
) -> None:
    rpc.answers["identity", "customers"] = Unavailable() if away else companies.many_partners
    rpc.answers["identity", "customer"] = companies.company(
        parent_id=companies.LAST_PARTNER, parent_name="Partner 50"
    )
    rpc.answers["identity", "change_customer"] = companies.company(revision=4)
    page = operator.page(EDIT)
    assert ("Van wie de klant is, blijft zoals het is." in page.text) is away
    response = operator.post(EDIT, filled(page) | {"reden": "Ander telefoonnummer"})
    assert response.status_code == 303
    assert rpc.last("change_customer").fields["parent_id"] == companies.LAST_PARTNER


def test_who_goes_to_a_partner_meanwhile_is_not_taken_back(operator: Browser, rpc: FakeRpc) -> None:
    mine = filled(operator.page(EDIT)) | {"naam": "Bakkerij Nieuw", "reden": "Nieuwe naam"}
    moved = companies.company(revision=4, parent_id=companies.PARTNER, parent_name="ICT Voorbeeld")
    rpc.answers["identity", "customer"] = moved
    rpc.answers["identity", "change_customer"] = Conflict()
    page = Page(operator.post(EDIT, mine).text)
    assert "Hun wijziging van Partner staat hieronder al ingevuld." in page.text
    assert filled(page)["partner"] == companies.PARTNER


def test_a_change_asks_why(operator: Browser, rpc: FakeRpc) -> None:
    response = operator.post(EDIT, form_of(operator.page(EDIT)) | {"reden": ""})
    assert Page(response.text).error_of("reden") == "Schrijf waarom. Dat staat in het logboek."
    assert "change_customer" not in [call.method for call in rpc.asked]


@pytest.mark.feature("ID-12", "GW-02")
def test_what_another_changed_meanwhile_is_not_lost(operator: Browser, rpc: FakeRpc) -> None:
    mine = form_of(operator.page(EDIT)) | {"naam": "Bakkerij Nieuw", "contact": "Piet"}
    theirs = companies.company(revision=4, kvk="00000001", contact=companies.CONTACT | {"name": "Ada Bakker"})
    rpc.answers["identity", "customer"] = theirs
    rpc.answers["identity", "change_customer"] = Conflict()
    response = operator.post(EDIT, mine)
    page = Page(response.text)
    assert response.status_code == 409
    notice = words(page.one("div", class_="tk-notice").text)
    assert "Een ander heeft dit intussen gewijzigd." in notice
    assert "Hun wijziging van KvK-nummer staat hieronder al ingevuld." in notice
    assert "U wijzigde allebei Naam contactpersoon: kies wat het wordt." in notice
    shown = {n: page.field(n).attrs["value"] for n in ("naam", "kvk", "contact", "revisie", "reden")}
    assert shown == {
        "naam": "Bakkerij Nieuw",
        "kvk": "00000001",
        "contact": "Piet",
        "revisie": "4",
        "reden": "verhuisd",
    }
    assert page.error_of("contact") == "De ander vulde in: Ada Bakker."

    rpc.answers["identity", "change_customer"] = companies.changed
    rpc.answers["identity", "customer"] = companies.by_id
    again = form_of(page) | {"opdracht": page.all("input", name="opdracht")[0].attrs["value"]}
    assert operator.post(EDIT, again).status_code == 303
    sent = rpc.last("change_customer").fields
    assert (sent["name"], sent["kvk"], sent["revision"]) == ("Bakkerij Nieuw", "00000001", 4)
    assert sent["command_id"] != COMMAND, "another command: the first was refused"


def test_a_conflict_about_something_else_is_said_as_it_is(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "change_customer"] = Conflict("Deze klant heeft nog nummers.")
    response = operator.post(EDIT, form_of(operator.page(EDIT)))
    assert response.status_code == 409
    assert "Deze klant heeft nog nummers." in response.text
    assert "intussen gewijzigd" not in response.text


@pytest.mark.feature("ID-12")
def test_the_users_of_a_customer_are_the_pages_of_gebruikers(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(f"{ONE}/gebruikers")
    assert rpc.last("users").fields["customer_id"] == companies.OURS
    assert "Bakkerij Voorbeeld B.V." in page.text
    user = f"{ONE}/gebruikers/{people.PIET}"
    assert page.link("p.jonker") == user
    assert operator.page(user).one("h1").text == "Piet Jonker"
    response = operator.post(f"{user}/blokkeer", {"geblokkeerd": "1", "terug": user})
    assert response.headers["Location"] == user
    assert rpc.last("block_user").acting.kind == "staff"
    operator.post(f"{ONE}/gebruikers/nieuw", {"gebruikersnaam": "ada", "email": "a@x.example", "welkom": "1"})
    assert rpc.last("add_user").fields["customer_id"] == companies.OURS


@pytest.mark.feature("ID-12")
def test_deleting_a_user_twice_is_done_once_and_said_twice(operator: Browser, rpc: FakeRpc) -> None:
    """identity knows the command; without it, it says itself that nobody is there."""
    address = f"{ONE}/gebruikers/{people.PIET}/verwijder"
    rpc.answers["identity", "user"] = NotFound()
    assert operator.post(address, {"opdracht": COMMAND}).status_code == 303
    assert rpc.last("delete_user").fields["command_id"] == COMMAND
    rpc.answers["identity", "delete_user"] = NotFound()
    assert operator.post(address).status_code == 404


@pytest.mark.feature("ID-12")
def test_a_user_is_found_under_their_own_company_only(operator: Browser, rpc: FakeRpc) -> None:
    address = f"/beheer/klanten/{companies.PARTNER}/gebruikers/{people.PIET}"
    assert operator.get(address).status_code == 404
    assert operator.post(f"{address}/blokkeer", {"geblokkeerd": "1"}).status_code == 404
    assert "block_user" not in [call.method for call in rpc.asked]


def test_ones_colleagues_are_the_users_of_ones_own_company(partner: Browser) -> None:
    at = f"/beheer/klanten/{companies.PARTNER}/gebruikers"
    assert partner.get("/beheer/collegas").headers["Location"] == at


@pytest.mark.parametrize(
    ("who", "links"), [("operator", [f"/beheer/partners/{companies.PARTNER}"]), ("partner", [])]
)
def test_the_heading_over_colleagues_leads_a_partner_nowhere_that_is_forbidden(
    who: str, links: list[str], request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(who).page(f"/beheer/klanten/{companies.PARTNER}/gebruikers")
    assert page.one("p", class_="tk-crumb")
    assert [
        a.attrs["href"] for a in page.all("a") if a.attrs["href"].startswith("/beheer/partners/")
    ] == links


@pytest.mark.feature("ID-08", "ID-12")
def test_staff_have_their_own_page(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page("/mijn-gegevens")
    assert page.field("gebruikersnaam").attrs["value"] == "r.bakker"
    assert page.one("header", class_="tk-top-staff")
    form = {"onderdeel": "gegevens", "email": "r@operator.example", "voornaam": "Robin"}
    assert operator.post("/mijn-gegevens", form).status_code == 303
    assert rpc.last("change_details").acting.kind == "staff"


def test_a_name_that_is_code_is_text(operator: Browser, rpc: FakeRpc) -> None:
    evil = "<script>alert(1)</script>"
    rpc.answers["identity", "customers"] = {"rows": [companies.company(name=evil)], "next": None}
    rpc.answers["identity", "customer"] = companies.company(name=evil, contact={"name": evil})
    for address in (LIST, ONE, EDIT, f"{ONE}/meekijken"):
        assert "<script>alert" not in operator.get(address).text


@pytest.mark.feature("ID-12")
def test_work_on_a_customer_is_bound_to_it_after_identity_said_so(
    operator: Browser, rpc: FakeRpc, partner_address: str = f"{LIST}/{people.FOREIGN}"
) -> None:
    rpc.answers["identity", "customer"] = NotFound()
    assert operator.get(partner_address).status_code == 404
