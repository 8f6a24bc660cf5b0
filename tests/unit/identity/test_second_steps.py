"""Tickets between the two steps, and recovery codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain import second_steps
from services.identity.domain.second_steps import ALPHABET, RECOVERY_CODES, admits, digest, plain, ticket_for
from services.identity.domain.users import User, logged_out, with_block, with_password, with_roles

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OFFICE = "192.0.2.7"
NORA = User(id="a" * 32, number=1001, customer_id="c" * 32, username="nora", password_hash="x")

pytestmark = pytest.mark.feature("ID-09")


@pytest.mark.parametrize(
    ("after", "opens"), [(0, True), (299, True), (300, False), (301, False), (86_400, False)]
)
def test_a_ticket_counts_for_five_minutes(after: int, opens: bool) -> None:
    ticket = ticket_for(NORA, "t" * 43, OFFICE, NOON)
    assert admits(ticket, NORA, OFFICE, NOON + timedelta(seconds=after)) is opens


@pytest.mark.parametrize(
    ("given_at", "shown_at", "opens"),
    [
        (OFFICE, OFFICE, True),
        (OFFICE, "192.0.2.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2::ffff", True),  # a household's own block
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_a_ticket_counts_where_it_was_given(given_at: str, shown_at: str, opens: bool) -> None:
    assert admits(ticket_for(NORA, "t", given_at, NOON), NORA, shown_at, NOON) is opens


@pytest.mark.parametrize(
    "now",
    [
        None,
        replace(NORA, id="b" * 32),
        with_block(NORA, True, other_managers=None),
        with_password(NORA, "another"),
        with_roles(NORA, ["invoices"], other_managers=1),
        logged_out(NORA),
    ],
    ids=["gone", "somebody else", "blocked", "another password", "other roles", "logged out"],
)
def test_a_ticket_is_void_once_the_account_is_another(now: User | None) -> None:
    assert not admits(ticket_for(NORA, "t", OFFICE, NOON), now, OFFICE, NOON)


def test_no_ticket_admits_nobody() -> None:
    assert not admits(None, NORA, OFFICE, NOON)


def test_a_ticket_is_kept_as_a_digest() -> None:
    assert "geheim" not in repr(ticket_for(NORA, "geheim", OFFICE, NOON))


def test_ten_codes_that_are_all_different_and_easy_to_read() -> None:
    codes = [code for _ in range(100) for code in second_steps.new_recovery_codes()]
    assert len(set(codes)) == 100 * RECOVERY_CODES
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
        assert set(code) <= set(ALPHABET) | {"-"}


@given(st.text(ALPHABET, min_size=16, max_size=16), st.data())
def test_a_recovery_code_is_the_same_however_it_is_typed(code: str, data: st.DataObject) -> None:
    looks_like = str.maketrans(
        {"1": data.draw(st.sampled_from("1iIlL")), "0": data.draw(st.sampled_from("0oO"))}
    )
    typed = data.draw(st.sampled_from([" ", "-", "", "–"])).join([code[:4], code[4:8], code[8:]])
    typed = f" {typed.upper() if data.draw(st.booleans()) else typed} ".translate(looks_like)
    assert plain(typed) == code
    assert digest(NORA.id, typed) == digest(NORA.id, code)


def test_the_same_code_of_somebody_else_is_another() -> None:
    code = second_steps.new_recovery_codes()[0]
    assert digest("a" * 32, code) != digest("b" * 32, code)
    assert code.replace("-", "") not in digest("a" * 32, code)


@pytest.mark.parametrize(
    ("typed", "of_app"),
    [
        ("123456", True),
        ("123 456", True),
        (" 123-456 ", True),
        ("12345", False),
        ("abcd-efgh-jkmn-pqrs", False),
    ],
)
def test_six_digits_are_an_apps_code_and_all_else_a_recovery_code(typed: str, of_app: bool) -> None:
    assert second_steps.is_of_app(plain(typed)) is of_app
