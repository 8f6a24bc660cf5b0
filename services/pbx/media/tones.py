"""Tones that no file is needed for, as A-law."""

from __future__ import annotations

from functools import cache
from math import pi, sin

from services.pbx.media.g711 import RATE, SILENCE, encode

LEVEL = 6000
"""About 15 dB below the loudest, as tones of exchanges are."""
RING_BACK_HERTZ, RING_BACK_ON, RING_BACK_OFF = 425, 1, 4
"""Dutch ring back tone (ITU-T E.180, national tones): 1 s on, 4 s off."""
BEEP_HERTZ = 1000
BEEP_SECONDS = 0.4


def _tone(hertz: int, seconds: float) -> bytes:
    return encode([round(LEVEL * sin(2 * pi * hertz * n / RATE)) for n in range(int(seconds * RATE))])


@cache
def ring_back() -> bytes:
    """One turn of it, to be heard again and again."""
    return _tone(RING_BACK_HERTZ, RING_BACK_ON) + SILENCE * RING_BACK_OFF * RATE


@cache
def beep() -> bytes:
    return _tone(BEEP_HERTZ, BEEP_SECONDS)
