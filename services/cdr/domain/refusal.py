"""Why a usage event cannot be booked now."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be booked now: why, in a sentence, and the bytes to try again with."""

    carrier: str
    reason: Reason
    sentence: str
    source: bytes
    record: str | None = None
    number: str | None = None
