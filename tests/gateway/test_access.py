"""Who may see what: deny by default, and a matrix of every route, method and role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.access import ROLE_NAMES, customers
from tests.gateway import builders, people
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

ANYONE, CUSTOMER = "anyone", "customer"
MANAGER = "user_management"
"""A rule that is a role's name: a customer's user with that role."""

# A new route without a line here fails: who may see it is a decision.
ROUTES = {
    ("assets.file", "GET"): ANYONE,
    ("health.livez", "GET"): ANYONE,
    ("health.readyz", "GET"): ANYONE,
    ("login.form", "GET"): ANYONE,
    ("login.submit", "POST"): ANYONE,
    ("login.leave", "POST"): ANYONE,
    ("home.first_page", "GET"): CUSTOMER,
    ("home.appearance", "POST"): CUSTOMER,
    ("usage.area", "GET"): CUSTOMER,
    ("usage.totals", "GET"): CUSTOMER,
    ("usage.details", "GET"): CUSTOMER,
    ("usage.download", "GET"): CUSTOMER,
    ("password.forgotten", "GET"): ANYONE,
    ("password.ask", "POST"): ANYONE,
    ("password.asked", "GET"): ANYONE,
    ("password.by_link", "GET"): ANYONE,
    ("password.choose", "POST"): ANYONE,
    ("people.listing", "GET"): MANAGER,
    ("people.new", "GET"): MANAGER,
    ("people.register", "POST"): MANAGER,
    ("people.block", "POST"): MANAGER,
    ("people.welcome", "POST"): MANAGER,
    ("people.confirm", "GET"): MANAGER,
    ("people.delete", "POST"): MANAGER,
    ("person.show", "GET"): MANAGER,
    ("person.change", "POST"): MANAGER,
    ("own.show", "GET"): CUSTOMER,
    ("own.change", "POST"): CUSTOMER,
}
NOBODY = "nobody"
PEOPLE = [NOBODY, "without a role", *ROLE_NAMES, "every role", "a partner", "the operator"]
ADDRESSES = {"assets.file": "/static/x/tikker.css"}
OURS, FOREIGN, MISSING = people.PIET, people.FOREIGN, people.MISSING
FORM = {"weergave": "dark", "onderdeel": "gegevens", "email": "p@bakkerij.example", "geblokkeerd": "1"}
"""What every POST is sent along: enough for some routes; others answer that fields are missing."""


def routes(app: Flask, user_id: str = OURS) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of every route."""
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<id:user_id>", user_id)
        address = address.replace("<string(maxlength=200):token>", people.TOKEN)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, ADDRESSES.get(rule.endpoint, address)


def sign_in_as(visitor: Browser, rpc: FakeRpc, who: str) -> None:
    roles = list(ROLE_NAMES) if who == "every role" else [who] if who in ROLE_NAMES else []
    scope = {"a partner": "partner", "the operator": "operator"}.get(who, "customer")
    if who != NOBODY:
        rpc.answers["identity", "login"] = {"ok": True, **builders.account(scope=scope, roles=roles)}
        visitor.log_in()


def ask(sanne: Browser, method: str, address: str) -> int:
    return answer(sanne, method, address).status_code


def answer(sanne: Browser, method: str, address: str) -> TestResponse:
    if method == "GET":
        return sanne.get(address)
    token = sanne.token() if sanne.get("/inloggen").status_code == 200 else token_in_session(sanne)
    return sanne.client.post(address, data={"csrf_token": token, **FORM})


def token_in_session(sanne: Browser) -> str:
    """Who sees no page with a form has a token all the same, made on the error page's menu."""
    return Page(sanne.get("/bestaat-niet").text).all("input", name="csrf_token")[0].attrs["value"]


def test_every_route_is_in_the_table_and_declares_who_may_see_it(app: Flask) -> None:
    found = {(endpoint, method) for endpoint, method, _ in routes(app)}
    assert found == set(ROUTES)
    undeclared = [e for e, _ in found if getattr(app.view_functions[e], "access_rule", None) is None]
    assert undeclared == []


@pytest.mark.feature("ID-03")
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("endpoint", "method"), sorted(ROUTES))
def test_matrix(app: Flask, visitor: Browser, rpc: FakeRpc, endpoint: str, method: str, who: str) -> None:
    address = next(a for e, m, a in routes(app) if (e, m) == (endpoint, method))
    sign_in_as(visitor, rpc, who)
    status = ask(visitor, method, address)
    rule = ROUTES[endpoint, method]
    if rule == ANYONE:
        assert status not in (403, 404, 405, 500)
    elif who == NOBODY:
        assert status == 303
        assert "/inloggen" in visitor.get(address).headers.get("Location", "/inloggen")
    elif who in ("a partner", "the operator") or rule in ROLE_NAMES and who not in (rule, "every role"):
        assert status == 403
        assert [call.method for call in rpc.asked if call.method not in ("login", "account")] == []
    else:
        assert status in (200, 303, 422)


