"""*Herberekenen* and *Waarom deze prijs*: what staff ask, see and book."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, NotFound
from tests.gateway import companies, rates
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("CDR-08")

HERE = "/beheer/herberekenen"


@pytest.fixture
def operator(visitor: Browser, rpc: FakeRpc) -> Browser:
    account = companies.staff("operator")
    rpc.answers["identity", "login"] = {"ok": True, **account}
    rpc.answers["identity", "account"] = account
    visitor.log_in()
    return visitor


def asked(rpc: FakeRpc, method: str) -> list[dict[str, Any]]:
    return [one.fields for one in rpc.asked if one.method == method]


def words(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_the_form_asks_for_a_preview_of_a_month(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(HERE, {"periode": "2026-10", "klant": "10427", "prefix": "+316", "plan": ""})
    assert (answer.status_code, answer.location) == (303, f"{HERE}/{rates.RUNNING}")
    (fields,) = asked(rpc, "rerate_preview")
    assert fields["scope"] == {
        "period": "2026-10",
        "prefix": "+316",
        "plan": "",
        "customer_id": companies.OURS,
    }


def test_the_form_asks_for_a_preview_of_days(operator: Browser, rpc: FakeRpc) -> None:
    operator.post(HERE, {"van": "1-10-2026", "tot": "15-10-2026"})
    (fields,) = asked(rpc, "rerate_preview")
    assert fields["scope"] == {
        "period": None,
        "prefix": "",
        "plan": "",
        "from": "2026-10-01",
        "to": "2026-10-15",
    }


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Kies een factuurperiode, of vul twee dagen in."),
        ({"periode": "2026-10", "van": "1-10-2026"}, "Kies een factuurperiode, of dagen, niet allebei."),
        ({"van": "1-10-2026"}, "Vul beide dagen in."),
        ({"periode": "2026-10", "klant": "tien"}, "Vul een klantnummer in: alleen cijfers."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_asked(
    operator: Browser, rpc: FakeRpc, typed: dict[str, str], sentence: str
) -> None:
    answer = operator.post(HERE, typed)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert not asked(rpc, "rerate_preview")


def test_a_customer_number_that_nobody_has(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "customers"] = {"rows": [], "next": None}
    answer = operator.post(HERE, {"periode": "2026-10", "klant": "99999"})
    assert answer.status_code == 422
    assert "Er is geen klant met dit nummer." in words(answer.text)


def test_a_preview_shows_the_difference_per_customer_and_the_button_counts(operator: Browser) -> None:
    text = words(operator.get(f"{HERE}/{rates.PREVIEW}").text)
    for piece in ("oktober 2026", "Bakkerij Voorbeeld B.V.", "Boek 1.234 correcties", "−€ 13,28"):
        assert piece in text
    assert "34 correcties horen bij een afgesloten maand." in text
    assert "mobiel → nationaal" in text.lower()


def test_a_change_below_the_fourth_decimal_is_told(operator: Browser, rpc: FakeRpc) -> None:
    finer = rates.change(old="0.000325", new="0.000360", difference="0.000035")
    rpc.answers["cdr", "rerating_rows"] = {"rows": [finer, rates.change()], "next": None}
    rows = [words(row.text) for row in Page(operator.get(f"{HERE}/{rates.PREVIEW}").text).all("tr")]
    assert [row.split()[-3:] for row in rows[-2:]] == [
        ["0,000325", "0,00036", "+0,000035"],
        ["0,2513", "0,1999", "−0,0514"],
    ]


def test_booking_sends_the_reason_once(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{HERE}/{rates.PREVIEW}/boek", {"reden": "nieuw tarief"})
    assert (answer.status_code, answer.location) == (303, f"{HERE}/{rates.BOOKING}")
    (fields,) = asked(rpc, "rerate_apply")
    assert (fields["job_id"], fields["reason"]) == (rates.PREVIEW, "nieuw tarief")
    assert len(fields["command_id"]) == 32


def test_booking_without_a_reason_is_not_sent(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{HERE}/{rates.PREVIEW}/boek", {"reden": ""})
    assert answer.status_code == 422
    assert "Schrijf waarom." in words(answer.text)
    assert not asked(rpc, "rerate_apply")


def test_what_cdr_refuses_stands_above_the_form(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "rerate_apply"] = Conflict("Deze berekening is al geboekt.")
    answer = operator.post(f"{HERE}/{rates.PREVIEW}/boek", {"reden": "nog eens"})
    assert answer.status_code == 409
    assert "Deze berekening is al geboekt." in words(answer.text)


def test_while_it_runs_there_is_progress_and_a_way_to_stop(operator: Browser, rpc: FakeRpc) -> None:
    text = words(operator.get(f"{HERE}/{rates.RUNNING}").text)
    assert "412 van 1.180" in text
    assert "Boek" not in text.replace("Boekingen", "")
    operator.post(f"{HERE}/{rates.RUNNING}/stop", {})
    assert asked(rpc, "cancel_rerate")[0]["job_id"] == rates.RUNNING


def test_a_booking_tells_what_was_worked_out_anew(operator: Browser) -> None:
    text = words(operator.get(f"{HERE}/{rates.BOOKING}").text)
    assert "1.233 correcties geboekt" in text
    assert "3 gesprekken waren sinds de berekening veranderd." in text


def test_a_job_that_failed_says_why(operator: Browser) -> None:
    assert "gestopt door een fout bij ons" in words(operator.get(f"{HERE}/{rates.FAILED}").text)


def test_names_that_identity_does_not_tell_do_not_take_the_page_along(
    operator: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["identity", "customer"] = NotFound()
    answer = operator.get(f"{HERE}/{rates.PREVIEW}")
    assert answer.status_code == 200
    assert f"klant {companies.OURS[:8]}" in answer.text


@pytest.mark.feature("CDR-03")
def test_why_a_call_costs_what_it_does(operator: Browser, rpc: FakeRpc) -> None:
    text = words(operator.get("/beheer/waarom", query_string={"rij": rates.ROW}).text)
    assert asked(rpc, "explain") == [{"row_id": rates.ROW}]
    for piece in (
        "€ 0,0540",
        "0,03000000",
        "0,02000000",
        "0,01000000",
        "−0,00600000",
        "ma-vr 19:00–24:00",
        "Marge van de klant",
        "default 2026-01-01",
    ):
        assert piece in text


@pytest.mark.feature("CDR-03", "MOB-02")
def test_why_a_call_within_a_bundle_costs_nothing(operator: Browser, rpc: FakeRpc) -> None:
    within = [{"name": "bundle", "amount": "-0.06000000"}]
    rpc.answers["cdr", "explain"] = rates.explanation(corrections=within, amount="0.000000", margin=None)
    text = words(operator.get("/beheer/waarom", query_string={"rij": rates.ROW}).text)
    assert "Binnen de bundel van het abonnement" in text and "−0,06000000" in text


@pytest.mark.feature("CDR-03")
def test_each_of_a_customers_calls_leads_to_its_explanation(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.get(f"/beheer/klanten/{companies.OURS}/gesprekken", query_string={"periode": "2026-10"})
    assert asked(rpc, "details_of")[0]["selection"] == {"period": "2026-10"}
    assert "Waarom deze prijs" in answer.text
    assert "vasco%7Ccn-2026-8841207%7C2" in answer.text
    (call,) = (one for one in rpc.asked if one.method == "details_of")
    assert (call.acting.scope, call.acting.customer_id) == ("customer", companies.OURS)


def test_an_explanation_of_nothing_is_not_there(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "explain"] = NotFound()
    assert operator.get("/beheer/waarom", query_string={"rij": "x|y|0"}).status_code == 404
    assert operator.get("/beheer/waarom").status_code == 404
