"""G.711 (ITU-T): A-law, in which everything is kept here, and µ-law, as tables of 256."""

from __future__ import annotations

from bisect import bisect_left

RATE = 8000
"""Samples, and so bytes, per second."""
FRAME = 160
"""Bytes of the 20 ms that a packet carries."""
SILENCE = b"\xd5"


def _alaw(byte: int) -> int:
    byte ^= 0x55
    exponent, value = (byte >> 4) & 7, ((byte & 15) << 4) + 8
    if exponent:
        value = (value + 0x100) << (exponent - 1)
    return value if byte & 0x80 else -value


def _mulaw(byte: int) -> int:
    byte ^= 0xFF
    value = ((((byte & 15) << 3) + 0x84) << ((byte >> 4) & 7)) - 0x84
    return -value if byte & 0x80 else value


ALAW = tuple(_alaw(byte) for byte in range(256))
MULAW = tuple(_mulaw(byte) for byte in range(256))
"""What each byte stands for, as 16 bits with a sign."""


def _nearest(values: tuple[int, ...]) -> tuple[list[int], list[int]]:
    order = sorted(range(256), key=values.__getitem__)
    return [values[byte] for byte in order], order


def _encode(sample: int, table: tuple[list[int], list[int]]) -> int:
    values, codes = table
    at = min(max(bisect_left(values, sample), 1), 255)
    return codes[at - 1] if sample - values[at - 1] <= values[at] - sample else codes[at]


_TO_ALAW, _TO_MULAW = _nearest(ALAW), _nearest(MULAW)
MULAW_OF_ALAW = bytes(_encode(sample, _TO_MULAW) for sample in ALAW)
ALAW_OF_MULAW = bytes(_encode(sample, _TO_ALAW) for sample in MULAW)
"""For bytes.translate()."""
_LOUDNESS = tuple(abs(sample) for sample in ALAW)


def encode(samples: list[int]) -> bytes:
    """Samples of 16 bits as A-law."""
    return bytes(_encode(sample, _TO_ALAW) for sample in samples)


def loudness(alaw: bytes) -> int:
    """The mean of how far samples are from nothing: 0 to 32,767."""
    return sum(map(_LOUDNESS.__getitem__, alaw)) // len(alaw) if alaw else 0
