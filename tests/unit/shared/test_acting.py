"""Who acts is what a known issuer has signed, for this service, just now; anything else is Forbidden."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.acting import CLOCK_SKEW_SECONDS, LIFETIME_SECONDS, Acting, Signer, Verifier
from shared.errors import Forbidden
from tests.support.keys import Keyring, make_keyring

NOW = 1_795_000_000.0
USER = Acting(
    kind="user",
    scope="customer",
    customer_id="c1",
    user_id="u1",
    username="jansen",
    roles=("invoices", "settings"),
    correlation_id="r1",
)
KEYS = make_keyring()


def signer(issuer: str = "gateway", keys: Keyring = KEYS, at: float = NOW) -> Signer:
    return Signer(issuer, keys.signer(issuer).key, clock=lambda: at)


def verifier(audience: str = "cdr", at: float = NOW) -> Verifier:
    return Verifier(audience, Verifier.from_json(audience, KEYS.public_json).issuers, clock=lambda: at)


def refused(token: object, **verifying: Any) -> None:
    with pytest.raises(Forbidden) as caught:
        verifier(**verifying).verify(token)
    assert str(caught.value) == Forbidden.sentence, "and it never says why"


def test_a_context_arrives_as_it_was_signed() -> None:
    assert verifier().verify(signer().sign(USER, "cdr")) == USER


@pytest.mark.parametrize(
    "acting", [Acting(), Acting(kind="user"), Acting(kind="user", roles=("a", "b", "c"))]
)
def test_what_is_left_out_is_the_default(acting: Acting) -> None:
    assert verifier().verify(signer().sign(acting, "cdr")) == acting


def test_a_context_holds_for_its_lifetime_and_what_clocks_may_differ() -> None:
    token = signer().sign(USER, "cdr")
    latest = NOW + LIFETIME_SECONDS + CLOCK_SKEW_SECONDS
    assert verifier(at=latest - 1).verify(token) == USER
    refused(token, at=latest + 1)


def test_a_context_from_the_future_counts_only_as_far_as_clocks_may_differ() -> None:
    token = signer().sign(USER, "cdr")
    assert verifier(at=NOW - CLOCK_SKEW_SECONDS + 1).verify(token) == USER
    refused(token, at=NOW - CLOCK_SKEW_SECONDS - 1)


def test_a_context_is_for_one_service() -> None:
    refused(signer().sign(USER, "cdr"), audience="pbx")


@pytest.mark.parametrize(
    ("issuer", "kind"),
    [("gateway", "service"), ("gateway", "root"), ("gateway", "")]
    + [("cli", "user"), ("cli", "anonymous"), ("cli", "service")]
    + [("cdr", "user"), ("cdr", "staff"), ("pbx", "anonymous")],
)
def test_an_issuer_vouches_only_for_its_own_kinds(issuer: str, kind: str) -> None:
    refused(signer(issuer).sign(Acting(kind=kind), "cdr"))


def test_a_service_is_known_by_its_key_whatever_it_says_it_is() -> None:
    token = signer("mobile").sign(Acting(kind="service", issuer="identity"), "cdr")
    acting = verifier().verify(token)
    assert acting.issuer == "mobile"
    acting.require_service("pbx", "mobile")
    with pytest.raises(Forbidden):
        acting.require_service("identity")
    user = verifier().verify(signer().sign(Acting(kind="user", issuer="identity"), "cdr"))
    with pytest.raises(Forbidden):
        user.require_service("identity")


def test_an_issuer_that_is_not_known_counts_for_nothing() -> None:
    refused(Signer("stranger", make_keyring().signer("gateway").key, clock=lambda: NOW).sign(USER, "cdr"))


def test_a_known_name_with_another_key_counts_for_nothing() -> None:
    refused(signer(keys=make_keyring()).sign(USER, "cdr"))


def test_the_name_of_another_issuer_counts_for_nothing() -> None:
    """Signed by cdr's key, in the name of the gateway."""
    refused(Signer("gateway", KEYS.signer("cdr").key, clock=lambda: NOW).sign(USER, "cdr"))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_context_of_which_any_character_was_changed_counts_for_nothing(part: int) -> None:
    parts = signer().sign(USER, "cdr").split(".")
    for position in range(len(parts[part]) - 1):  # the last one holds spare bits
        changed = parts[part][:position] + ("A" if parts[part][position] != "A" else "B")
        refused(".".join([*parts[:part], changed + parts[part][position + 1 :], *parts[part + 1 :]]))


