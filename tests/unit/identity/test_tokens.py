"""What a program's token may do, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.identity.domain import tokens, users
from services.identity.domain.tokens import Token
from services.identity.domain.users import NEED_MOBILE_ACCESS, Role, User
from shared.errors import Invalid

pytestmark = pytest.mark.feature("ID-13")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SANNE = User(
    id="a" * 32, number=1001, customer_id="b" * 32, username="sanne", password_hash="x", roles=tuple(Role)
)


def token(*roles: Role, **more: object) -> Token:
    made = Token(
        id="c" * 32,
        key=tokens.key_of("tik_x"),
        shown="tik_x",
        customer_id=SANNE.customer_id,
        user_id=SANNE.id,
        name="Boekhouding",
        roles=roles,
        password_epoch=SANNE.password_epoch,
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    return replace(made, **more)  # type: ignore[arg-type]


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Role)))
@settings(max_examples=100)
def test_a_token_never_may_more_than_its_user_nor_than_it_was_made_for(
    given_to: set[Role], held: set[Role]
) -> None:
    seen = tokens.seen_through(token(*given_to), replace(SANNE, roles=tuple(held)))
    assert set(seen.roles) <= given_to & held
    assert Role.MOBILE_ACCESS in seen.roles or not NEED_MOBILE_ACCESS & set(seen.roles)


def test_it_opens_until_it_expires_and_only_with_the_password_of_its_time() -> None:
    assert tokens.opens(token(), SANNE, NOW)
    assert not tokens.opens(token(), SANNE, NOW + timedelta(days=1))
    assert not tokens.opens(token(), None, NOW)
    assert not tokens.opens(token(), replace(SANNE, blocked=True), NOW)
    assert not tokens.opens(token(), users.with_password(SANNE, "y"), NOW)


def test_other_rights_of_the_user_do_not_end_it() -> None:
    assert tokens.opens(token(), users.with_roles(SANNE, [], other_managers=1), NOW)


def test_who_lacks_a_role_gives_it_to_no_token() -> None:
    with pytest.raises(Invalid) as refused:
        tokens.roles_for(replace(SANNE, roles=(Role.SETTINGS,)), ["settings", "invoices"])
    assert "roles" in refused.value.fields


@pytest.mark.parametrize(
    ("last_day", "ends"),
    [
        (date(2026, 11, 22), datetime(2026, 11, 22, 23, tzinfo=UTC)),
        (date(2027, 6, 30), datetime(2027, 6, 30, 22, tzinfo=UTC)),  # summer time
        (date(2028, 11, 22), datetime(2028, 11, 22, 23, tzinfo=UTC)),
    ],
)
def test_it_works_until_the_end_of_its_last_day_in_the_netherlands(last_day: date, ends: datetime) -> None:
    assert tokens.expiry(last_day, NOW) == ends


@pytest.mark.parametrize("last_day", [date(2026, 11, 21), date(2028, 11, 23), date(1, 1, 1)])
def test_a_day_that_is_over_or_too_far_away_is_none(last_day: date) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.expiry(last_day, NOW)
    assert "expires_on" in refused.value.fields


def test_two_years_from_a_leap_day_is_the_last_of_february() -> None:
    assert tokens.expiry(date(2030, 2, 28), datetime(2028, 2, 29, 12, tzinfo=UTC))
    with pytest.raises(Invalid):
        tokens.expiry(date(2030, 3, 1), datetime(2028, 2, 29, 12, tzinfo=UTC))
