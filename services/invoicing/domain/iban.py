"""Bank account numbers: ISO 13616, with its two check digits (ISO 7064, modulo 97)."""

from __future__ import annotations

import re

_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_DUTCH = 18
_ACCOUNT = 97


def normal(text: str) -> str:
    """Without spaces, in capitals."""
    return re.sub(r"\s", "", text).upper()


def is_iban(text: str) -> bool:
    """Whether form, length (of Dutch ones) and check digits are right; ``text`` is normal."""
    if not _FORM.fullmatch(text) or (text.startswith("NL") and len(text) != _DUTCH):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % _ACCOUNT == 1


def shown(iban: str) -> str:
    """In groups of four, as banks print it."""
    return " ".join(iban[place : place + 4] for place in range(0, len(iban), 4))
