"""Keys: as events among the speech (RFC 4733) and as SIP INFO. Each press counts once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

SIGNS = "0123456789*#ABCD"
"""Events 0 to 15 (RFC 4733, section 3.2)."""
REMEMBERED = 64
LONGEST_SEGMENT = 0xFFFF
"""An event that lasts longer goes on in a next one (section 2.5.1.3)."""
RELAY, PLAIN = "application/dtmf-relay", "application/dtmf"
LONGEST_INFO = 1000
"""Bytes of a SIP INFO; those with keys have some thirty."""
NAMES = {str(event): SIGNS[event] for event in range(10, 16)} | {sign: sign for sign in SIGNS}
"""Keys as SIP INFO has them: the sign, or the number of the event."""


class Events:
    """Keys of the packets of one stream. All packets of an event have its timestamp, and the end comes three
    times; any of them may be lost, doubled or late. So the first that comes of a timestamp is the key."""

    def __init__(self) -> None:
        self._known: deque[tuple[int, int, int]] = deque(maxlen=REMEMBERED)

    def key(self, source: int, timestamp: int, payload: bytes) -> str:
        """The key that a packet is news of, or ``""``. ``source`` and ``timestamp``: of its RTP header."""
        if len(payload) < 4 or payload[0] >= len(SIGNS):
            return ""
        event = (source, timestamp, payload[0])
        if event in self._known:
            return ""
        goes_on = (source, (timestamp - LONGEST_SEGMENT) % 2**32, payload[0]) in self._known
        self._known.append(event)
        return "" if goes_on else SIGNS[payload[0]]


def from_info(content_type: str, body: bytes) -> str:
    """The key of a SIP INFO, or ``""``."""
    if len(body) > LONGEST_INFO:
        return ""
    kind, text = content_type.partition(";")[0].strip().lower(), body.decode("ascii", "replace")
    if kind == RELAY:
        text = _signal(text)
    elif kind != PLAIN:
        return ""
    return NAMES.get(text.strip().upper(), "")


def _signal(text: str) -> str:
    """What a line ``Signal=5`` says."""
    for line in text.splitlines():
        name, _, said = line.partition("=")
        if name.strip() == "Signal":
            return said
    return ""


class Keys:
    """What a caller pressed and nobody took yet. Some telephones tell each key in both ways: the way of the
    first key of a call is the one that counts."""

    def __init__(self, told: Callable[[], None], most: int = 32) -> None:
        self.waiting: deque[str] = deque(maxlen=most)
        self._told = told
        self._way = ""

    def pressed(self, key: str, way: str) -> None:
        if key and self._way in ("", way):
            self._way = way
            self.waiting.append(key)
            self._told()

    def clear(self) -> None:
        self.waiting.clear()
