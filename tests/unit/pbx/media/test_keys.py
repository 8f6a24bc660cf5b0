"""Keys that callers press: each once, however its packets come."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.media.dtmf import SIGNS, Events, Keys, from_info

PRESS = 800
"""Between the timestamps of two keys that are pressed as fast as telephones can."""


def packets(key: str, timestamp: int, count: int = 6) -> list[tuple[int, bytes]]:
    """The packets of one press: the event goes on, then its end, three times (RFC 4733, section 2.5.1)."""
    event = SIGNS.index(key)
    lengths = [160 * n for n in range(1, count + 1)]
    going = [bytes((event, 10)) + length.to_bytes(2, "big") for length in lengths]
    ends = [bytes((event, 0x8A)) + lengths[-1].to_bytes(2, "big")] * 3
    return [(timestamp, payload) for payload in (*going, *ends)]


@pytest.mark.feature("PBX-16")
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(SIGNS), min_size=1, max_size=10),
    st.integers(0, 2**32 - 1),
    st.randoms(use_true_random=False),
)
def test_each_press_counts_once_when_packets_are_lost_doubled_or_late(
    keys: list[str], began: int, chance: object
) -> None:
    sent: list[tuple[float, tuple[int, bytes]]] = []
    for number, key in enumerate(keys):
        whole = packets(key, (began + number * PRESS) % 2**32)
        kept = chance.sample(whole, chance.randint(1, len(whole)))  # type: ignore[attr-defined]
        doubled = kept + chance.choices(kept, k=2)  # type: ignore[attr-defined]
        # Late by less than a press: keys stay in the order in which they were pressed.
        sent += [(number + chance.random() * 0.9, one) for one in doubled]  # type: ignore[attr-defined]
    events, heard = Events(), ""
    for _, (timestamp, payload) in sorted(sent, key=lambda pair: pair[0]):
        heard += events.key(7, timestamp, payload)
    assert heard == "".join(keys)


def test_packets_of_an_earlier_press_that_come_after_the_next_are_no_other_press() -> None:
    events = Events()
    first, second = packets("1", 1000), packets("2", 1800)
    heard = [events.key(7, *one) for one in (*first[:3], *second, *first[3:])]
    assert "".join(heard) == "12"


def test_the_same_key_twice_is_two_presses() -> None:
    events = Events()
    assert "".join(events.key(7, *one) for one in packets("5", 1000) + packets("5", 1800)) == "55"


def test_a_key_held_for_longer_than_a_segment_is_one_press() -> None:
    events = Events()
    held = [
        (1000, b"\x05\x0a\xff\xff"),
        (1000 + 0xFFFF, b"\x05\x0a\x00\xa0"),
        (1000 + 0xFFFF, b"\x05\x8a\x01\x40"),
    ]
    assert [events.key(7, *one) for one in held] == ["5", "", ""]


@pytest.mark.parametrize("payload", [b"", b"\x01", b"\x10\x0a\x00\xa0", b"\xff\x8a\x00\xa0"])
def test_other_events_are_no_keys(payload: bytes) -> None:
    assert Events().key(7, 1000, payload) == ""


@pytest.mark.feature("PBX-16")
@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", b"Signal= *\nDuration= 250", "*"),
        ("application/dtmf-relay; charset=utf-8", b"Signal=11\r\nDuration=160\r\n", "#"),
        ("Application/DTMF", b"7", "7"),
        ("application/dtmf", b"#\r\n", "#"),
        ("application/dtmf", b"10", "*"),
        ("application/dtmf", b"77", ""),
        ("application/dtmf-relay", b"Duration=160\r\n", ""),
        ("application/media_control+xml", b"5", ""),
    ],
)
def test_keys_of_sip_info(kind: str, body: bytes, key: str) -> None:
    assert from_info(kind, body) == key


def test_a_telephone_that_tells_each_key_in_both_ways_presses_once() -> None:
    keys = Keys(lambda: None)
    for key in "12":
        keys.pressed(key, "info")
        keys.pressed(key, "rtp")
    assert "".join(keys.waiting) == "12"
