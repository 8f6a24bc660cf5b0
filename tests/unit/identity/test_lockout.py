"""How long one waits after how many wrong passwords, and by what is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.lockout import (
    ACCOUNT,
    ACCOUNT_AT_ADDRESS,
    ADDRESS,
    FORGET_AFTER,
    NONE_YET,
    Limit,
    Tries,
    counters,
    left,
    one_more,
    own_password,
    place_of,
    resets_from,
    resets_of,
    seconds,
    wait_before,
    welcomes,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def after_wrong_tries(count: int, limit: Limit) -> Tries:
    """That many in a row, each as soon as it was taken, the last one at noon."""
    tries = NONE_YET
    at = NOON - timedelta(hours=10)
    for _ in range(count - 1):
        at += wait_before(tries, limit, at)
        tries = one_more(tries, at)
    return one_more(tries, NOON) if count else tries


@pytest.mark.feature("ID-11")
@pytest.mark.parametrize(
    ("wrong", "tries_left", "wait"),
    [
        (0, 5, 0),
        (1, 4, 0),
        (4, 1, 0),
        (5, 0, 1),
        (6, 0, 2),
        (7, 0, 5),
        (8, 0, 15),
        (9, 0, 15),
        (30, 0, 15),
    ],
)
def test_on_one_account_from_one_address(wrong: int, tries_left: int, wait: int) -> None:
    tries = after_wrong_tries(wrong, ACCOUNT_AT_ADDRESS)
    assert left(tries, ACCOUNT_AT_ADDRESS) == tries_left
    assert wait_before(tries, ACCOUNT_AT_ADDRESS, NOON) == wait * MINUTE


@pytest.mark.feature("ID-11")
@pytest.mark.parametrize(("limit", "free"), [(ACCOUNT_AT_ADDRESS, 4), (ACCOUNT, 24), (ADDRESS, 49)])
def test_the_wider_the_count_the_higher_its_limit(limit: Limit, free: int) -> None:
    assert wait_before(after_wrong_tries(free, limit), limit, NOON) == timedelta(0)
    assert wait_before(after_wrong_tries(free + 1, limit), limit, NOON) == MINUTE


@pytest.mark.feature("ID-11")
@pytest.mark.parametrize(
    ("passed", "remaining"),
    [
        (timedelta(0), 60),
        (timedelta(seconds=20), 40),
        (timedelta(seconds=59.2), 1),
        (MINUTE, 0),
        (2 * MINUTE, 0),
    ],
)
def test_the_wait_runs_off(passed: timedelta, remaining: int) -> None:
    tries = Tries(5, NOON)
    assert seconds(wait_before(tries, ACCOUNT_AT_ADDRESS, NOON + passed)) == remaining


@pytest.mark.feature("ID-11")
def test_a_day_after_the_last_one_all_is_forgotten() -> None:
    tries = Tries(30, NOON)
    assert one_more(tries, NOON + FORGET_AFTER - MINUTE).count == 31
    assert one_more(tries, NOON + FORGET_AFTER).count == 1


@pytest.mark.feature("ID-11")
@given(
    count=st.integers(0, 10_000),
    limit=st.sampled_from([ACCOUNT_AT_ADDRESS, ACCOUNT, ADDRESS]),
    skew=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_nobody_waits_longer_than_a_quarter_of_an_hour(count: int, limit: Limit, skew: timedelta) -> None:
    wait = wait_before(Tries(count, NOON), limit, NOON + skew)
    assert timedelta(0) <= wait <= 15 * MINUTE


@pytest.mark.feature("ID-11")
def test_a_known_address_is_counted_only_with_its_account() -> None:
    counted = counters("anna", "192.0.2.7")
    assert [c.limit for c in counted.applying(known=True)] == [ACCOUNT_AT_ADDRESS]
    assert [c.limit for c in counted.applying(known=False)] == [ACCOUNT_AT_ADDRESS, ACCOUNT, ADDRESS]


def test_what_was_typed_as_a_username_is_not_kept() -> None:
    counted = counters("oeps dit is mijn wachtwoord", "192.0.2.7")
    assert not any("wachtwoord" in counter.key for counter in counted.applying(known=False))


@pytest.mark.feature("ID-11")
def test_what_is_counted_for_one_thing_is_not_counted_for_another() -> None:
    keys = [
        resets_from("192.0.2.7").key,
        resets_of("anna").key,
        own_password("anna").key,
        welcomes("anna").key,
        *(counter.key for counter in counters("anna", "192.0.2.7").applying(known=False)),
    ]
    assert len(set(keys)) == len(keys) == 7
    assert resets_from("2001:db8:1:2::1") == resets_from("2001:db8:1:2:ffff::9")
    assert "wachtwoord" not in resets_of("oeps dit is mijn wachtwoord").key


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
    ],
)
def test_all_addresses_of_one_household_count_as_one(address: str, place: str) -> None:
    assert place_of(address) == place
