"""What staff look for in the list of all telephones."""

from __future__ import annotations

import re
from typing import NamedTuple

LEAST_OF_A_MAC = 4
LEAST_OF_A_NUMBER = 3
NEVER_FETCHED, NOT_REGISTERED = "never_fetched", "not_registered"
STATES = (NEVER_FETCHED, NOT_REGISTERED)
_MAC = re.compile(r"[0-9a-f]{1,12}", re.ASCII)
_BETWEEN = re.compile(r"[\s:.\-_/()]+")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


class Sought(NamedTuple):
    """What a search may mean, each "" where it cannot be that: part of a MAC address, the end of a number in
    E.164, an extension, the number of a customer, and words of a name."""

    mac: str = ""
    number: str = ""
    extension: str = ""
    customer: int = 0
    words: str = ""

    @property
    def anything(self) -> bool:
        return any(self)


def sought(text: str) -> Sought:
    """What ``00:1A-2b``, ``085-000 16 11``, ``+31 85 000 1611``, ``201`` or ``Bakkerij`` may mean."""
    words = " ".join(text.split())
    plain = _BETWEEN.sub("", words).lower()
    mac = plain if _MAC.fullmatch(plain) and len(plain) >= LEAST_OF_A_MAC else ""
    digits = plain.removeprefix("+").removeprefix("0031" if plain.startswith("0031") else "")
    if not _DIGITS.fullmatch(digits):
        return Sought(mac=mac, words=words)
    number = digits.removeprefix("31") if plain.startswith("+") else digits.lstrip("0")
    return Sought(
        mac=mac,
        number=number if len(number) >= LEAST_OF_A_NUMBER else "",
        extension=digits if len(digits) <= 4 else "",
        customer=int(digits) if len(digits) <= 9 else 0,
        words=words,
    )
