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
from tests.gateway import builders, companies, people, staff_telephony
from tests.gateway.fakes import FakeRpc
from tests.gateway.programs import Program, settings_of
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
    **{(f"usage.{view}", "GET"): CUSTOMER for view in ("periods", "totals", "details")},
    **{(f"exports.{view}", "GET"): CUSTOMER for view in ("listing", "show", "file")},
    **{(f"exports.{view}", "POST"): CUSTOMER for view in ("start", "cancel")},
    **{(f"invoices.{view}", "GET"): INVOICES for view in ("listing", "show", "pdf", "ubl")},
    **{
        (f"users.{view}", method): MANAGER
        for view, method in (
            *(("listing", "GET"), ("add", "POST"), ("show", "GET"), ("change", "PUT")),
            *(("set_roles", "PUT"), ("set_registrations", "PUT"), ("block", "PUT"), ("delete", "DELETE")),
        )
    },
    **{
        (f"pbx.{view}", method): SETTINGS
        for view, method in (
            *(("config", "GET"), ("change_part", "PATCH"), ("add", "POST")),
            *(("change", "PATCH"), ("remove", "DELETE"), ("set_night", "PUT")),
        )
    },
    **{
        (f"number_plan.{view}", "GET"): SETTINGS
        for view in ("checks", "checklist", "differences", "history", "calls")
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
    ("quarantine.cases", "GET"): STAFF,
}
PEOPLE = [NOBODY, "without a role", *ROLE_NAMES, "every role", "a partner", "the operator"]
NEEDS_MOBILE = ("mobile_limits", "mobile_blocks", "mobile_sim_block")


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Name, method and pattern of every address."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint.removeprefix("api_"), method, rule.rule


def filled_in(pattern: str) -> str:
    """An address with IDs of what a token's user may see."""
    pattern = re.sub(r"<any\((\w+)[^>]*>", r"\1", pattern)
    pattern = re.sub(r"<string\(maxlength=64\):element_id>", KNOWN_IDS["element_id"], pattern)
    pattern = pattern.replace("<string(maxlength=40):code>", "data").replace("<int:revision>", "40")
    return re.sub(r"<id:(\w+)>", lambda found: KNOWN_IDS.get(found[1], OURS), pattern)


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
        answer = program.ask(method, filled_in(pattern), settings_of(name))
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
                said(program, method, filled_in(pattern.replace(f"<id:{part}>", id)), name, id)
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