@pytest.mark.feature("ID-04")
def test_another_customers_user_looks_like_one_who_does_not_exist(
    app: Flask, visitor: Browser, rpc: FakeRpc
) -> None:
    sign_in_as(visitor, rpc, "every role")
    mentioned = [(m, a) for e, m, a in routes(app, "{id}") if "{id}" in a]
    assert len(mentioned) == 6
    for method, address in mentioned:
        answers = [answer(visitor, method, address.format(id=id)) for id in (FOREIGN, MISSING)]
        assert [one.status_code for one in answers] == [404, 404], address
        foreign, missing = (
            one.text.replace(id, "") for one, id in zip(answers, (FOREIGN, MISSING), strict=True)
        )
        assert foreign == missing, address
    for method, address in mentioned:
        assert answer(visitor, method, address.format(id=OURS)).status_code in (200, 303), address


@pytest.mark.parametrize("wrong", ["1", "{'$gt': ''}", OURS.upper(), OURS + "0", "nieuw2"])
def test_an_id_that_is_none_does_not_exist(manager: Browser, rpc: FakeRpc, wrong: str) -> None:
    assert manager.get(f"/gebruikers/{wrong}").status_code == 404
    assert "user" not in [call.method for call in rpc.asked]


def test_a_route_that_declares_nothing_is_refused_to_everybody(app: Flask, visitor: Browser) -> None:
    app.add_url_rule("/vergeten", "forgotten", lambda: "geheim")
    visitor.log_in()
    response = visitor.get("/vergeten")
    assert response.status_code == 403
    assert "geheim" not in response.text


@pytest.fixture
def with_more_routes(app: Flask) -> Flask:
    """Pages as later stages will have them."""
    app.add_url_rule("/facturen", "invoices", customers(role="invoices")(lambda: "facturen"))
    app.add_url_rule("/limieten", "limits", customers(role="mobile_limits")(lambda: "limieten"))
    app.add_url_rule("/centrale", "pbx", customers(product="pbx")(lambda: "centrale"))
    return app


@pytest.mark.feature("ID-03")
@pytest.mark.parametrize(
    ("roles", "address", "status", "said"),
    [
        ([], "/facturen", 403, "Daarvoor is de rol Inzicht in facturen nodig."),
        (["settings"], "/facturen", 403, "Daarvoor is de rol Inzicht in facturen nodig."),
        (["invoices"], "/facturen", 200, "facturen"),
        (["mobile_limits"], "/limieten", 403, "Daarvoor is de rol Toegang mobiel nodig."),
        (["mobile_access"], "/limieten", 403, "Daarvoor is de rol Limieten mobiel wijzigen nodig."),
        (["mobile_access", "mobile_limits"], "/limieten", 200, "limieten"),
        (list(ROLE_NAMES), "/centrale", 403, "Uw bedrijf heeft dit onderdeel niet."),
    ],
)
def test_a_page_without_the_role_names_the_role(
    with_more_routes: Flask,
    visitor: Browser,
    rpc: FakeRpc,
    roles: list[str],
    address: str,
    status: int,
    said: str,
) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(roles=roles)
    visitor.log_in()
    response = visitor.get(address)
    assert response.status_code == status
    assert said in (Page(response.text).text if status == 403 else response.text)


@pytest.mark.feature("ID-03")
def test_the_tabs_are_the_pages_that_exist(sanne: Browser) -> None:
    page = sanne.page("/gespreksdetails/totalen")
    tabs = [a for a in page.all("a") if a.text == "Gespreksdetails"]
    assert {a.attrs["href"] for a in tabs} == {"/gespreksdetails/totalen"}
    assert all(a.attrs["aria-current"] == "page" for a in tabs)
    assert "Facturen" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/gespreksdetails/totalen?customer_id={other}&klant={other}&scope=operator",
        "/gespreksdetails/details?customer_id={other}&zender=06&user_id={other}",
        "/gespreksdetails/details.csv?customer_id={other}",
    ],
)
def test_the_customer_comes_from_the_session_and_from_nowhere_else(
    sanne: Browser, rpc: FakeRpc, address: str
) -> None:
    other = "f" * 32
    assert sanne.get(address.format(other=other), headers={"X-Customer-Id": other}).status_code == 200
    calls: list[Any] = [call for call in rpc.asked if call.service == "cdr"]
    assert calls
    for call in calls:
        assert call.acting.customer_id == builders.CUSTOMER["id"]
        assert (call.acting.kind, call.acting.scope) == ("user", "customer")
        assert other not in repr(call)


def test_what_exists_not_looks_the_same_to_everybody_signed_in(sanne: Browser) -> None:
    bodies = {sanne.get(f"/gespreksdetails/{name}").status_code for name in ("1", "2", "../x")}
    assert bodies == {404}