def test_parts_of_two_contexts_do_not_make_a_third() -> None:
    mine, theirs = signer().sign(USER, "cdr"), signer().sign(Acting(kind="anonymous"), "cdr")
    refused(f"{mine.rpartition('.')[0]}.{theirs.rpartition('.')[2]}")


def forged(claims: object) -> str:
    """Signed by the gateway itself, so that only the content can be refused."""
    key = KEYS.signer("gateway").key
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    signed = ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in (b"gateway", payload))
    return f"{signed}.{base64.urlsafe_b64encode(key.sign(signed.encode())).rstrip(b'=').decode()}"


GOOD = {"a": {"kind": "user"}, "aud": "cdr", "exp": NOW + 60}


def test_the_forger_of_these_tests_can_forge() -> None:
    assert verifier().verify(forged(GOOD)) == Acting(kind="user")


@pytest.mark.parametrize(
    "claims",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        [],
        5,
        "text",
        None,
        {},
        {**GOOD, "a": None},
        {**GOOD, "a": []},
        {**GOOD, "a": {"kind": 5}},
        {**GOOD, "a": {"kind": "user", "roles": "invoices"}},
        {**GOOD, "a": {"kind": "user", "roles": [1]}},
        {**GOOD, "a": {"kind": "user", "customer_id": {"$gt": ""}}},
        {**GOOD, "aud": None},
        {**GOOD, "aud": ["cdr"]},
        {**GOOD, "exp": None},
        {**GOOD, "exp": "soon"},
        {**GOOD, "exp": float("nan")},
        {**GOOD, "exp": float("inf")},
        {**GOOD, "exp": -float("inf")},
        {**GOOD, "exp": NOW + 3600},
        {**GOOD, "exp": 10**400},
        {"a": GOOD["a"], "aud": "cdr"},
        {"aud": "cdr", "exp": NOW + 60},
    ],
    ids=lambda claims: repr(claims)[:60],
)
def test_a_signed_context_of_another_shape_counts_for_nothing(claims: object) -> None:
    refused(forged(claims))


@pytest.mark.parametrize("token", [None, "", ".", "..", "...", "a", "a.b", "a.b.c", "é.é.é", 5, 1.5, True])
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: {"a": x}])
def test_what_is_no_token_at_all_counts_for_nothing(token: object, wrap: Any) -> None:
    refused(wrap(token))


@given(st.one_of(st.text(), st.binary(), st.from_regex(r"[\w=-]*\.[\w=-]*\.[\w=-]*")))
def test_no_text_or_bytes_raise_anything_but_forbidden(token: object) -> None:
    refused(token)


def test_roles_are_all_needed_and_the_missing_one_is_named() -> None:
    USER.require()
    USER.require("invoices", "settings")
    with pytest.raises(Forbidden) as caught:
        USER.require("invoices", "mobile_access", "user_management")
    assert caught.value.details == {"role": "mobile_access"}


def test_the_customer_is_that_of_a_user_with_a_customer() -> None:
    assert USER.require_customer() == "c1"


@pytest.mark.parametrize(
    "acting",
    [
        Acting(),
        Acting(kind="user", scope="customer"),
        Acting(kind="user", scope="customer", customer_id=""),
        Acting(kind="user", scope="operator", customer_id="c1"),
        Acting(kind="user", scope="partner", customer_id="c1"),
        Acting(kind="staff", scope="customer", customer_id="c1"),
        Acting(kind="service", scope="customer", customer_id="c1"),
        Acting(kind="anonymous", scope="customer", customer_id="c1"),
    ],
)
def test_nobody_else_has_a_customer(acting: Acting) -> None:
    with pytest.raises(Forbidden):
        acting.require_customer()


@pytest.mark.parametrize(
    "acting",
    [Acting(), USER, Acting(kind="staff"), Acting(kind="staff", scope="partner"), Acting(scope="operator")]
    + [Acting(kind="service", scope="operator"), Acting(kind="user", scope="operator")],
)
def test_staff_is_operator_staff_only(acting: Acting) -> None:
    with pytest.raises(Forbidden):
        acting.require_staff()
    Acting(kind="staff", scope="operator").require_staff()


def test_an_acting_person_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        USER.customer_id = "c2"  # type: ignore[misc]
