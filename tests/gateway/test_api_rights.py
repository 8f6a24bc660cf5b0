"""What a token opens is what its user's pages open, and never the account of that user itself."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gateway.access import CUSTOMER, ROLE_NAMES, Rule
from shared.errors import NotFound
from tests.gateway import builders, companies, people, tokens
from tests.gateway.fakes import FakeRpc
from tests.gateway.programs import BODIES, Program
from tests.gateway.test_api_complete import GATEWAY, asked_in

pytestmark = pytest.mark.feature("GW-06", "ID-13")

HERE = "/api/v1"
OWN = {
    "of one's own company": f"{HERE}/users/{builders.USER['id']}",
    "for staff": f"{HERE}/customers/{companies.OPERATOR['id']}/users/{companies.STAFF_ID}",
}
CHANGES = [
    ("PUT", "", BODIES["users.change"]),
    ("PUT", "/roles", BODIES["users.set_roles"]),
    ("PUT", "/registrations", BODIES["users.set_registrations"]),
    ("PUT", "/block", BODIES["users.block"]),
    ("POST", "/welcome", None),
    ("POST", "/reset-second-step", BODIES["users.reset_second_step"]),
    ("DELETE", "", None),
]


def of_token(account: dict[str, Any]) -> dict[str, Any]:
    return account | {"token": {"id": tokens.TOKEN, "name": "Boekhouding"}}


@pytest.fixture(params=OWN)
def own(request: pytest.FixtureRequest, app: Flask, rpc: FakeRpc) -> tuple[Program, str]:
    """A program whose user manages users, and that user's address."""
    staff = request.param == "for staff"
    roles = ["user_management"]
    account = companies.staff(roles=roles) if staff else builders.account(roles=roles)
    rpc.answers["identity", "token_login"] = of_token(account)
    rpc.answers["identity", "customer"] = companies.company(id=companies.OPERATOR["id"], kind="operator")
    rpc.answers["identity", "user"] = people.user(
        id=account["user"]["id"], customer_id=companies.OPERATOR["id"]
    )
    return Program(app), OWN[request.param]


@pytest.mark.parametrize(("method", "what", "body"), CHANGES)
def test_a_token_changes_nothing_of_its_own_user(
    own: tuple[Program, str], rpc: FakeRpc, method: str, what: str, body: Any
) -> None:
    program, address = own
    assert program.ask("GET", address).status_code == 200
    before = len(rpc.asked)
    answer = program.ask(method, address + what, body)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    assert {call.method for call in rpc.asked[before:]} <= {"token_login", "customer", "user"}


def test_services_hear_that_a_program_acts(own: tuple[Program, str], rpc: FakeRpc) -> None:
    program, address = own
    program.ask("GET", address)
    assert rpc.last("user").acting.program == tokens.TOKEN


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("DELETE", 405)])
def test_an_address_that_is_not_there_asks_nobody(app: Flask, rpc: FakeRpc, method: str, status: int) -> None:
    """Such a request is not counted, so it must cost nothing."""
    address = f"{HERE}/nope" if status == 404 else f"{HERE}/voip-limit"
    rpc.answers["identity", "token_login"] = NotFound()
    for number in range(3):
        assert Program(app, f"tik_{number}").ask(method, address).status_code == status
    assert rpc.asked == []


AREAS = {"pbx": {"pbx"}, "phone": {"voip"}, "mobile": {"mobile"}}
"""Folders of pages that are for one product; :func:`test_areas_are_as_said` holds them to it."""
SHARED = {
    **dict.fromkeys(("device_pages.py", "schedule_pages.py", "call_pages.py"), {"pbx", "voip"}),
    "settings.py": {"voip"},
}
"""Modules of pages beside those: what several areas have, and *Instellingen*."""


def _pages() -> Iterator[tuple[set[str], Path]]:
    for folder, products in AREAS.items():
        yield from ((products, file) for file in (GATEWAY / "pages" / folder).glob("*.py"))
    yield from ((products, GATEWAY / "pages" / name) for name, products in SHARED.items())


def products_of_pages() -> dict[str, set[str]]:
    """Which products open a page on which ``client.method`` is asked."""
    found: dict[str, set[str]] = defaultdict(set)
    for products, file in _pages():
        for asked in asked_in(ast.parse(file.read_text("utf-8"))):
            found[asked] |= products
    return found


def views_of_programs(app: Flask) -> Iterator[tuple[str, set[str]]]:
    """The endpoint of every view of the API, with what it asks."""
    known = {endpoint: view for endpoint, view in app.view_functions.items() if endpoint.startswith("api_")}
    for file in (GATEWAY / "api" / "resources").glob("*.py"):
        module = f"gateway.api.resources.{file.stem}"
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                names = [
                    endpoint
                    for endpoint, view in known.items()
                    if (view.__module__, view.__name__) == (module, node.name)
                ]
                yield from ((name, set(asked_in(node))) for name in names)


def test_areas_are_as_said(app: Flask) -> None:
    wrong = {}
    for endpoint, view in app.view_functions.items():
        area = view.__module__.removeprefix("gateway.pages.").split(".")[0]
        rule: Rule | None = getattr(view, "access_rule", None)
        if rule and area in AREAS and not (rule.products and set(rule.products) <= AREAS[area]):
            wrong[endpoint] = rule.products
    assert wrong == {}


def test_programs_need_a_product_with_which_pages_do_the_same(app: Flask) -> None:
    pages, checked, wrong = products_of_pages(), 0, {}
    for endpoint, asked in views_of_programs(app):
        rule: Rule | None = getattr(app.view_functions[endpoint], "access_rule", None)
        known = [pages[one] for one in asked if one in pages]
        if rule and rule.scope == CUSTOMER and known:
            checked += 1
            if not rule.products or not set(rule.products) <= set.intersection(*known):
                wrong[endpoint] = (rule.products, known)
    assert wrong == {}
    assert checked > 40


WITHOUT = [
    ("pbx", "PATCH", "/pbx/line/1", False),
    ("voip", "PATCH", "/pbx/line/1", True),
    ("voip", "PATCH", "/pbx/user/1", False),
    ("pbx", "PATCH", "/pbx/user/1", True),
    ("pbx", "PATCH", "/pbx/night", True),
    ("pbx", "PATCH", "/pbx/outgoing", False),
    ("voip", "PATCH", "/pbx/outgoing", False),
    ("pbx", "POST", "/pbx/group", True),
    ("pbx", "POST", "/pbx/schedule", False),
    ("voip", "DELETE", "/pbx/group/1", False),
    ("pbx", "DELETE", "/pbx/group/1", True),
]
"""Without which product, and whether a change is refused."""


@pytest.mark.parametrize(("lacks", "method", "address", "refused"), WITHOUT)
def test_what_a_change_is_about_decides_which_product_it_needs(
    app: Flask, rpc: FakeRpc, lacks: str, method: str, address: str, refused: bool
) -> None:
    account = builders.account(roles=list(ROLE_NAMES))
    left = {"products": [one for one in ("voip", "pbx", "mobile") if one != lacks]}
    rpc.answers["identity", "token_login"] = account | {"customer": builders.CUSTOMER | left}
    answer = Program(app).ask(method, HERE + address, None if method == "DELETE" else {"values": {}})
    assert (answer.status_code == 403) == refused, answer.get_json()
    assert ("pbx" in [call.service for call in rpc.asked]) != refused
