"""What goes wrong in the demo: a night of calls to satellites, and messages that can not be booked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from cli.demo import cast
from cli.demo.calendar import ZONE, today
from cli.demo.usage import FIXED, MOBILE, Event

ATTACKED = cast.BAKERY
"""Whose telephone system somebody got into."""
LINE = ATTACKED.numbers[1]
SATELLITE = "+870000000012"
STRANGER = "+31850009990"
UNNAMED = "+31979000001"
"""0979: no plan names it, so no plan prices it."""
NIGHT = time(2, 10)
CALLS = 24
MORNING = time(5)


def attack(now: datetime) -> list[Event]:
    """Calls to satellites in the last night that is over."""
    night = _last_night(now)
    begin = datetime.combine(night, NIGHT, ZONE)
    return [
        Event(
            record=f"demo-attack-{night}-{index}",
            kind="voice",
            charged=LINE,
            sender=LINE,
            receiver=SATELLITE,
            start=(begin + timedelta(minutes=4 * index)).isoformat(),
            duration=150 + 7 * index,
        )
        for index in range(CALLS)
    ]


def refused(now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Per carrier what nobody can book: a number of nobody, a call without a rate, a field that is wrong."""
    start = datetime.combine(_last_night(now), time(4, 30), ZONE)

    def call(name: str, index: int, **fields: Any) -> dict[str, Any]:
        moment = (start + timedelta(minutes=index)).isoformat()
        values = {"record": f"demo-{name}-{index}", "kind": "voice", "start": moment, "duration": 60 + index}
        return {**values, "charged": LINE, "from": LINE, "to": "+31207000010", **fields}

    strangers = [call("stranger", n, charged=STRANGER, **{"from": STRANGER}) for n in range(7)]
    unnamed = [call("unnamed", n, to=UNNAMED) for n in range(3)]
    wrong = [call("wrong", n, duration=-1) for n in range(2)]
    return {FIXED: strangers + unnamed, MOBILE: wrong}


def _last_night(now: datetime) -> date:
    here = now.astimezone(ZONE)
    return today(now) if here.time() > MORNING else today(now) - timedelta(days=1)
