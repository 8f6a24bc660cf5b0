"""Which token may do what: the matrix of every address of the API, method and role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.access import ROLE_NAMES
from shared.errors import NotFound
from tests.gateway import builders, companies, number_plans, people, rates, staff_telephony
from tests.gateway.fakes import FakeRpc
from tests.gateway.programs import QUERIES, Program, settings_of
from tests.gateway.test_access import (
    CONSOLE,
    CUSTOMER,
    FOREIGN,
    KNOWN_IDS,
    MANAGER,
    MEMBER,
    MISSING,
    NOBODY,
    OURS,
    SETTINGS,
    STAFF,
    UNDECIDED,
    may,
)

INVOICES, MOBILE = "invoices", "mobile_access"

# A new address without a line here fails: who may use it is a decision.
ROUTES = {
    ("me.show", "GET"): MEMBER,
    **{(f"usage.{view}", "GET"): CUSTOMER for view in ("periods", "totals", "details", "series", "top")},
    **{(f"exports.{view}", "GET"): CUSTOMER for view in ("listing", "show", "file")},
    **{(f"exports.{view}", "POST"): CUSTOMER for view in ("start", "cancel")},
    **{(f"invoices.{view}", "GET"): INVOICES for view in ("listing", "show", "pdf", "ubl")},
    **{
        (f"{whose}.{view}", method): rule
        for whose, rule in (("users", MANAGER), ("company_users", CONSOLE))
        for view, method in (
            *(("listing", "GET"), ("add", "POST"), ("show", "GET"), ("change", "PUT")),
            *(("set_roles", "PUT"), ("set_registrations", "PUT"), ("block", "PUT"), ("delete", "DELETE")),
            *(("welcome", "POST"), ("reset_second_step", "POST"), ("duty", "GET"), ("set_duty", "PUT")),
        )
    },
    **{
        (f"pbx.{view}", method): SETTINGS
        for view, method in (
            *(("config", "GET"), ("change_part", "PATCH"), ("add", "POST")),
            *(("change", "PATCH"), ("remove", "DELETE"), ("set_night", "PUT"), ("set_secret", "PUT")),
        )
    },
    **{
        (f"sounds.{view}", method): SETTINGS
        for view, method in (("listing", "GET"), ("add", "POST"), ("file", "GET"), ("remove", "DELETE"))
    },
    **{
        (f"test_calls.{view}", method): SETTINGS
        for view, method in (("listing", "GET"), ("add", "POST"), ("change", "PUT"), ("remove", "DELETE"))
    },
    **{
        (f"number_plan.{view}", "GET"): SETTINGS
        for view in ("checks", "checklist", "differences", "history", "picture", "week", "calls", "call")
    },
    **{(f"number_plan.{view}", "POST"): SETTINGS for view in ("publish", "discard", "roll_back", "simulate")},
    **{
        (f"devices.{view}", method): SETTINGS
        for view, method in (
            *(("models", "GET"), ("listing", "GET"), ("show", "GET")),
            *(("create", "POST"), ("change", "PATCH"), ("remove", "DELETE")),
        )
    },
    **{(f"mobile.{view}", "GET"): MOBILE for view in ("overview", "show", "limits")},
    ("mobile.change_label", "PUT"): MOBILE,
    ("mobile.set_customer_limit", "PUT"): "mobile_limits",
    ("mobile.set_limit", "PUT"): "mobile_limits",
    ("mobile.blocks", "GET"): "mobile_blocks",
    ("mobile.block_sim", "POST"): "mobile_sim_block",
    ("settings.limit", "GET"): SETTINGS,
    ("settings.set_limit", "PUT"): SETTINGS,
    ("settings.watch", "GET"): SETTINGS,
    ("settings.set_watch", "PUT"): SETTINGS,
    ("settings.lift", "POST"): SETTINGS,
    ("audit.listing", "GET"): MANAGER,
    ("audit.of_customer", "GET"): CONSOLE,
    ("customers.listing", "GET"): CONSOLE,
    ("customers.create", "POST"): CONSOLE,
    ("customers.show", "GET"): CONSOLE,
    ("customers.change", "PATCH"): CONSOLE,
    ("numbers.ranges", "GET"): STAFF,
    ("numbers.numbers_of_range", "GET"): STAFF,
    ("numbers.assignments", "GET"): CONSOLE,
    ("numbers.assign", "POST"): STAFF,
    ("numbers.end", "POST"): STAFF,
    ("audit.of_house", "GET"): CONSOLE,
    ("devices.find", "GET"): CONSOLE,
    ("customers.create_partner", "POST"): STAFF,
    ("numbers.add_range", "POST"): STAFF,
    ("numbers.range_with", "GET"): STAFF,
    **{(f"quarantine.{view}", "GET"): STAFF for view in ("cases", "case", "replayed")},
    **{(f"quarantine.{view}", "POST"): STAFF for view in ("replay", "discard")},
    **{
        (f"telephony.{view}", method): CONSOLE
        for view, method in (
            *(("show", "GET"), ("set_pbx", "PUT"), ("add_place", "POST"), ("remove_place", "POST")),
            *(("add_line", "POST"), ("change_line", "PATCH"), ("remove_line", "POST")),
        )
    },
    ("telephony.set_calls_abroad", "PUT"): STAFF,
    **{
        (f"mobile_staff.{view}", method): CONSOLE
        for view, method in (
            *(("catalogue", "GET"), ("listing", "GET"), ("show", "GET"), ("change_sim", "PUT")),
            *(("add_module", "POST"), ("end_module", "POST"), ("set_blocks", "PUT")),
            *(("defaults", "GET"), ("set_defaults", "PUT")),
        )
    },
    **{
        (f"mobile_staff.{view}", method): STAFF
        for view, method in (
            *(("create", "POST"), ("change_number", "PUT"), ("change_product", "PUT"), ("end", "POST")),
            *(("terms", "GET"), ("set_terms", "PUT"), ("orders", "GET")),
        )
    },
    **{
        (f"rate_plans.{view}", "GET"): STAFF
        for view in ("versions", "lines", "file", "template", "compare", "plan_customers", "drafts", "draft")
    },
    ("rate_plans.of_customer", "GET"): CONSOLE,
    ("rate_plans.set_standard", "PUT"): STAFF,
    ("rate_plans.assign", "PUT"): STAFF,
    ("rate_plans.begin", "POST"): STAFF,
    ("rate_plans.change_draft", "PUT"): STAFF,
    ("rate_plans.save", "POST"): STAFF,
    ("rate_plans.drop", "DELETE"): STAFF,
    **{(f"rerating.{view}", "GET"): STAFF for view in ("listing", "show", "customers", "rows")},
    **{(f"rerating.{view}", "POST"): STAFF for view in ("preview", "book", "stop")},
    **{(f"rerating.{view}", "GET"): CONSOLE for view in ("calls", "why")},
    **{
        (f"billing.{view}", "GET"): CONSOLE
        for view in ("issuers", "account", "charges", "preview", "issued", "show", "pdf", "ubl")
    },
    **{
        (f"billing.{view}", method): STAFF
        for view, method in (
            *(("products", "GET"), ("save_product", "PUT")),
            *(("save_account", "PATCH"), ("add_charge", "POST"), ("end_charge", "POST")),
            *(("runs", "GET"), ("start_run", "POST"), ("run", "GET"), ("stop_run", "POST")),
            *(("collect", "POST"), ("collection", "GET")),
            *(("credit", "POST"), ("set_paid", "PUT"), ("resend", "POST")),
        )
    },
    **{(f"operations.{view}", "GET"): STAFF for view in ("dead_letters", "jobs")},
    ("operations.retry_dead_letters", "POST"): STAFF,
    ("operations.mails", "GET"): CONSOLE,
    ("operations.retry_mail", "POST"): CONSOLE,
}
PEOPLE = [NOBODY, "without a role", *ROLE_NAMES, "every role", "a partner", "the operator"]
NEEDS_MOBILE = ("mobile_limits", "mobile_blocks", "mobile_sim_block")


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Name, method and pattern of every address."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint.removeprefix("api_"), method, rule.rule


def filled_in(pattern: str, name: str = "") -> str:
    """An address with IDs of what a token's user may see, and the query it needs."""
    pattern = pattern.replace("<string(length=24):mail_id>", companies.MAIL)
    pattern = pattern.replace("<string(maxlength=200):call_id>", number_plans.CALL)
    pattern = re.sub(r"<any\((\w+)[^>]*>", r"\1", pattern)
    pattern = re.sub(r"<string\(maxlength=64\):element_id>", KNOWN_IDS["element_id"], pattern)
    pattern = pattern.replace("<string(maxlength=40):code>", "data").replace("<int:revision>", "40")
    known = KNOWN_IDS | ({"job_id": rates.PREVIEW} if "/reratings" in pattern else {})
    return re.sub(r"<id:(\w+)>", lambda found: known.get(found[1], OURS), pattern) + QUERIES.get(name, "")


