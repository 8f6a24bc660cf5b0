"""What the OpenAPI document promises is what the API does: schemathesis asks, on fakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.access import ROLE_NAMES
from gateway.api.document import METHODS
from gateway.api.where import PREFIX
from gateway.epochs import Epochs
from gateway.parts import Parts
from tests.gateway import builders, companies, tokens
from tests.gateway.browser import Browser
from tests.gateway.conftest import _put_together, quiet_day
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions
from tests.gateway.test_api_access import routes

pytestmark = pytest.mark.feature("GW-06")

CHECKS = (
    *(not_a_server_error, status_code_conformance),
    *(content_type_conformance, response_schema_conformance),
)
HEADERS = {"Authorization": f"Bearer {tokens.SECRET}", "Idempotency-Key": "schemathesis-0001"}
EXAMPLES = 2
"""Per address, method and account: what is random here has rules of its own in the services' tests."""

OF_STAFF = "For staff"
ACCOUNTS: dict[str, Callable[[], dict[str, Any]]] = {
    "a customer's": lambda: builders.account(roles=list(ROLE_NAMES)),
    "the operator's": lambda: companies.staff("operator"),
}


def portal(account: dict[str, Any]) -> Flask:
    """On fakes, where every token is this account's."""
    rpc = FakeRpc(quiet_day() | {("identity", "token_login"): account})
    return _put_together(Parts(rpc, MemorySessions(), Epochs(), Clock()))


def takes_anything(operation: dict[str, Any]) -> bool:
    """Whether there is more to try than the ID in an address."""
    sent = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    return bool(sent) or "requestBody" in operation


@pytest.mark.parametrize("whose", ACCOUNTS)
def test_what_it_promises_is_what_happens(whose: str) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", portal(ACCOUNTS[whose]()))
    asked = 0
    for found in schema.get_all_operations():
        said = found.ok().definition.raw["description"]
        if (OF_STAFF in said) is not (whose == "the operator's"):
            continue
        strategy = found.ok().as_strategy(generation_mode=GenerationMode.POSITIVE)

        @given(case=strategy)
        @settings(
            max_examples=EXAMPLES if takes_anything(found.ok().definition.raw) else 1,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            case.headers = {**(case.headers or {}), **HEADERS}
            case.call_and_validate(checks=CHECKS)

        ask()
        asked += 1
    assert asked >= 9


def test_every_address_is_in_the_document(app: Flask, visitor: Browser) -> None:
    found = visitor.get(f"{PREFIX}/openapi.json").get_json()
    told = [method for methods in found["paths"].values() for method in methods if method in METHODS]
    assert sorted(told) == sorted(method.lower() for _, method, _ in routes(app))


def test_people_can_read_it(visitor: Browser) -> None:
    page = visitor.page("/api")
    assert "/api/v1/invoices/{invoice_id}/pdf" in page.text
    assert [a.attrs["href"] for a in page.all("a") if "openapi" in a.attrs.get("href", "")]
