"""A second rating engine that is as plain as the specification, to hold the real one against.

It goes through a call increment by increment, looks at every entry of the plan each time, asks the time
zone database for the local time, and adds up fractions. It shares no code with services/cdr/domain but
the values it reads.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor

from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import Usage
from services.cdr.domain.tariff import EURO, Entry, Step
from tests.unit.cdr.builders import AMSTERDAM

HOLIDAYS_2026 = {
    date(2026, month, day)
    for month, day in [(1, 1), (4, 5), (4, 6), (4, 27), (5, 14), (5, 24), (5, 25), (12, 25), (12, 26)]
}


def is_active(entry: Entry, moment: int) -> bool:
    clock = datetime.fromtimestamp(moment, UTC).astimezone(AMSTERDAM)
    today = clock.date()
    if entry.valid_from and today < entry.valid_from:
        return False
    if entry.valid_to and today > entry.valid_to:
        return False
    if entry.window is None:
        return True
    second = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second).total_seconds()
    days = clock.weekday() in entry.window.weekdays or (entry.window.holidays and today in HOLIDAYS_2026)
    return days and entry.window.begin <= second < entry.window.end


def entry_for(plan: RatePlan, usage: Usage, moment: int) -> Entry | None:
    """Only for calls that go out or are forwarded at home."""
    keys = [f"fwd:{usage.receiver}"] if usage.direction == "forward" else []
    for key in [*keys, str(usage.receiver)]:
        fitting = [
            e
            for e in plan.entries
            if e.kind == usage.kind and key.startswith(e.prefix) and is_active(e, moment)
        ]
        if fitting:
            return max(fitting, key=lambda entry: (len(entry.prefix), entry.priority))
    return None


def step_at(entry: Entry, offset: int) -> Step:
    return [step for step in entry.tariff.steps if step.offset <= offset][-1]


def price(usage: Usage, plan: RatePlan) -> int | None:
    """Millionths of a euro, or None when no rate fits."""
    first = entry_for(plan, usage, usage.start)
    if first is None:
        return None
    offset, cost = 0, Fraction(first.tariff.connect_fee, EURO)
    while offset < usage.quantity:
        entry = entry_for(plan, usage, usage.start + offset)
        if entry is None:
            return None
        step = step_at(entry, offset)
        cost += Fraction(step.rate * step.increment, step.unit * EURO)
        offset += step.increment
    if usage.quantity == 0:
        return 0
    cost = max(cost, Fraction(first.tariff.minimum, EURO))
    if first.tariff.maximum is not None:
        cost = min(cost, Fraction(first.tariff.maximum, EURO))
    grains = floor(cost * 10**plan.precision + Fraction(1, 2))
    return int(grains * 10 ** (6 - plan.precision))
