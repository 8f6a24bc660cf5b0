"""What is particular to single addresses of the API: files, cases, places in lists, who acts for whom."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.access import ROLE_NAMES
from services.identity.schemas.companies import CreateCustomer
from shared.errors import Conflict, NotFound
from tests.gateway import (
    builders,
    companies,
    handsets,
    people,
    plans,
    rates,
    staff_telephony,
    subscriptions,
    telephony,
)
from tests.gateway.fakes import FakeRpc
from tests.gateway.programs import Program

pytestmark = pytest.mark.feature("GW-06")

HERE = f"/api/v1/customers/{companies.OURS}"
PAGES_TAKE = 64 * 1024
"""Bytes: what an address takes that is not made for files."""


@pytest.fixture
def program(app: Flask, rpc: FakeRpc) -> Program:
    """Of a customer's user with every role."""
    rpc.answers["identity", "token_login"] = builders.account(roles=list(ROLE_NAMES))
    return Program(app)


@pytest.fixture
def operators(app: Flask, rpc: FakeRpc) -> Program:
    rpc.answers["identity", "token_login"] = companies.staff("operator")
    return Program(app)


@pytest.fixture
def partners(app: Flask, rpc: FakeRpc) -> Program:
    rpc.answers["identity", "token_login"] = companies.staff("partner")
    return Program(app)


def test_a_file_is_the_body_itself_and_may_be_large(program: Program, rpc: FakeRpc) -> None:
    sent = b"RIFF" + bytes(PAGES_TAKE)
    keys = ["welkom-2026-1", "welkom-2026-1", "welkom-2026-2"]
    answers = [
        program.ask("POST", "/api/v1/pbx/sounds?name=Welkom&kind=music", sent, Idempotency_Key=key)
        for key in keys
    ]
    first, again, other = (call.fields for call in rpc.asked if call.method == "upload")
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert (first["kind"], first["name"], first["last"]) == ("music", "Welkom", True)
    assert first["upload_id"] == again["upload_id"] != other["upload_id"]


def test_a_telephone_can_be_made_nobodys(program: Program, rpc: FakeRpc) -> None:
    address = f"/api/v1/devices/{handsets.DEVICE}"
    program.ask("PATCH", address, {"user_id": "", "label": ""})
    asked = rpc.last("change_device").fields
    assert (asked["user_id"], "label" in asked, "line_id" in asked) == ("", False, False)


def test_where_no_file_belongs_a_large_body_is_refused(program: Program, rpc: FakeRpc) -> None:
    answer = program.ask("PUT", "/api/v1/voip-limit", {"limit": "0" * PAGES_TAKE})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    assert "set_voip_limit" not in [call.method for call in rpc.asked]


@pytest.mark.parametrize(
    ("method", "address", "service", "change"),
    [
        ("DELETE", f"{HERE}/users/{people.PIET}", "identity", "delete_user"),
        ("POST", f"{HERE}/pbx-users/{telephony.JAN}/remove", "pbx", "remove_user"),
        ("POST", f"{HERE}/lines/{telephony.LINE}/remove", "pbx", "remove_line"),
    ],
)
def test_what_has_gone_is_asked_for_again_with_its_key_and_not_looked_up(
    operators: Program, rpc: FakeRpc, method: str, address: str, service: str, change: str
) -> None:
    """The service knows the key, and gives its first answer again; to another it says what is not there."""
    answers = []
    for gone in (False, True):
        if gone:
            rpc.answers["identity", "user"] = NotFound()
            rpc.answers["pbx", "config_of"] = staff_telephony.of_customer() | {"config": {}}
        answers.append(operators.ask(method, address, {"reason": "Weg"}, Idempotency_Key="zelfde-sleutel"))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len([call for call in rpc.asked if (call.service, call.method) == (service, change)]) == 2
    rpc.answers[service, change] = NotFound()
    assert operators.ask(method, address, {"reason": "Weg"}).status_code == 404


def test_who_is_of_another_company_is_not_found_under_this_one(operators: Program, rpc: FakeRpc) -> None:
    rpc.answers["identity", "user"] = people.user(customer_id=companies.PARTNER)
    assert operators.ask("DELETE", f"{HERE}/users/{people.PIET}").status_code == 404
    assert "delete_user" not in [call.method for call in rpc.asked]


def test_a_partner_is_made_as_identity_takes_it(operators: Program, rpc: FakeRpc) -> None:
    assert operators.ask("POST", "/api/v1/partners", {"name": "ICT Elders"}).status_code == 201
    fields = rpc.last("create_customer").fields
    assert (fields["kind"], fields["products"]) == ("partner", [])
    assert CreateCustomer().validate(fields) == {}


