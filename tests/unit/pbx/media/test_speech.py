"""What callers hear: G.711, tones, sounds one after the other, packets."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.media import tones
from services.pbx.media.g711 import (
    ALAW,
    ALAW_OF_MULAW,
    FRAME,
    MULAW,
    MULAW_OF_ALAW,
    RATE,
    SILENCE,
    encode,
    loudness,
)
from services.pbx.media.player import Player
from services.pbx.media.rtp import unpack

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

EVERY_BYTE = bytes(range(256))


def linear(samples: bytes) -> list[int]:
    return [int.from_bytes(samples[n : n + 2], "little", signed=True) for n in range(0, len(samples), 2)]


def test_both_laws_are_those_of_the_standard_library() -> None:
    assert list(ALAW) == linear(audioop.alaw2lin(EVERY_BYTE, 2))
    assert list(MULAW) == linear(audioop.ulaw2lin(EVERY_BYTE, 2))


def test_between_the_laws_speech_stays_what_it_was() -> None:
    for byte in EVERY_BYTE:
        there = MULAW[MULAW_OF_ALAW[byte]]
        assert abs(there - ALAW[byte]) <= 16 + abs(ALAW[byte]) / 16
        back = ALAW[ALAW_OF_MULAW[MULAW_OF_ALAW[byte]]]
        assert abs(back - ALAW[byte]) <= 16 + abs(ALAW[byte]) / 8
    assert encode(list(ALAW)) == EVERY_BYTE


def test_ring_back_is_one_second_of_tone_in_five() -> None:
    tone = tones.ring_back()
    assert len(tone) == 5 * RATE
    loud = [loudness(tone[n * RATE : (n + 1) * RATE]) > 1000 for n in range(5)]
    assert loud == [True, False, False, False, False]
    ups = sum(ALAW[a] < 0 <= ALAW[b] for a, b in zip(tone[: RATE - 1], tone[1:RATE], strict=True))
    assert abs(ups - 425) <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=700), max_size=5))
def test_sounds_are_heard_whole_and_in_order_and_then_it_is_told(sounds: list[bytes]) -> None:
    told: list[bool] = []
    player = Player(lambda: told.append(True))
    player.play(sounds)
    heard = b""
    while not player.idle:
        heard += player.frame()
    expected = b"".join(sound + SILENCE * (-len(sound) % FRAME) for sound in sounds)
    assert (heard, len(told)) == (expected, 1 if expected else 0)
    assert player.frame() == SILENCE * FRAME


def test_what_repeats_never_ends_and_can_be_stopped() -> None:
    told: list[bool] = []
    player = Player(lambda: told.append(True))
    player.play([b"a" * FRAME, b"b" * FRAME], loop=True)
    assert [player.frame()[:1] for _ in range(5)] == [b"a", b"b", b"a", b"b", b"a"]
    player.stop()
    assert (player.frame(), told) == (SILENCE * FRAME, [])


def test_packets_are_read_without_what_stands_around_speech() -> None:
    head = bytes.fromhex("80 08 0001 000000a0 00000007")
    packet = unpack(head + b"speech")
    assert packet is not None
    assert (packet.payload_type, packet.timestamp, packet.source, packet.payload) == (8, 160, 7, b"speech")
    extended = b"\xb1" + head[1:] + b"\0\0\0\x01" + b"\xbe\xde\0\x01" + b"\0" * 4 + b"speech" + b"\0\0\x03"
    assert unpack(extended) == packet


@pytest.mark.parametrize(
    "data", [b"", b"\x80" * 11, b"\x40" + b"\0" * 20, b"\xa0" + b"\0" * 10 + b"\xff" * 3]
)
def test_what_is_no_packet_is_not_read(data: bytes) -> None:
    assert unpack(data) is None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    packet = unpack(data)
    assert packet is None or packet.payload in data
