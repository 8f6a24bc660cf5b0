"""Mobiel for staff: a customer's subscriptions, what was agreed on, defaults, orders to carriers."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, Invalid
from tests.gateway import companies, staff_mobile, subscriptions
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

AREA = f"/beheer/klanten/{companies.OURS}/mobiel"
ONE = f"{AREA}/{subscriptions.FIRST}"
COMMAND = {"opdracht": "a" * 32}


@pytest.fixture
def operator(visitor: Browser, rpc: FakeRpc) -> Browser:
    rpc.answers["identity", "login"] = {"ok": True, **companies.staff()}
    visitor.log_in()
    return visitor


@pytest.mark.feature("ID-12", "MOB-03")
def test_a_customer_s_subscriptions_are_listed(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(AREA)
    assert "06-00 12 34 56" in page.text
    assert rpc.last("subscriptions").fields["customer_id"] == companies.OURS


@pytest.mark.feature("ID-12")
def test_a_subscription_is_made_with_its_modules(operator: Browser, rpc: FakeRpc) -> None:
    typed = {"product": "data_only", "nummer": "06-00 12 34 57", "vanaf": "01-12-2026", "label": "Router"}
    response = operator.post(f"{AREA}/nieuw", {**typed, **COMMAND, "module": "mobiel_bellen_eu"})
    assert response.headers["Location"] == ONE
    sent = rpc.last("create_subscription").fields
    assert (sent["customer_id"], sent["active_from"]) == (companies.OURS, "2026-12-01")
    assert (sent["product"], sent["modules"]) == ("data_only", ["mobiel_bellen_eu"])


@pytest.mark.feature("ID-12", "GW-02")
def test_what_mobile_refuses_stands_beside_the_field(operator: Browser, rpc: FakeRpc) -> None:
    said = "Dit is geen mobiel nummer."
    rpc.answers["mobile", "create_subscription"] = Invalid(fields={"number": [said]})
    typed = {"product": "data_only", "nummer": "085", "vanaf": "01-12-2026"}
    response = operator.post(f"{AREA}/nieuw", typed)
    assert response.status_code == 422
    assert Page(response.text).error_of("nummer") == said


@pytest.mark.feature("ID-12", "MOB-04")
@pytest.mark.parametrize(
    ("part", "typed", "method", "sent"),
    [
        ("sim", {"sim": staff_mobile.CARD}, "change_sim", {"sim_number": staff_mobile.CARD, "puk": ""}),
        (
            "module",
            {"module": "mobiel_bellen_eu", "dag": "01-12-2026"},
            "add_module",
            {"module": "mobiel_bellen_eu", "valid_from": "2026-12-01"},
        ),
        (
            "module-uit",
            {"module": "mobiel_bellen_eu", "dag": "01-12-2026"},
            "end_module",
            {"module": "mobiel_bellen_eu", "valid_to": "2026-12-01"},
        ),
        ("blokkeringen", {"blokkering": "premium_sms"}, "set_blocks", {"codes": ["premium_sms"]}),
        ("blokkeringen", {}, "set_blocks", {"codes": []}),
        (
            "product",
            {"product": "data_only", "vanaf": "01-12-2026"},
            "change_product",
            {"product": "data_only", "valid_from": "2026-12-01"},
        ),
        ("einde", {"einde": "31-12-2026"}, "end_subscription", {"ended_at": "2026-12-31"}),
    ],
)
def test_each_part_of_a_subscription_is_changed_on_its_own(
    operator: Browser, rpc: FakeRpc, part: str, typed: dict[str, str], method: str, sent: dict[str, Any]
) -> None:
    response = operator.post(ONE, {"onderdeel": part, **typed, **COMMAND})
    assert response.headers["Location"] == ONE
    assert rpc.last(method).fields == {"subscription_id": subscriptions.FIRST, "command_id": "a" * 32, **sent}


@pytest.mark.feature("ID-12")
def test_a_conflict_is_said_above_its_form(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["mobile", "change_sim"] = Conflict("Deze kaart hoort bij een ander abonnement.")
    response = operator.post(ONE, {"onderdeel": "sim", "sim": staff_mobile.CARD})
    page = Page(response.text)
    assert (response.status_code, page.field("sim").attrs["value"]) == (409, staff_mobile.CARD)
    assert "Deze kaart hoort bij een ander abonnement." in page.text


@pytest.mark.feature("ID-12", "MOB-02")
def test_group_bundles_and_prices_are_agreed_on_from_a_month(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(f"{AREA}/afspraken")
    assert "Vanaf 2026-10" in page.text
    assert "750 MB" in page.text
    assert page.field("maand").attrs["value"] == "12-2026"
    typed = {
        "maand": "1-2027",
        "omvang:zakelijk_mobiel.data": "1.000",
        "prijs:zakelijk_mobiel.voice": "0,025",
    }
    assert operator.post(f"{AREA}/afspraken", {**typed, **COMMAND}).status_code == 303
    sent = rpc.last("set_terms").fields
    assert (sent["month"], sent["block_cost"]) == ("2027-01", None)
    assert sent["bundles"] == [
        {"bundle": "zakelijk_mobiel.data", "volume": 1_000_000_000, "rate": None},
        {"bundle": "zakelijk_mobiel.voice", "volume": None, "rate": "0.025"},
    ]


@pytest.mark.feature("GW-02")
@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("maand", "december", "Schrijf de maand als 12-2026."),
        ("omvang:zakelijk_mobiel.data", "veel", "Schrijf een heel getal, bijvoorbeeld 250 of 1.250."),
        ("prijs:zakelijk_mobiel.data", "-1", "Een bedrag is 0 of meer."),
    ],
)
def test_what_is_no_agreement_is_said_beside_it(operator: Browser, name: str, typed: str, said: str) -> None:
    response = operator.post(f"{AREA}/afspraken", {"maand": "12-2026", name: typed})
    assert (response.status_code, Page(response.text).error_of(name)) == (422, said)


@pytest.mark.feature("MOB-01")
def test_a_partner_s_defaults_are_set(operator: Browser, rpc: FakeRpc) -> None:
    address = f"/beheer/mobiel/defaults/{companies.PARTNER}"
    assert operator.page(address).field("customer_total").attrs["value"] == "50,00"
    operator.post(address, {"customer_total": "", "mobiel_bellen_eu": "500", **COMMAND})
    sent = rpc.last("set_partner_defaults").fields
    assert sent["limits"] == {"customer_total": None, "mobiel_bellen_eu": "500"}
    assert sent["partner_id"] == companies.PARTNER


def test_the_operator_has_no_defaults_of_its_own(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["mobile", "partner_defaults"] = Invalid(fields={"partner_id": ["Kies een partner."]})
    assert operator.get("/beheer/mobiel/defaults").status_code == 404


@pytest.mark.feature("MOB-07")
def test_orders_and_answers_that_fit_none_are_shown(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page("/beheer/mobiel?stand=refused")
    assert "geweigerd: SIM onbekend" in page.text
    assert "Onbekende opdracht" in page.text
    assert rpc.last("sim_commands").fields["state"] == "refused"


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize("part", ["nummer", "product", "einde"])
def test_partners_leave_number_product_and_end_to_the_operator(
    visitor: Browser, rpc: FakeRpc, part: str
) -> None:
    rpc.answers["identity", "login"] = {"ok": True, **companies.staff("partner")}
    visitor.log_in()
    assert "Beëindig abonnement" not in visitor.page(ONE).text
    assert visitor.post(ONE, {"onderdeel": part}).status_code == 403