def test_rates_are_imported_checked_and_saved(operators: Program, rpc: FakeRpc) -> None:
    address = "/api/v1/rate-plans/imports?name=zakelijk&valid_from=2026-12-01&precision=3"
    made = operators.ask("POST", address, plans.FILE, Idempotency_Key="tarieven-2026-12")
    begun = rpc.last("begin_import").fields
    assert made.status_code == 202
    assert (begun["name"], begun["valid_from"], begun["precision"]) == ("zakelijk", "2026-12-01", 3)
    assert (begun["size"], begun["command_id"]) == (len(plans.FILE), "tarieven-2026-12")
    draft = f"/api/v1/rate-plans/imports/{plans.DRAFT}"
    assert operators.ask("GET", draft).get_json()["report"] is not None
    assert operators.ask("POST", f"{draft}/save", {"reason": "Nieuw jaar"}).get_json()["version"]
    assert rpc.last("save_import").fields["reason"] == "Nieuw jaar"


def test_a_case_is_named_by_its_three_fields(operators: Program, rpc: FakeRpc) -> None:
    operators.ask("GET", "/api/v1/quarantine/case", query=rates.KEY)
    assert rpc.last("quarantine_case").fields["case"] == rates.KEY
    told = operators.ask(
        "POST", "/api/v1/quarantine/discard", {"case": rates.KEY, "reason": "Proef van de aanbieder"}
    )
    assert told.get_json() == {"count": 97}
    assert rpc.last("discard").fields["case"] == rates.KEY
    assert rpc.last("discard").fields["reason"] == "Proef van de aanbieder"


def test_a_list_by_difference_goes_on_where_it_stopped(operators: Program, rpc: FakeRpc) -> None:
    address = f"/api/v1/reratings/{rates.PREVIEW}/customers"
    place = operators.ask("GET", address).get_json()["next"]
    operators.ask("GET", address, query={"after": place})
    assert rpc.last("rerating_customers").fields["after"] == {"weight": 13_000_000, "id": "x|y"}


def test_a_partners_program_works_on_one_customer_at_a_time(partners: Program, rpc: FakeRpc) -> None:
    address = f"{HERE}/mobile/subscriptions/{subscriptions.FIRST}"
    assert partners.ask("PUT", f"{address}/sim", {"sim_number": "8931080000000000000"}).status_code == 200
    asked = rpc.last("change_sim")
    assert (asked.acting.kind, asked.acting.scope) == ("staff", "customer")
    assert asked.acting.customer_id == companies.OURS
    refused = partners.ask("PUT", f"{address}/number", {"number": "+31600123457", "valid_from": "2026-12-01"})
    assert refused.status_code == 403
    assert "change_number" not in [call.method for call in rpc.asked]


def test_amounts_and_days_travel_as_text(operators: Program, rpc: FakeRpc) -> None:
    bundle = {"bundle": "kpn_een.data", "volume": 10**9, "rate": "0.0100"}
    body = {"month": "2026-12", "block_cost": "5.00", "bundles": [bundle]}
    assert operators.ask("PUT", f"{HERE}/mobile/terms", body).status_code == 200
    asked = rpc.last("set_terms").fields
    assert asked["bundles"] == [bundle]
    assert (asked["block_cost"], asked["unblock_cost"]) == ("5.00", None)
    operators.ask("POST", "/api/v1/reratings", {"from": "2026-10-01", "to": "2026-10-31"})
    assert rpc.last("rerate_preview").fields["scope"]["from"] == "2026-10-01"


def test_a_service_that_is_away_takes_only_its_own_part(operators: Program, rpc: FakeRpc) -> None:
    rpc.down.add("mobile")
    told = {one["service"]: one["queues"] for one in operators.ask("GET", "/api/v1/dead-letters").get_json()}
    assert told["mobile"] is None
    assert told["cdr"] is not None


def test_a_saved_test_call_that_is_not_there_is_not_made(program: Program, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "save_test_call"] = lambda id, **_fields: NotFound() if id else {"id": "7b" * 16}
    body = {"name": "Avond", "caller": "anonymous", "called": "101", "expect": "night"}
    body["at"] = "2026-11-22T20:00:00+01:00"
    assert program.ask("PUT", f"/api/v1/pbx/test-calls/{'9' * 32}", body).status_code == 404
    assert program.ask("POST", "/api/v1/pbx/test-calls", body).status_code == 201
    assert rpc.last("save_test_call").fields["at"] == "2026-11-22T20:00:00+01:00"
    body["at"] = "9999-12-31T23:30:00Z"
    assert program.ask("POST", "/api/v1/pbx/test-calls", body).status_code == 422


def test_a_program_publishes_what_it_has_looked_at(program: Program, rpc: FakeRpc) -> None:
    assert program.ask("POST", "/api/v1/pbx/publish", {"revision": 41}).status_code == 200
    assert rpc.last("publish").fields["base_revision"] == 41
    rpc.answers["pbx", "discard"] = Conflict("Er is intussen iets gewijzigd.")
    assert program.ask("POST", "/api/v1/pbx/discard?revision=41").status_code == 409
    assert rpc.last("discard").fields["base_revision"] == 41
    program.ask("POST", "/api/v1/pbx/publish", {})
    assert "base_revision" not in rpc.last("publish").fields
