"""What was dialled, in one notation, and which class of outgoing calls it belongs to.

Notation: E.164 ``+31612345678``, ``ext:201``, ``nl:112`` (a short number), ``anon`` (withheld),
``unavailable`` (no number came along), ``""`` (cannot be dialled). A number is brought into it before it is
classed, so that no way of writing gets around a block: 0031900… is a 0900 number.
Sources: Nummerplan telefoon- en ISDN-diensten (BWBR0010198); 0900-8844 is the police, which blocks of 0900
once cut people off from (NRC, 2003).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from services.pbx.domain.config import OutgoingBlocks

ANONYMOUS = "anon"
UNAVAILABLE = "unavailable"
VOICEMAIL_SERVICE = "nl:1233"
POLICE = "+319008844"

_WITHHELD = frozenset({"anon", "anonymous", "anoniem", "withheld", "restricted", "private"})
_ABSENT = frozenset({"", "unavailable", "unknown"})
_SEPARATORS = str.maketrans("", "", " .-/()\u00a0\u202f")
_TRUNK_ZERO = re.compile(r"(?<=.)\(0\)")
_INTERNATIONAL = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
_EXTENSION = re.compile(r"[1-9][0-9]{1,3}", re.ASCII)
_SHORT = re.compile(r"11[23]|116[0-9]{3}|14[0-9]{2,4}|18[0-9]{2}|1233", re.ASCII)
_EMERGENCY = re.compile(r"nl:(11[23]|116[0-9]{3})", re.ASCII)
_ANIMALS = "nl:144"
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


class OutClass(StrEnum):
    """Classes of called numbers; the middle five can be blocked."""

    EMERGENCY = "emergency"
    INTERNATIONAL = "international"
    MOBILE = "mobile"
    SERVICE_0900 = "service_0900"
    SERVICE_0906 = "service_0906"
    SERVICE_0909 = "service_0909"
    OTHER = "other"


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    """A party in our notation, however it was written: ``06-12345678``, ``0031…``, ``+31 (0)6…``, ``201``."""
    scheme, colon, rest = text.partition(":")
    if colon and scheme in ("ext", "nl"):
        return _bare(rest)
    if text.strip().lower() in _WITHHELD:
        return ANONYMOUS
    if text.strip().lower() in _ABSENT:
        return UNAVAILABLE
    digits = _TRUNK_ZERO.sub("", text).translate(_SEPARATORS)
    if not _DIGITS.fullmatch(digits.removeprefix("+")):
        return ""
    if digits.startswith("+"):
        return _international(digits[1:])
    if digits.startswith("00"):
        return _international(digits[2:])
    return _dutch(digits) if digits.startswith("0") else _bare(digits)


def _international(digits: str) -> str:
    if digits.startswith("31"):
        return _dutch(digits[2:])
    return f"+{digits}" if _INTERNATIONAL.fullmatch(digits) else ""


def _dutch(digits: str) -> str:
    """Digits of a Dutch number, with or without zeros in front."""
    national = digits.lstrip("0")
    if _SHORT.fullmatch(national):
        return f"nl:{national}"
    return f"+31{national}" if _INTERNATIONAL.fullmatch(national) else ""


def _bare(digits: str) -> str:
    """Digits with neither a zero nor a + in front: a short number, or else an extension."""
    if _SHORT.fullmatch(digits):
        return f"nl:{digits}"
    return f"ext:{digits}" if _EXTENSION.fullmatch(digits) else ""


def reserved(extension: str) -> bool:
    """Whether these digits already mean something on the network, so that they are no extension."""
    return _SHORT.fullmatch(extension) is not None


@lru_cache(maxsize=20_000)
def out_class(number: str) -> OutClass:
    """The class of a number in our notation. The length does not count: a digit too many is no way out."""
    if _EMERGENCY.fullmatch(number):
        return OutClass.EMERGENCY
    if number.startswith("+") and not number.startswith("+31"):
        return OutClass.INTERNATIONAL
    if number == POLICE:
        return OutClass.OTHER
    if number.startswith("+316") and number[4:5] != "6":
        return OutClass.MOBILE
    return _SERVICES.get(number[:6], OutClass.OTHER)


_SERVICES = {
    "+31900": OutClass.SERVICE_0900,
    "+31906": OutClass.SERVICE_0906,
    "+31909": OutClass.SERVICE_0909,
}


def is_emergency(number: str) -> bool:
    """112, 113 and the European help lines (116…): always let through."""
    return out_class(number) is OutClass.EMERGENCY


def is_outside(number: str) -> bool:
    """Whether the public network knows such a number."""
    return number.startswith(("+", "nl:")) and number != VOICEMAIL_SERVICE


def or_animals(number: str) -> str:
    """144 (animals in distress) is a short number unless somebody has it as an extension."""
    return _ANIMALS if number == "ext:144" else number


def is_blocked(blocks: OutgoingBlocks, number: str) -> bool:
    """Whether nobody of the customer may call this number, nor be forwarded to it."""
    match out_class(number):
        case OutClass.INTERNATIONAL:
            return blocks.international
        case OutClass.MOBILE:
            return blocks.mobile
        case OutClass.SERVICE_0900:
            return blocks.service_0900
        case OutClass.SERVICE_0906:
            return blocks.service_0906
        case OutClass.SERVICE_0909:
            return blocks.service_0909
    return False
