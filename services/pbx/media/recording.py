"""A recording while it is made: packets in their place, gaps as silence, and when it is over. Pure."""

from __future__ import annotations

from services.pbx.media.g711 import FRAME, RATE, SILENCE, loudness

FRAMES_PER_SECOND = RATE // FRAME
QUIET_SECONDS = 3
"""So long a silence ends a recording."""
LOUD = 250
"""Mean level above which somebody speaks, of 32,767: about -42 dB; lines that are quiet stay below it."""
KEPT_QUIET = RATE // 2
"""How much of the silence at the end is kept."""
LONGEST_JUMP = 5 * RATE
"""A timestamp that is further away than this is of another clock."""


class Recording:
    """``seconds``: the longest that it may become."""

    def __init__(self, seconds: int) -> None:
        self._most = max(seconds, 1) * RATE
        self._data = bytearray()
        self._source: int | None = None
        self._origin = 0
        self._ticks = 0
        self._quiet = 0
        self._heard_until = 0

    def take(self, source: int, timestamp: int, alaw: bytes) -> None:
        """A packet of speech: ``source`` and ``timestamp`` as in its RTP header."""
        at = self._place(source, timestamp)
        if at < 0 or at >= self._most:
            return
        alaw = alaw[: self._most - at]
        if at > len(self._data):
            self._data += SILENCE * (at - len(self._data))
        self._data[at : at + len(alaw)] = alaw
        if loudness(alaw) >= LOUD:
            self._quiet = 0
            self._heard_until = max(self._heard_until, at + len(alaw))

    def _place(self, source: int, timestamp: int) -> int:
        """Where in the recording a packet belongs. Another sender, or another clock, goes on at the end."""
        at = (timestamp - self._origin + 2**31) % 2**32 - 2**31
        if source != self._source or abs(at - len(self._data)) > LONGEST_JUMP:
            self._source = source
            self._origin = (timestamp - len(self._data)) % 2**32
            return len(self._data)
        return at

    def tick(self) -> None:
        """20 ms have gone by."""
        self._ticks += 1
        self._quiet += 1

    @property
    def over(self) -> bool:
        too_long = self._ticks * FRAME >= self._most
        return too_long or self._quiet >= QUIET_SECONDS * FRAMES_PER_SECOND

    def data(self) -> bytes:
        """A-law until shortly after the last that was heard; nothing when nobody spoke."""
        return bytes(self._data[: self._heard_until + KEPT_QUIET]) if self._heard_until else b""
