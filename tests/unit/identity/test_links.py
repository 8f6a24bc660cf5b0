"""When a link by mail opens the choice of a password."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.links import Purpose, key_of, link_for, opens
from services.identity.domain.users import Role, User, with_password, with_roles

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NORA = User(
    id="a" * 32,
    number=1001,
    customer_id="c" * 32,
    username="nora",
    password_hash="$argon2id$…",
    email="nora@example.nl",
)


@pytest.mark.feature("ID-02")
@pytest.mark.feature("ID-07")
@pytest.mark.parametrize(
    ("purpose", "life"), [(Purpose.RESET, timedelta(hours=1)), (Purpose.WELCOME, timedelta(days=7))]
)
def test_a_reset_lives_an_hour_and_a_welcome_a_week(purpose: Purpose, life: timedelta) -> None:
    link = link_for(NORA, purpose, "token", NOON)
    second = timedelta(seconds=1)
    assert opens(link, NORA, NOON)
    assert opens(link, NORA, NOON + life - second)
    assert not opens(link, NORA, NOON + life)


@pytest.mark.feature("ID-02")
@pytest.mark.parametrize(
    "later",
    [
        None,
        replace(NORA, blocked=True),
        replace(NORA, email="nora@elders.nl"),
        with_password(NORA, "$argon2id$another"),
    ],
    ids=["deleted", "blocked", "moved", "new password"],
)
def test_it_is_void_once_the_user_is_not_who_it_was_sent_to(later: User | None) -> None:
    assert not opens(link_for(NORA, Purpose.RESET, "token", NOON), later, NOON)


@pytest.mark.parametrize(
    "later",
    [
        with_roles(NORA, [Role.INVOICES], other_managers=1),
        replace(NORA, username="nora.wit", last_name="Wit"),
        replace(NORA, password_hash="$argon2id$of another cost"),
    ],
    ids=["roles", "name", "rehashed"],
)
def test_other_changes_leave_it_as_it_is(later: User) -> None:
    assert opens(link_for(NORA, Purpose.RESET, "token", NOON), later, NOON)


@given(st.text())
def test_the_key_of_any_text_is_a_digest_that_does_not_contain_it(token: str) -> None:
    key = key_of(token)
    assert len(key) == 64
    assert len(token) < 4 or token not in key


def test_a_link_carries_no_token() -> None:
    shown: Any = link_for(NORA, Purpose.RESET, "very secret token", NOON)
    assert "very secret token" not in repr(shown)
