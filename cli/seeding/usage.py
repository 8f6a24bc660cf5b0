"""The demo's usage into the books: published, waited for, months closed, and then the afterthoughts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from cli.demo import afterthoughts
from cli.demo.calendar import Month, months_until, today, written
from cli.demo.usage import Demo, Event, Usage
from cli.problems import Problem
from cli.seeding.doors import Doors
from cli.seeding.people import Ids

EVENTS_PER_MESSAGE = 200
MESSAGES_PER_CONFIRM = 25
LATE_MONTHS = 2
POLL_SECONDS = 0.5
SAY_SECONDS = 3.0
STALL_SECONDS = 100.0  # quarantine is tried again every minute
MENDS_ITSELF = "unknown_owner"

Say = Callable[[str], None]


def messages(events: Iterable[Event]) -> Iterator[bytes]:
    """Events packed as carriers should: 200 in a message."""
    pending = list(events)
    for index in range(0, len(pending), EVENTS_PER_MESSAGE):
        yield msgspec.json.encode({"events": pending[index : index + EVENTS_PER_MESSAGE]})


@dataclass
class Loader:
    """Loads a demo for customers that are there, as it stands at ``now`` (aware)."""

    demo: Demo
    now: datetime
    doors: Doors
    ids: Ids
    say: Say
    months: list[Month] = field(init=False)
    _made: dict[Month, Usage] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.months = months_until(self.now)
        self._codes = {line.number: line.customer.code for line in self.demo.lines}

    def load(self) -> None:
        """Everything, in the order in which it happens in real life; what is there already stays as it is."""
        refused = self._refused()
        open_months = self._open_months()
        self._publish_months(open_months, refused)
        self._close(open_months)
        self._think_again(refused)

    def _publish_months(self, months: list[Month], refused: Counter[str]) -> None:
        started, expected = time.monotonic(), Counter[str]()
        for month in months:
            usage = self._usage(month)
            expected += self._count([usage])
            self._publish(usage)
        seconds = time.monotonic() - started
        self.say(f"Published {expected.total():,} events in {seconds:.0f} s; now they are rated and booked.")
        self._wait(months[0], expected, refused)

    def _close(self, months: list[Month]) -> None:
        """All months that are over, for each customer in order."""
        over = [month for month in months if month != self.months[-1]]
        for customer_id in self.ids.values():
            for month in over:
                self.doors.staff("cdr", "close_period", customer_id=customer_id, period=written(month))
        if over:
            self.say(f"Closed {written(over[0])} to {written(over[-1])} for {len(self.ids)} customers.")

    def _think_again(self, refused: Counter[str]) -> None:
        """Late calls of months that are closed, and corrections in the last closed and the open one.

        Both go in the same messages, so when the late calls have been booked the corrections have.
        """
        forgotten = [afterthoughts.late(self.demo, m) for m in self.months[-1 - LATE_MONTHS : -1]]
        corrected = [afterthoughts.corrections(self.demo, self._usage(month)) for month in self.months[-2:]]
        together: Usage = {}
        for usage in [*corrected, *forgotten]:
            for carrier, events in usage.items():
                together.setdefault(carrier, []).extend(events)
        self._publish(together)
        known = [self._usage(month) for month in self.months[-1 - LATE_MONTHS :]]
        self._wait(self.months[-1 - LATE_MONTHS], self._count([*known, *forgotten]), refused)
        late, changed = self._count(forgotten).total(), self._count(corrected).total()
        self.say(f"Sent {late} late calls of closed months and {changed} corrections.")

    def _publish(self, usage: Usage) -> None:
        for carrier, events in usage.items():
            packed = list(messages(events))
            for index in range(0, len(packed), MESSAGES_PER_CONFIRM):
                self.doors.publish(carrier, packed[index : index + MESSAGES_PER_CONFIRM])

    def _wait(self, since: Month, expected: Counter[str], refused: Counter[str]) -> None:
        """Until all has been booked. Raises Problem when some of it is refused or nothing moves."""
        best, moved, said = -1, time.monotonic(), time.monotonic()
        while not (booked := self._booked(since)) >= expected:
            now = time.monotonic()
            if booked.total() > best:
                best, moved = booked.total(), now
            self._complain(best, expected.total(), self._refused() - refused, now - moved > STALL_SECONDS)
            if now - said >= SAY_SECONDS:
                said = now
                self.say(f"  booked {best:,} of {expected.total():,}")
            time.sleep(POLL_SECONDS)

    def _complain(self, booked: int, expected: int, refused: Counter[str], stalled: bool) -> None:
        lasting = Counter({reason: n for reason, n in refused.items() if reason != MENDS_ITSELF})
        all_settled = bool(lasting) and booked + lasting.total() >= expected
        if not stalled and not all_settled:
            return
        if refused:
            counts = ", ".join(f"{n} {reason}" for reason, n in refused.items())
            raise Problem(f"some usage was refused ({counts}): ./tikker quarantine list REASON shows why.")
        raise Problem(f"booking stands still at {booked:,} of {expected:,}: see ./tikker logs cdr-ingester.")

    def _booked(self, since: Month) -> Counter[str]:
        """Events in the books that began in ``since`` or later, by customer: what the portal shows."""
        span = {"from": date(*since, 1).isoformat(), "to": today(self.now).isoformat()}
        totals = {
            code: self.doors.staff("cdr", "totals_of", customer_id=customer_id, selection=span)
            for code, customer_id in self.ids.items()
        }
        return Counter({code: reply["total"]["calls"] for code, reply in totals.items()})

    def _refused(self) -> Counter[str]:
        return Counter(self.doors.staff("cdr", "quarantine_counts"))

    def _open_months(self) -> list[Month]:
        """From the first month on that is open for any customer and has no closed one behind it."""
        firsts = []
        for customer_id in self.ids.values():
            recent = self.doors.staff("cdr", "periods_of", customer_id=customer_id)["recent"]
            closed = {period["id"] for period in recent if period["state"] == "closed"}
            newest = max((i for i, month in enumerate(self.months) if written(month) in closed), default=-1)
            firsts.append(newest + 1)
        return self.months[min(firsts) :]

    def _usage(self, month: Month) -> Usage:
        """A month's usage; only what is needed again is kept, for a month takes some 10 MB."""
        if month not in self.months[-1 - LATE_MONTHS :]:
            return self.demo.month(month, self.now)
        if month not in self._made:
            self._made[month] = self.demo.month(month, self.now)
        return self._made[month]

    def _count(self, usages: Iterable[Usage]) -> Counter[str]:
        charged = (event.charged for usage in usages for events in usage.values() for event in events)
        return Counter(self._codes[number] for number in charged)
