"""Secrets at rest: what opens them, and what does not."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing import Sealer, Unreadable

ABOUT = "second_steps|3f0c9a4be1d24c55|secret"


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


OLD, NEW = key(), key()
BOTH = Sealer.of({"new": NEW, "old": OLD})
BEFORE = Sealer.of({"old": OLD})


@given(st.text(max_size=200))
def test_what_is_sealed_opens_and_stands_nowhere_in_it(plain: str) -> None:
    sealed = BOTH.seal(plain, ABOUT)
    assert BOTH.open(sealed, ABOUT) == plain
    assert sealed.startswith("v1.new.")
    assert len(plain) < 4 or plain not in sealed


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert len({BOTH.seal("JBSWY3DP", ABOUT) for _ in range(50)}) == 50


@pytest.mark.parametrize("about", ["", "second_steps|another user|secret", ABOUT + "x"])
def test_a_secret_does_not_open_in_another_record_or_field(about: str) -> None:
    with pytest.raises(Unreadable):
        BOTH.open(BOTH.seal("JBSWY3DP", ABOUT), about)


@given(place=st.integers(0, 43), bit=st.integers(0, 7))
def test_one_changed_bit_and_it_does_not_open(place: int, bit: int) -> None:
    head, _, text = BOTH.seal("JBSWY3DPEHPK3PXP", ABOUT).rpartition(".")
    box = bytearray(base64.urlsafe_b64decode(text))
    box[place] ^= 1 << bit
    with pytest.raises(Unreadable):
        BOTH.open(f"{head}.{base64.urlsafe_b64encode(box).decode()}", ABOUT)


def test_the_key_that_is_named_is_the_key_that_counts() -> None:
    with pytest.raises(Unreadable):
        BOTH.open(BOTH.seal("JBSWY3DP", ABOUT).replace("v1.new.", "v1.old."), ABOUT)


@pytest.mark.parametrize("broken", ["", "v1", "v1.new.", "v1.new.AAAA", "v2.new.AAAA", "plain text", "v1..é"])
def test_what_is_no_sealed_text_does_not_open(broken: str) -> None:
    with pytest.raises(Unreadable):
        BOTH.open(broken, ABOUT)


def test_keys_rotate_without_a_secret_that_cannot_be_read() -> None:
    before = BEFORE.seal("JBSWY3DP", ABOUT)
    assert BOTH.is_outdated(before)
    assert BOTH.open(before, ABOUT) == "JBSWY3DP"
    after = BOTH.reseal(before, ABOUT)
    assert not BOTH.is_outdated(after)
    assert BOTH.reseal(after, ABOUT) == after
    assert Sealer.of({"new": NEW}).open(after, ABOUT) == "JBSWY3DP"
    with pytest.raises(Unreadable):
        Sealer.of({"new": NEW}).open(before, ABOUT)


def test_a_key_of_the_same_name_is_not_the_same_key() -> None:
    with pytest.raises(Unreadable):
        Sealer.of({"new": key()}).open(BOTH.seal("JBSWY3DP", ABOUT), ABOUT)


def test_the_keys_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKKER_ENV", "production")
    monkeypatch.setenv("TIKKER_SEALING_KEYS", json.dumps({"new": NEW, "old": OLD}))
    assert Sealer.from_environment().open(BEFORE.seal("JBSWY3DP", ABOUT), ABOUT) == "JBSWY3DP"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "missing"),
        ("no json", "will not do"),
        ("{}", "at least one key"),
        ("[]", "at least one key"),
        ('{"1": "c2hvcnQ="}', "key 1 is not the base64 of 32 bytes"),
        ('{"1": "not base64"}', "key 1 is not the base64 of 32 bytes"),
        (json.dumps({"a.b": NEW}), "a key ID has"),
        (json.dumps({"sample-1": NEW}), "sample-1 is a sample"),
        (json.dumps({"1": base64.b64encode(b"k" * 32).decode()}), "key 1 is a sample"),
        (json.dumps({"1": NEW, "2": base64.b64encode(b"0123456789" * 3 + b"01").decode()}), "key 2 is a s"),
    ],
    ids=range(10),
)
def test_production_does_not_start_without_keys_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], keys: str, said: str
) -> None:
    monkeypatch.setenv("TIKKER_ENV", "production")
    monkeypatch.setenv("TIKKER_SEALING_KEYS", keys)
    with pytest.raises(SystemExit) as ended:
        Sealer.from_environment()
    assert said in f"{ended.value}{capsys.readouterr().out}"
    assert NEW not in str(ended.value)


def test_in_development_a_sample_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKKER_ENV", "development")
    sample = {"sample": base64.b64encode(b"k" * 32).decode()}
    monkeypatch.setenv("TIKKER_SEALING_KEYS", json.dumps(sample))
    assert Sealer.from_environment().seal("x", ABOUT).startswith("v1.sample.")


def test_a_mark_tells_the_same_text_from_another_and_says_nothing_of_it() -> None:
    assert BOTH.mark("1234", ABOUT) == BOTH.mark("1234", ABOUT)
    others = [BOTH.mark("1235", ABOUT), BOTH.mark("1234", f"{ABOUT}x"), BEFORE.mark("1234", ABOUT)]
    assert BOTH.mark("1234", ABOUT) not in others
    bare = {hashlib.sha256(text.encode()).hexdigest() for text in ("1234", f"{ABOUT}|1234")}
    assert BOTH.mark("1234", ABOUT) not in bare


def test_no_key_is_shown() -> None:
    assert OLD not in repr(BEFORE)
    assert repr(BEFORE.keys["old"].marking) not in repr(BEFORE)
