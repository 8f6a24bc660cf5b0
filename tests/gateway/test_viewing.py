"""*Kijk mee als klant*: staff see a customer's portal, as themselves, and never more than that."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.access import ROLE_NAMES
from gateway.sight import KEPT_SECONDS, Sight
from shared.acting import Acting
from shared.errors import NotFound, Unavailable
from tests.gateway import companies
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc

BEGIN = f"/beheer/klanten/{companies.OURS}/meekijken"
STOP = "/beheer/meekijken/stop"
PAGE = "/gespreksdetails/totalen"
COMMAND = "c" * 32


@pytest.fixture
def viewing(operator: Browser) -> Browser:
    """Robin's browser, looking along."""
    response = operator.post(BEGIN, {"reden": "vraag over november", "opdracht": COMMAND})
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    return operator


@pytest.mark.feature("ID-12")
def test_it_asks_why(operator: Browser, rpc: FakeRpc) -> None:
    assert operator.page(BEGIN).one("h1").text == "Meekijken als Bakkerij Voorbeeld B.V.?"
    response = operator.post(BEGIN, {"reden": " "})
    assert response.status_code == 422
    assert "view_as" not in [call.method for call in rpc.asked]


@pytest.mark.feature("ID-10", "ID-12")
def test_it_is_told_to_identity_with_the_reason(viewing: Browser, rpc: FakeRpc) -> None:
    call = rpc.last("view_as")
    assert call.fields == {
        "customer_id": companies.OURS,
        "reason": "vraag over november",
        "command_id": COMMAND,
    }
    assert (call.acting.kind, call.acting.user_id) == ("staff", companies.STAFF_ID)


@pytest.mark.feature("ID-12")
def test_pages_are_the_customers_and_calls_bear_the_staff_members_name(
    viewing: Browser, rpc: FakeRpc
) -> None:
    page = viewing.page(PAGE)
    banner = words(page.one("div", class_="tk-viewing").text)
    assert banner.startswith("U kijkt mee als Bakkerij Voorbeeld B.V. (klant 10427).")
    assert page.all("header", class_="tk-top-staff") == []
    acting = next(call.acting for call in reversed(rpc.asked) if call.service == "cdr")
    assert (acting.kind, acting.scope, acting.customer_id) == ("user", "customer", companies.OURS)
    assert (acting.user_id, acting.viewed_by) == (companies.STAFF_ID, "r.bakker (Operator Voorbeeld)")
    assert set(acting.roles) == set(ROLE_NAMES)


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize("address", ["/beheer/klanten", "/mijn-gegevens", BEGIN])
def test_neither_the_console_nor_ones_own_account_is_reachable(viewing: Browser, address: str) -> None:
    page = viewing.page(address, status=403)
    assert "Stop eerst met meekijken." in page.text
    assert page.one("div", class_="tk-viewing"), "the way out is on every page"
    assert "/mijn-gegevens" not in [a.attrs["href"] for a in page.all("a")]


@pytest.mark.feature("ID-12")
def test_stopping_leads_back_to_the_customer(viewing: Browser, rpc: FakeRpc) -> None:
    response = viewing.post(STOP, {"opdracht": COMMAND})
    assert response.headers["Location"] == f"/beheer/klanten/{companies.OURS}"
    call = rpc.last("end_view")
    assert call.fields == {"customer_id": companies.OURS, "command_id": COMMAND}
    assert (call.acting.kind, call.acting.viewed_by) == ("staff", "")
    assert viewing.get("/beheer/klanten").status_code == 200
    assert viewing.get(PAGE).status_code == 403


@pytest.mark.feature("GW-03")
def test_stopping_works_while_identity_is_away(viewing: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "end_view"] = Unavailable()
    assert viewing.post(STOP).status_code == 303
    assert viewing.page("/mijn-gegevens").all("div", class_="tk-viewing") == []


def test_the_token_changes_at_both_ends(app: Flask, operator: Browser) -> None:
    seen = [operator.cookie()]
    operator.post(BEGIN, {"reden": "vraag"})
    seen.append(operator.cookie())
    operator.post(STOP)
    seen.append(operator.cookie())
    assert len(set(seen)) == 3
    for old in seen[:2]:
        thief = Browser(app.test_client())
        thief.client.set_cookie("tikker", str(old))
        assert thief.get("/beheer/klanten").status_code == 303, "an old token opens nothing"


def test_a_customer_that_is_not_theirs_cannot_be_looked_at(partner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "view_as"] = NotFound()
    assert partner.post(BEGIN, {"reden": "vraag"}).status_code == 404
    assert partner.get(PAGE).status_code == 403


def test_a_customers_own_user_cannot_begin(manager: Browser, rpc: FakeRpc) -> None:
    assert manager.post(BEGIN, {"reden": "vraag"}).status_code == 403
    assert manager.post(STOP).headers["Location"] == "/"
    assert not {"view_as", "end_view"} & {call.method for call in rpc.asked}


@pytest.mark.feature("ID-12")
def test_it_ends_when_the_customer_is_no_longer_theirs(viewing: Browser, rpc: FakeRpc, app: Flask) -> None:
    assert viewing.get(PAGE).status_code == 200
    rpc.answers["identity", "customer"] = NotFound()
    assert viewing.get(PAGE).status_code == 200, "for a minute, what identity said last counts"
    app.extensions["tikker"].sight.forget(companies.OURS)
    assert viewing.get(PAGE).status_code == 403


def test_identity_being_away_ends_nothing(viewing: Browser, rpc: FakeRpc, app: Flask) -> None:
    rpc.down.add("identity")
    app.extensions["tikker"].sight.forget(companies.OURS)
    assert viewing.get(PAGE).status_code == 200


def test_sight_is_kept_for_a_minute_and_for_who_asked() -> None:
    now = [0.0]
    sight = Sight(lambda: now[0])
    asked: list[str] = []
    one = Acting(kind="staff", scope="partner", customer_id="p1")
    other = Acting(kind="staff", scope="partner", customer_id="p2")
    for who in (one, one, other):
        sight.check(who, "c", lambda: asked.append("asked"))
    assert len(asked) == 2
    now[0] = KEPT_SECONDS
    sight.check(one, "c", lambda: asked.append("asked"))
    assert len(asked) == 3


def test_a_refusal_is_not_remembered_as_leave() -> None:
    def refuse() -> None:
        raise NotFound()

    sight = Sight()
    for _ in range(2):
        with pytest.raises(NotFound):
            sight.check(Acting(kind="staff", scope="operator"), "c", refuse)
