"""Why a usage event cannot be booked now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why an event waits in quarantine; the first four are the carrier's to mend."""

    UNREADABLE = "unreadable"
    SCHEMA = "schema"
    CARRIER = "carrier"
    CONTRADICTION = "contradiction"
    UNKNOWN_OWNER = "unknown_owner"
    NO_RATE = "no_rate"
    FAULT = "fault"


DISCARDED = "discarded"
"""What stands in the place of the reason when staff have put an event aside: kept, and tried no more."""


FORGOTTEN = "what this event said was removed, as it is older than the term."
"""The sentence of a discarded event of which nothing is kept any more."""


class NotWaiting(Exception):
    """Some events that are to be booked from quarantine have left it: put aside, or booked by another."""


@dataclass(frozen=True, slots=True)
class Case:
    """Events that wait for the same mending (see :func:`case_of`)."""

    reason: str
    carrier: str
    key: str


_NO_RATE = re.compile(r"no rate for (\w+) \w+ to (\S+)")
_PATH = re.compile(r"\$(?:\.events\[\d+\])?([^:]*):")
_CODE_DIGITS = 4
_BEGIN, _END = 400, 99


def shortened(sentence: str) -> str:
    """A sentence of 500 characters at most, its begin and its end: some repeat what they refuse, which may
    be millions of characters. The end tells which sentence it is (refusal_words.py)."""
    if len(sentence) <= _BEGIN + 1 + _END:
        return sentence
    return f"{sentence[:_BEGIN]}…{sentence[-_END:]}"


def case_of(reason: str, sentence: str, number: str | None) -> str:
    """What events that wait for the same mending have in common, beside reason and carrier: the number
    that is nobody's, kind and first digits of what has no rate, the field that is wrong."""
    if reason == Reason.UNKNOWN_OWNER:
        return number or ""
    if reason == Reason.NO_RATE:
        found = _NO_RATE.search(sentence)
        return (
            f"{found[1]} {found[2][:_CODE_DIGITS] if found[2][0] == '+' else found[2]}" if found else "plan"
        )
    path = _PATH.match(sentence)
    return path[1].lstrip(".") if path else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be booked now: why, in a sentence, and the bytes to try again with."""

    carrier: str
    reason: Reason
    sentence: str
    source: bytes
    record: str | None = None
    number: str | None = None