@pytest.fixture
def program(app: Flask, rpc: FakeRpc, who: str) -> Program:
    if who == NOBODY:
        return Program(app, None)
    roles = list(ROLE_NAMES) if who == "every role" else [who] if who in ROLE_NAMES else []
    roles += ["mobile_access"] if who in NEEDS_MOBILE else []
    scope = {"a partner": "partner", "the operator": "operator"}.get(who)
    account = companies.staff(scope) if scope else builders.account(roles=roles)
    rpc.answers["identity", "token_login"] = account
    rpc.answers["pbx", "end_assignment"] = lambda assignment_id, **_: (
        {} if assignment_id == staff_telephony.ASSIGNMENT else NotFound()
    )
    return Program(app)


def test_every_address_is_in_the_table(app: Flask) -> None:
    assert {(name, method) for name, method, _ in routes(app)} == set(ROUTES)


@pytest.mark.feature("GW-06", "ID-03", "ID-13")
@pytest.mark.parametrize("who", PEOPLE)
def test_matrix(program: Program, rpc: FakeRpc, who: str) -> None:
    wrong = {}
    for name, method, pattern in routes(program.app):
        before = len(rpc.asked)
        answer = program.ask(method, filled_in(pattern, name), settings_of(name))
        asked = {call.method for call in rpc.asked[before:]} - {"token_login"}
        rule = ROUTES.get((name, method), UNDECIDED)
        if not as_it_should(who, rule, answer, asked):
            wrong[f"{method} {name} ({rule})"] = f"{answer.status} after asking {sorted(asked)}"
    assert wrong == {}


