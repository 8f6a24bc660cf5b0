"""G.711 A-law (ITU-T G.711, 1988), in which telephones speak: a byte is a sample, 8,000 of them a second.

Whole tables are made once; then bytes are looked up by methods that run in C.
"""

from __future__ import annotations

import array
import io
import sys
import wave

RATE = 8_000
FRAME = 160
"""Bytes of 20 ms."""
_SILENCE_BELOW = 500
"""Of 32,768: a line that hisses is silent still."""
_WAV_HEADER = 44


def _linear(code: int) -> int:
    """A code as a 16-bit sample: sign, three bits of exponent, four of mantissa, even bits inverted."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


_SAMPLES = [_linear(code) for code in range(256)]
_LOW = bytes(sample & 0xFF for sample in _SAMPLES)
_HIGH = bytes((sample >> 8) & 0xFF for sample in _SAMPLES)
_LOUD = bytes(abs(sample) >= _SILENCE_BELOW for sample in _SAMPLES)


def code(sample: int) -> int:
    """The code of a 16-bit sample."""
    size = (sample if sample >= 0 else ~sample) >> 3
    exponent = max(size.bit_length() - 5, 0)
    mantissa = (size >> max(exponent, 1)) & 15
    return ((exponent << 4) | mantissa | (0x80 if sample >= 0 else 0)) ^ 0x55


_CODES = bytes(code(value - 65_536 if value > 32_767 else value) for value in range(65_536))


def to_wav(sound: bytes) -> bytes:
    """A WAV of 16 bit, 8 kHz, one channel: every player knows that. The same sound gives the same bytes."""
    samples = bytearray(2 * len(sound))
    samples[0::2], samples[1::2] = sound.translate(_LOW), sound.translate(_HIGH)
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(bytes(samples))
    return out.getvalue()


def wav_size(length: int) -> int:
    """Bytes of the WAV of a sound of so many bytes."""
    return _WAV_HEADER + 2 * length


def from_wav(wav: bytes) -> bytes:
    """A WAV of ours (16 bit, 8 kHz, one channel) as A-law."""
    with wave.open(io.BytesIO(wav)) as source:
        samples = array.array("H", source.readframes(source.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    return bytes(map(_CODES.__getitem__, samples))


def seconds(sound: bytes) -> float:
    return len(sound) / RATE


def trimmed(sound: bytes) -> bytes:
    """Without the silence at its end; empty when nothing is heard in it at all."""
    for end in range(len(sound), 0, -FRAME):
        if any(sound[max(end - FRAME, 0) : end].translate(_LOUD)):
            return sound[:end]
    return b""
