"""Text that people typed, on its way into a phone's file."""

from __future__ import annotations

import unicodedata

LONGEST = 60
"""Characters of one name: Panasonic takes lines of 537 bytes, and no display shows more."""


class Unwritable(ValueError):
    """A text that no configuration file may hold: it has control characters or halves of characters."""


def clean(text: str, longest: int = LONGEST) -> str:
    """``text`` on one line: what controls (line ends, direction overrides, halves of characters) becomes a
    space. Emoji and right-to-left text stay."""
    visible = "".join(" " if is_control(c) else c for c in text)
    return " ".join(visible.split())[:longest].rstrip()


def require_writable(text: str) -> str:
    """``text`` itself; raises :class:`Unwritable`, whatever made it."""
    if text.isascii() and text.isprintable():
        return text
    if any(is_control(c) for c in text):
        raise Unwritable("a value has a control character")
    return text


def is_control(character: str) -> bool:
    """Whether a character could begin another line or field, or is no character at all."""
    if character in "\u200d\ufe0f":  # what joins and colours emoji
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
