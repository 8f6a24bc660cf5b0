"""Lines of a rate plan: what they cost and when they count.

Money here is an int of one picoeuro (10^-12 euro), ex VAT, so that any rate of up to 12 decimals
is exact. Prices per second or byte are numerators over `BASE[kind]`, a number that every allowed
unit divides; nothing is rounded before the end (see rating.py).
"""

from dataclasses import dataclass
from datetime import date

from services.cdr.domain.amsterdam import DAY, day_facts, next_clock_change, utc_offset

EURO = 10**12
BASE = {"voice": 3600, "sms": 1, "data": 2**30 * 5**9}
"""Per kind the number that every unit must divide: an hour; a piece; any mix of GB and GiB parts."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `offset` (seconds, bytes or pieces into the call): `rate` picoeuro per `unit`, charged in
    whole `increment`s."""

    offset: int
    rate: int
    unit: int
    increment: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """What it costs: connect fee, steps by ascending offset from 0, minimum and maximum per call."""

    steps: tuple[Step, ...]
    connect_fee: int = 0
    minimum: int = 0
    maximum: int | None = None

    def __post_init__(self) -> None:
        offsets = [step.offset for step in self.steps]
        if not offsets or offsets[0] != 0 or sorted(set(offsets)) != offsets:
            raise ValueError("steps begin at offset 0 and rise")
        amounts = [self.connect_fee, self.minimum, self.maximum or 0, *(step.rate for step in self.steps)]
        if min(amounts) < 0 or any(min(step.unit, step.increment) < 1 for step in self.steps):
            raise ValueError("amounts are at least 0, units and increments at least 1")


@dataclass(frozen=True, slots=True)
class Window:
    """Local (Amsterdam) days and hours. A day counts when its weekday (0 = Monday) is listed, or when
    it is a public holiday and `holidays` is set. `begin` and `end` are seconds of the day, half-open,
    on the wall clock: in the night that an hour occurs twice, both count."""

    weekdays: frozenset[int]
    holidays: bool = False
    begin: int = 0
    end: int = DAY

    def __post_init__(self) -> None:
        if not 0 <= self.begin < self.end <= DAY or not self.weekdays <= set(range(7)):
            raise ValueError("a window lies within one day and its weekdays are 0 to 6")

    def overlaps(self, other: "Window") -> bool:
        """Whether some moment could lie in both (a holiday can fall on any weekday)."""
        days = bool(self.weekdays & other.weekdays) or self.holidays or other.holidays
        return days and self.begin < other.end and other.begin < self.end


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a plan. `valid_from` and `valid_to` are days in Amsterdam, both included. Among the
    entries of one prefix that are active, the highest `priority` counts. `call_type` overrides the
    classification; `line` is where the entry stood in its file."""

    kind: str
    prefix: str
    destination: str
    tariff: Tariff
    call_type: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    window: Window | None = None
    priority: int = 0
    line: int = 0

    def __post_init__(self) -> None:
        if any(BASE[self.kind] % step.unit for step in self.tariff.steps):
            raise ValueError(f"a unit of kind {self.kind} must divide {BASE[self.kind]}")

    @property
    def always(self) -> bool:
        return self.window is None and self.valid_from is None and self.valid_to is None

    def conflicts(self, other: "Entry") -> bool:
        """Whether both could be the one that counts at some moment: then the plan is ambiguous."""
        if (self.kind, self.prefix, self.priority) != (other.kind, other.prefix, other.priority):
            return False
        if _before(self.valid_to, other.valid_from) or _before(other.valid_to, self.valid_from):
            return False
        return self.window is None or other.window is None or self.window.overlaps(other.window)

    def active(self, moment: int) -> bool:
        """Whether this entry counts at an epoch second."""
        if self.always:
            return True
        second = moment + utc_offset(moment)
        weekday, holiday, day = day_facts(second // DAY)
        if _before(day, self.valid_from) or _before(self.valid_to, day):
            return False
        window = self.window
        if window is None:
            return True
        in_day = weekday in window.weekdays or (holiday and window.holidays)
        return in_day and window.begin <= second % DAY < window.end

    def next_edge(self, moment: int) -> int:
        """A moment after this one before which `active` does not change.

        At the latest the next local midnight or change of the clock; asking again there costs
        nothing, as an edge that changes nothing does not end a segment.
        """
        offset = utc_offset(moment)
        day, second = divmod(moment + offset, DAY)
        edges = (self.window.begin, self.window.end, DAY) if self.window else (DAY,)
        edge = min(edge for edge in edges if edge > second)
        return min(day * DAY + edge - offset, next_clock_change(moment))


def _before(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day < other
