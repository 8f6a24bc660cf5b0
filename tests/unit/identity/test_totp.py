"""Codes of an authenticator app, as RFC 6238 has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain import totp

RFC_SECRET = b"12345678901234567890"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

secrets = st.binary(min_size=totp.SECRET_BYTES, max_size=totp.SECRET_BYTES)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))

pytestmark = pytest.mark.feature("ID-09")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_rfcs_own_examples(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, SHA-1; the last six of their eight digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(RFC_SECRET, totp.step_of(at)) == code
    assert totp.matching_step(RFC_SECRET, code, at) == seconds // 30


@given(secrets, moments, st.integers(-1, 1))
def test_a_code_counts_half_a_minute_early_and_late(secret: bytes, at: datetime, drift: int) -> None:
    step = totp.step_of(at) + drift
    found = totp.matching_step(secret, totp.code_at(secret, step), at)
    assert found is not None and abs(found - totp.step_of(at)) <= 1


@given(secrets, moments, st.integers(2, 2000), st.sampled_from([-1, 1]))
def test_a_code_of_another_time_does_not_count_but_by_chance(
    secret: bytes, at: datetime, steps: int, sign: int
) -> None:
    now = totp.step_of(at)
    code = totp.code_at(secret, now + sign * steps)
    near = {totp.code_at(secret, now + drift) for drift in (-1, 0, 1)}
    assert (totp.matching_step(secret, code, at) is not None) == (code in near)


@given(secrets, moments, st.integers(-1, 1))
def test_a_code_that_was_taken_is_never_taken_again(secret: bytes, at: datetime, drift: int) -> None:
    code = totp.code_at(secret, totp.step_of(at) + drift)
    taken = totp.matching_step(secret, code, at)
    assert taken is not None
    for later in (0, 10, 30, 60, 90):
        again = totp.matching_step(secret, code, at + timedelta(seconds=later), after=taken)
        assert again is None or again > taken


def test_after_a_code_the_one_before_it_does_not_count_either() -> None:
    now = totp.step_of(NOON)
    assert totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, now - 1), NOON, after=now) is None
    assert totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, now + 1), NOON, after=now) == now + 1


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "abcdef", "２８７０８２", "é", "28708 "])
def test_what_is_no_code_matches_nothing(wrong: str) -> None:
    assert totp.matching_step(RFC_SECRET, wrong, datetime.fromtimestamp(59, UTC)) is None


@given(secrets)
def test_the_secret_is_typed_in_letters_and_read_again(secret: bytes) -> None:
    letters = totp.in_letters(secret)
    assert len(letters) == 32 and letters.isalnum()
    assert totp.from_letters(letters) == secret


def test_the_address_in_the_qr_code_names_the_portal_and_the_user() -> None:
    uri = totp.uri(RFC_SECRET, "sanne+wit@bakkerij.example")
    assert uri.startswith("otpauth://totp/Tikker:sanne%2Bwit%40bakkerij.example?")
    for part in ("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "issuer=Tikker", "digits=6", "period=30"):
        assert part in uri
