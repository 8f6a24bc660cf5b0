"""Speech of telephones: G.711 A-law."""

from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.domain import alaw

pytestmark = pytest.mark.feature("PBX-16")
QUIET = b"\xd5"


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_speech_survives_a_wav(sound: bytes) -> None:
    wav = alaw.to_wav(sound)
    assert len(wav) == alaw.wav_size(len(sound))
    assert alaw.from_wav(wav) == sound


@settings(max_examples=100)
@given(st.integers(-32768, 32767))
def test_a_sample_is_kept_as_well_as_four_bits_can(sample: int) -> None:
    """A step of its segment is a sixteenth of it; below 512 steps are of 16."""
    (kept,) = _samples(alaw.to_wav(bytes([alaw.code(sample)])))
    assert abs(kept - sample) <= max(abs(sample) // 16, 16)


def _samples(wav: bytes) -> list[int]:
    with wave.open(io.BytesIO(wav)) as source:
        assert (source.getnchannels(), source.getsampwidth(), source.getframerate()) == (1, 2, 8000)
        data = source.readframes(source.getnframes())
    return [int.from_bytes(data[n : n + 2], "little", signed=True) for n in range(0, len(data), 2)]


def test_the_silence_at_the_end_of_a_message_is_none_of_it() -> None:
    word = bytes([alaw.code(8000), alaw.code(-8000)]) * 400
    assert alaw.trimmed(QUIET * 8000 + word + QUIET * 24000) == QUIET * 8000 + word
    assert alaw.trimmed(QUIET * 24000) == b""
    assert alaw.seconds(QUIET * 12000) == 1.5
