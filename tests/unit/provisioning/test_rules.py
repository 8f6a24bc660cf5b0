"""MAC addresses, passwords, lockout, registrations and proofs: the rules as a table."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.provisioning import schemas
from services.provisioning.domain import authentication, lockout, registrations
from services.provisioning.domain.authentication import Basic, Digest, Nonces
from services.provisioning.domain.device import SIP_PASSWORD_LENGTH, config_user, new_password, new_sip_user
from services.provisioning.domain.lockout import Tries
from services.provisioning.domain.macs import read_mac, written
from services.provisioning.domain.passwords import broken_rules
from services.provisioning.domain.registrations import Contact

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.feature("PRV-01")
@pytest.mark.parametrize(
    "text",
    [
        "001a2b3c4d5e",
        "00:1A:2B:3C:4D:5E",
        "00-1a-2b-3c-4d-5e",
        "001a.2b3c.4d5e",
        " 00 1A 2B 3C 4D 5E ",
        "001A2B-3C4D5E",
    ],
)
def test_a_mac_address_is_read_in_any_notation(text: str) -> None:
    assert read_mac(text) == "001a2b3c4d5e"
    assert written(read_mac(text)) == "00:1A:2B:3C:4D:5E"


@pytest.mark.feature("PRV-01")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Dit zijn er 0"),
        ("00:1a:2b:3c:4d", "Dit zijn er 10"),
        ("00:1a:2b:3c:4d:5e:6f", "Dit zijn er 14"),
        ("OO:1a:2b:3c:4d:5e", "Hierin staat ook: o"),
        ("toestel", "Hierin staat ook: l o s t"),
        ("００１ａ２ｂ３ｃ４ｄ５ｅ", "Hierin staat ook"),
        ("00:00:00:00:00:00", "van geen enkel toestel"),
        ("ff:ff:ff:ff:ff:ff", "van geen enkel toestel"),
        ("01:00:5e:00:00:01", "van geen enkel toestel"),
        ("00:1a:2b\r\n:3c:4d:5e\x00", "Hierin staat ook: ?"),
    ],
)
def test_what_is_no_mac_address_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as wrong:
        read_mac(text)
    assert why in str(wrong.value)


@given(st.text(max_size=60))
def test_reading_a_mac_address_never_fails_otherwise(text: str) -> None:
    try:
        assert len(read_mac(text)) == 12
    except ValueError as wrong:
        assert str(wrong)


@pytest.mark.feature("PRV-01")
@pytest.mark.parametrize(
    ("password", "count"),
    [
        ("Fiets-27", 0),
        ("Aa1!aa", 0),
        ("Aa1!a", 1),
        ("fiets", 4),
        ("", 5),
        ("Fiets 27!", 1),
        ("Fiéts-27", 1),
        ("A1!" + "a" * 62, 1),
    ],
)
def test_each_broken_rule_of_a_password_is_a_sentence(password: str, count: int) -> None:
    assert len(broken_rules(password)) == count


def test_what_we_make_up_is_long_enough_and_can_be_typed() -> None:
    assert config_user("a") == config_user("a") != config_user("b")
    assert all(len(config_user(str(n))) == 10 and config_user(str(n)).isdigit() for n in range(200))
    assert len(new_sip_user()) == 12 and new_sip_user().isalnum() and new_sip_user().islower()
    assert len(new_password(26)) == 26 and new_password(26) != new_password(26)


def test_the_password_of_a_telephone_line_is_ours_and_cannot_be_guessed() -> None:
    """More than 128 bits, of letters and digits that come up alike often; nobody can send one in."""
    drawn = Counter(letter for _ in range(2_000) for letter in new_password(SIP_PASSWORD_LENGTH))
    assert SIP_PASSWORD_LENGTH * math.log2(len(drawn)) > 128
    assert max(drawn.values()) < 1.5 * min(drawn.values())
    accepted = {*schemas.CreateDevice().fields, *schemas.ChangeDevice().fields, *schemas.AddDevice().fields}
    assert not {name for name in accepted if "sip" in name or "secret" in name}


@pytest.mark.feature("PRV-04")
def test_the_tenth_wrong_try_locks_and_each_lock_is_twice_as_long() -> None:
    tries: Tries | None = None
    for _ in range(9):
        tries = lockout.wrong(tries, NOW)
        assert tries.wait(NOW) == 0
    tries = lockout.wrong(tries, NOW)
    assert tries.wait(NOW) == 601
    later = NOW + timedelta(seconds=601)
    assert tries.wait(later) == 0
    for _ in range(10):
        tries = lockout.wrong(tries, later)
    assert tries.wait(later) == 1201


@pytest.mark.feature("PRV-04")
def test_wrong_tries_far_apart_never_lock_and_a_lock_is_forgotten_in_time() -> None:
    tries: Tries | None = None
    for n in range(40):
        tries = lockout.wrong(tries, NOW + timedelta(minutes=2 * n))
        assert tries.until is None
    for _ in range(10):
        tries = lockout.wrong(tries, NOW)
    assert lockout.wrong(tries, NOW + timedelta(hours=49)).locks == 0


def contact(state: str, at: datetime, name: str = "sip:1@a", **more: object) -> Contact:
    return Contact(contact=name, state=state, at=at, since=at, **more)  # type: ignore[arg-type]


@pytest.mark.feature("PRV-03")
def test_registrations_are_judged_by_the_latest_of_each_contact_in_whatever_order_they_come() -> None:
    hour = timedelta(hours=1)
    first = contact("registered", NOW, expires_at=NOW + hour)
    again = contact("registered", NOW + hour / 2, expires_at=NOW + 2 * hour)
    gone = contact("unregistered", NOW + hour)
    for order in ([first, again, gone], [gone, first, again], [again, gone, first]):
        found: tuple[Contact, ...] = ()
        for news in order:
            found = registrations.told(found, news)
        state = registrations.state_of(found, NOW + hour)
        assert (state.registered, state.last_seen) == (False, NOW + hour)
    kept = registrations.told(registrations.told((), first), again)
    state = registrations.state_of(kept, NOW + hour)
    assert (state.registered, state.since) == (True, NOW)
    assert not registrations.state_of(kept, NOW + 3 * hour).registered


@pytest.mark.feature("PRV-03")
def test_a_phone_that_moved_is_registered_though_its_old_contact_expires() -> None:
    old = contact("registered", NOW, expires_at=NOW + timedelta(minutes=5))
    new = contact("registered", NOW + timedelta(minutes=1), "sip:1@b", expires_at=NOW + timedelta(hours=1))
    expired = contact("expired", NOW + timedelta(minutes=5))
    found = registrations.told(registrations.told(registrations.told((), old), new), expired)
    state = registrations.state_of(found, NOW + timedelta(minutes=6))
    assert state.registered
    assert registrations.state_of((), NOW).last_seen is None


KEY = b"k" * 32


@pytest.mark.feature("PRV-04")
def test_a_nonce_is_ours_for_one_address_and_one_minute() -> None:
    nonces = Nonces(KEY)
    nonce = nonces.make(1_000_000.0, "192.0.2.1")
    assert nonces.is_ours(nonce, "192.0.2.1")
    assert not nonces.is_ours(nonce, "192.0.2.2")
    assert not Nonces(b"x" * 32).is_ours(nonce, "192.0.2.1")
    assert nonces.is_fresh(nonce, 1_000_060.0) and not nonces.is_fresh(nonce, 1_000_061.0)
    assert not nonces.is_fresh(nonce, 999_999.0)


def proof(uri: str = "/a.cfg", password: str = "Fiets-27", qop: str = "auth", method: str = "GET") -> Digest:
    ha1 = authentication.ha1("1234567890", "Tikker", password)
    middle = "00000001:abc:auth:" if qop else ""
    response = authentication._md5(f"{ha1}:nonce:{middle}{authentication._md5(f'{method}:{uri}')}")
    more = ("00000001", "abc") if qop else ("", "")
    return Digest("1234567890", "Tikker", "nonce", uri, response, *more, qop)


@pytest.mark.feature("PRV-04")
@pytest.mark.parametrize(
    ("given", "right"),
    [
        (proof(), True),
        (proof(qop=""), True),
        (proof("https://toestellen.example/a.cfg"), True),
        (proof("/b.cfg"), False),
        (proof("https://toestellen.example/b.cfg"), False),
        (proof(password="Fiets-28"), False),
        (proof(method="PUT"), False),
        (proof()._replace(realm="x"), False),
        (Basic("1234567890", "Fiets-27"), True),
        (Basic("1234567890", "Fiets-28"), False),
    ],
)
def test_a_proof_is_for_one_password_and_one_request(given: Basic | Digest, right: bool) -> None:
    assert authentication.is_right(given, "Fiets-27", "GET", "/a.cfg") is right


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer abc",
        "Basic !!!",
        "Basic YWJj",
        "Basic /////w==",
        "Digest",
        'Digest username="a"',
        'Digest username="a", realm="r", nonce="n", uri="/", response="x", algorithm=SHA-256',
        'Digest username="a", realm="r", nonce="n", uri="/", response="x", qop=auth, nc=1, cnonce="c"',
        'Digest username="a", realm="r", nonce="n", uri="/", response="x", qop=auth-int',
        "Digest " + "a" * 5_000,
    ],
)
def test_a_header_that_is_no_proof_is_none(header: str) -> None:
    assert authentication.read(header) is None


@given(st.text(max_size=200))
def test_reading_a_header_never_fails(header: str) -> None:
    for scheme in ("Basic ", "Digest ", ""):
        authentication.read(scheme + header)
