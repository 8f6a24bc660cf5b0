"""The API's manners: tokens, keys, errors, limits."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from gateway.api.frame import read_json
from gateway.api.tokens import KEPT_SECONDS, OpenedTokens
from gateway.app import create_app
from gateway.epochs import Epochs, Known
from gateway.models.account import Account
from gateway.models.part import convert
from gateway.parts import Parts
from shared.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from tests.gateway import builders, tokens
from tests.gateway.browser import Browser
from tests.gateway.conftest import quiet_day
from tests.gateway.conftest import settings as app_settings
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions
from tests.gateway.programs import Program

pytestmark = pytest.mark.feature("GW-06", "ID-13")

ACCOUNT = convert(builders.account(), Account)
LIMIT = "/api/v1/voip-limit"


@pytest.fixture
def program(app: Flask, rpc: FakeRpc) -> Program:
    """With the role *Instellingen wijzigen*."""
    rpc.answers["identity", "token_login"] = builders.account(roles=["settings", "user_management"])
    return Program(app)


def test_money_is_text_and_moments_are_utc(program: Program) -> None:
    found = program.ask("GET", "/api/v1/details").get_json()
    assert found["rows"][0]["amount"] == "0.378000"
    assert found["rows"][0]["start"] == "2026-11-22T15:38:51Z"


def test_the_key_of_a_change_is_its_command(program: Program, rpc: FakeRpc) -> None:
    answer = program.ask("PUT", LIMIT, {"limit": "100.00"}, Idempotency_Key="boekhouding-2026-11")
    asked = rpc.last("set_voip_limit")
    assert answer.status_code == 200
    assert asked.fields == {"limit": "100.00", "command_id": "boekhouding-2026-11"}
    assert asked.acting.user_id == builders.USER["id"]


@pytest.mark.parametrize("key", ["", "te kort", "1234567", "x" * 65, "spatie erin 123"])
def test_a_change_without_a_good_key_is_refused(program: Program, rpc: FakeRpc, key: str) -> None:
    answer = program.ask("PUT", LIMIT, {"limit": None}, Idempotency_Key=key)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.get_json()["fields"]
    assert [call.method for call in rpc.asked] == ["token_login"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": "100.00", "vat": True}, "vat"),
        ({}, "limit"),
        ({"limit": 100.5}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"limit": "-1"}, "limit"),
    ],
)
def test_what_does_not_fit_is_told_per_field(program: Program, body: Any, field: str) -> None:
    answer = program.ask("PUT", LIMIT, body)
    told = answer.get_json()
    assert answer.status_code == 422
    assert set(told) == {"code", "message", "fields", "correlation_id"}
    assert list(told["fields"]) == [field]
    assert told["correlation_id"] == answer.headers["X-Correlation-ID"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid(fields={"limit": ["Te hoog."]}), 422, "invalid"),
        (NotFound(), 404, "not_found"),
        (Conflict("Al gewijzigd."), 409, "conflict"),
        (TooMany(retry_after=7), 429, "too_many"),
        (Unavailable(), 503, "unavailable"),
        (RuntimeError("geheim"), 500, "fault"),
    ],
)
def test_what_goes_wrong_has_one_form(
    program: Program, rpc: FakeRpc, error: Exception, status: int, code: str
) -> None:
    rpc.answers["cdr", "set_voip_limit"] = error
    program.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = program.ask("PUT", LIMIT, {"limit": None})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert "geheim" not in answer.text
    assert ("Retry-After" in answer.headers) is (status in (429, 503))


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/api/v1/bestaat-niet", 404), ("POST", "/api/v1/me", 405), ("GET", "/api/v1/users/1", 404)],
)
def test_what_is_no_address_is_told_as_json(program: Program, method: str, address: str, status: int) -> None:
    answer = program.ask(method, address)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")


def test_a_missing_role_is_named(program: Program) -> None:
    answer = program.ask("GET", "/api/v1/invoices")
    assert answer.get_json()["message"] == "Daarvoor is de rol Inzicht in facturen nodig."


def test_errors_are_in_the_users_language(program: Program, rpc: FakeRpc) -> None:
    rpc.answers["identity", "token_login"] = builders.account(language="en", roles=["settings"])
    answer = program.ask("PUT", LIMIT, {})
    assert "Vul" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("sent", ["", "Basic c2FubmU6Z2VoZWlt", "Bearer", f"Bearer {'x' * 300}", "tik_x"])
def test_without_a_token_nobody_is_asked(app: Flask, rpc: FakeRpc, sent: str) -> None:
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert rpc.asked == []


def test_a_wrong_token_is_refused(program: Program, rpc: FakeRpc) -> None:
    rpc.answers["identity", "token_login"] = NotFound()
    answer = program.ask("GET", "/api/v1/me")
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_who_has_to_set_up_a_second_step_has_no_program_either(program: Program, rpc: FakeRpc) -> None:
    rpc.answers["identity", "token_login"] = builders.account(must_set_up_second_step=True)
    assert program.ask("GET", "/api/v1/periods").status_code == 403


def test_a_browsers_session_opens_nothing(sanne: Browser, rpc: FakeRpc) -> None:
    assert sanne.get("/api/v1/me").status_code == 401
    assert sanne.post("/api/v1/exports", {}).status_code == 401


def test_a_token_opens_no_page(app: Flask) -> None:
    headers = {"Authorization": f"Bearer {tokens.SECRET}"}
    assert app.test_client().get("/overzicht", headers=headers).status_code == 303


def test_identity_is_asked_once_in_a_while(program: Program, rpc: FakeRpc) -> None:
    for _ in range(3):
        program.ask("GET", "/api/v1/periods")
    assert [call.method for call in rpc.asked].count("token_login") == 1


def test_with_identity_away_an_unknown_token_waits(program: Program, rpc: FakeRpc) -> None:
    rpc.down.add("identity")
    assert program.ask("GET", "/api/v1/me").status_code == 503


def test_what_identity_tells_of_a_user_drops_their_tokens() -> None:
    """A revoked token is out within a second, and one that was being looked up meanwhile too."""
    opened, asked = OpenedTokens(), []
    epochs = Epochs(changed_user=opened.forget)

    def ask() -> Account:
        asked.append(1)
        return ACCOUNT

    def ask_while_it_changes() -> Account:
        epochs.learn(ACCOUNT.user.id, Known(revision=8, epoch=1))
        return ask()

    opened.account("tik_a", ask)
    opened.account("tik_a", ask)
    assert len(asked) == 1
    epochs.learn(ACCOUNT.user.id, Known(revision=7, epoch=1))
    opened.account("tik_a", ask_while_it_changes)
    opened.account("tik_a", ask)
    assert len(asked) == 3
    epochs.learn("another", Known(revision=9, epoch=1))
    opened.account("tik_a", ask)
    assert len(asked) == 3
    epochs.forget()
    opened.account("tik_a", ask)
    assert len(asked) == 4


def test_what_identity_said_counts_for_a_few_seconds() -> None:
    now, asked = [0.0], []
    opened = OpenedTokens(lambda: now[0])
    for moment in (0.0, KEPT_SECONDS - 0.1, KEPT_SECONDS + 0.1):
        now[0] = moment
        opened.account("tik_a", lambda: asked.append(1) or ACCOUNT)  # type: ignore[func-returns-value]
    assert len(asked) == 2


def test_who_asks_too_often_waits(rpc: FakeRpc) -> None:
    parts = Parts(FakeRpc(quiet_day()), MemorySessions(), Epochs(), Clock())
    limited = create_app(app_settings(api_rate="2/hour", api_address_rate="4/hour"), parts)
    first, second = Program(limited), Program(limited, "tik_een-ander")
    assert [first.ask("GET", "/api/v1/me").status_code for _ in range(3)] == [200, 200, 429]
    refused = first.ask("GET", "/api/v1/me")
    assert refused.get_json()["code"] == "too_many"
    assert int(refused.headers["Retry-After"]) > 0
    assert second.ask("GET", "/api/v1/me").status_code == 429  # the address has had its share
    assert limited.test_client().get("/inloggen").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"limit": NaN}',
        b'{"limit": 1, "limit": 2}',
        b'{"limit": 9223372036854775808}',
        b"[" * 30 + b"]" * 30,
        b'{"name": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'["\xed\xa0\x80"]',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_json(body)


def test_a_character_that_is_written_as_two_halves_is_read(sign: str = "\N{GRINNING FACE}") -> None:
    assert read_json(b'{"name": "\\ud83d\\ude00"}') == {"name": sign}


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_no_body_is_a_fault_of_ours(body: bytes) -> None:
    try:
        read_json(body)
    except BadRequest:
        return


def test_a_body_that_is_no_json_is_refused(app: Flask, program: Program) -> None:
    headers = {"Authorization": f"Bearer {tokens.SECRET}", "Idempotency-Key": "12345678"}
    answer = app.test_client().put(LIMIT, data="limit=1", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported_media_type")