def as_it_should(who: str, rule: str, answer: TestResponse, asked: set[str]) -> bool:
    if who == NOBODY:
        return answer.status_code == 401 and not asked
    if may(who, rule) or who in NEEDS_MOBILE and rule in (MOBILE, who):
        return answer.status_code in (200, 201, 202)
    return answer.status_code == 403 and not asked


@pytest.mark.feature("ID-04", "GW-06")
@pytest.mark.parametrize("who", ["every role", "the operator"])
def test_what_is_anothers_looks_like_what_does_not_exist(program: Program, who: str) -> None:
    checked, wrong = 0, {}
    for name, method, pattern in routes(program.app):
        if not may(who, ROUTES.get((name, method), UNDECIDED)):
            continue
        for part in re.findall(r"<id:(\w+)>", pattern):
            told = [
                said(program, method, filled_in(pattern.replace(f"<id:{part}>", id), name), name, id)
                for id in (FOREIGN, MISSING)
            ]
            if told[0] != told[1] or told[0][0] != 404:
                wrong[method, pattern, part] = told
            checked += 1
    assert wrong == {}
    assert checked >= 3


def said(program: Program, method: str, address: str, name: str, id: str) -> tuple[int, Any]:
    """Status and body, but for the ID of the answer itself."""
    answer = program.ask(method, address, settings_of(name))
    body = answer.get_json()
    body.pop("correlation_id", None)
    return answer.status_code, repr(body).replace(id, "")


@pytest.mark.parametrize("who", ["every role"])
def test_the_customer_comes_from_the_token_and_from_nowhere_else(program: Program, rpc: FakeRpc) -> None:
    refused = program.ask("GET", f"/api/v1/totals?customer_id={people.FOREIGN}")
    assert refused.status_code == 422
    assert program.ask("GET", "/api/v1/totals").status_code == 200
    assert {c.acting.customer_id for c in rpc.asked if c.service == "cdr"} == {builders.CUSTOMER["id"]}
