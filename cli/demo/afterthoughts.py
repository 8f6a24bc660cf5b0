"""What carriers send when a month is over: calls they had forgotten, and corrections of what they said.

Which calls that are follows from the demo and the month alone, so sending it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from zlib import crc32

import msgspec

from cli.demo.calendar import Month, days_of
from cli.demo.usage import CARRIERS, Demo, Event, Usage

LATE_PER_CUSTOMER = 3
LATE_DAYS = 6
LEAST_ONE_IN = 20
CORRECTIONS_A_YEAR = 285


def late(demo: Demo, month: Month) -> Usage:
    """A few calls of each customer from the last days of a month, under records of their own."""
    usage: Usage = {carrier: [] for carrier in CARRIERS}
    rng = Random(f"{demo.seed}/late/{month}")
    for code in dict.fromkeys(line.customer.code for line in demo.lines):
        lines = [line for line in demo.lines if line.customer.code == code]
        for index in range(LATE_PER_CUSTOMER):
            line, day = rng.choice(lines), rng.choice(days_of(month)[-LATE_DAYS:])
            event = demo.one(line, day, demo.record(line, day, f"late{index}"), rng)
            usage[line.carrier].append(event)
    return usage


def corrections(demo: Demo, usage: Usage) -> Usage:
    """Revision 2 of a few of the calls and data sessions: a tenth less was used."""
    one_in = max(LEAST_ONE_IN, demo.events // CORRECTIONS_A_YEAR)
    return {carrier: list(_corrected(events, one_in)) for carrier, events in usage.items()}


def _corrected(events: list[Event], one_in: int) -> Iterator[Event]:
    for event in events:
        if crc32(event.record.encode()) % one_in:
            continue
        if event.duration is not None:
            yield msgspec.structs.replace(event, revision=2, duration=_a_tenth_less(event.duration))
        elif event.volume is not None:
            yield msgspec.structs.replace(event, revision=2, volume=_a_tenth_less(event.volume))


def _a_tenth_less(amount: int) -> int:
    return amount - max(1, amount // 10)
