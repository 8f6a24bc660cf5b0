"""Where a caller is in what the media server plays: all that pbx has to know again is in one short text, so
that any copy of pbx can answer and the same question has the same answer.

The text goes into addresses of SIP (RFC 3261, 25.1: ``user``), so '#' and '*' are written as letters.
"""

from __future__ import annotations

from dataclasses import dataclass

_WRITTEN = str.maketrans({"#": "h", "*": "s"})
_READ = str.maketrans({"h": "#", "s": "*"})
_FIELDS = 8
LONGEST = 300


@dataclass(frozen=True)
class Position:
    """``turn``: which decision about the call it belongs to; ``step``: of that plan; ``phase``: what was done
    there last. ``keys``: every go of keys so far, as the engine takes them; ``typed``: those of the go that
    is under way. ``count``: seconds of music heard by who waits (also while telephones ring for them), or the
    place of a message at 1233; ``item``: a recording or message.
    ``spoken``: how many greetings were spoken at 1233, as a recording is known by where it was made."""

    turn: int
    step: int
    phase: str = "start"
    keys: tuple[str, ...] = ()
    typed: str = ""
    count: int = 0
    item: str = ""
    spoken: int = 0

    @property
    def text(self) -> str:
        keys = "_".join((*self.keys, "")).translate(_WRITTEN)
        typed = self.typed.translate(_WRITTEN)
        parts = (self.turn, self.step, self.phase, self.count, typed, self.item, self.spoken, keys)
        return "-".join(str(part) for part in parts)


def position(text: str) -> Position:
    """Raises ValueError for what is none of ours."""
    parts = text.split("-")
    if len(parts) != _FIELDS or len(text) > LONGEST:
        raise ValueError(f"{text[:60]!r} is no position")
    turn, step, phase, count, typed, item, spoken, keys = parts
    gone = tuple(keys.translate(_READ).split("_"))[:-1]
    return Position(
        turn=int(turn),
        step=int(step),
        phase=phase,
        keys=gone,
        typed=typed.translate(_READ),
        count=int(count),
        item=item,
        spoken=int(spoken),
    )
