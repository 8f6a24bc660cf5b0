"""A version of a rate plan: immutable entries, and the search for the one that counts.

Keys. An entry's `prefix` is the beginning of a key; the longest that fits wins.
- to a number: the party's notation, "+3161…", "nl:112", "ext:201", "alpha:…"
- forwarded:   "fwd:" + party, else as to that number
- incoming:    "in:" + the number that was called
- roaming:     "roam:BE:" + any of the above, else "roam:eu:" or "roam:world:" + it
- data:        "data:BE", else "data:national", "data:eu" or "data:world"
- a mobile:    "mob:" + any of the above, else without (what is in the bundle costs 0 there)
Of the alternatives ("else") the first for which any entry is active decides, whatever the length
of the prefixes. A longer prefix of which no entry is active gives way to a shorter one, but for Dutch
numbers with a class of their own (dutch_numbers.named_from): those the bare "+31" does not price.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from services.cdr.domain.amsterdam import DAY
from services.cdr.domain.countries import zone_of
from services.cdr.domain.dutch_numbers import named_from
from services.cdr.domain.tariff import BASE, Entry

_NUMBERS_KEPT = 30_000
_DAYS_KEPT = 1_000
FOREVER = 2**62
TELEPHONY, MOBILE = "telephony", "mobile"


@dataclass(frozen=True, slots=True)
class PricedEntry:
    """An entry ready to multiply: amounts are numerators over BASE[kind] picoeuro. `price` and
    `increment` are those of the first step; `single` when there is no other."""

    entry: Entry
    price: int
    increment: int
    single: bool
    fee: int
    minimum: int
    maximum: int


def priced(entry: Entry) -> PricedEntry:
    tariff, base = entry.tariff, BASE[entry.kind]
    step = tariff.steps[0]
    return PricedEntry(
        entry=entry,
        price=step.rate * (base // step.unit),
        increment=step.increment,
        single=len(tariff.steps) == 1,
        fee=tariff.connect_fee * base,
        minimum=tariff.minimum * base,
        maximum=FOREVER**3 if tariff.maximum is None else tariff.maximum * base,
    )


_Schedule = tuple[list[int], list[tuple[PricedEntry | None, int]]]


class Match:
    """The entries that may count for one key, in order of preference: the first active one does."""

    __slots__ = ("_always", "_days", "_entries")

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        upto = next((n for n, entry in enumerate(entries) if entry.always), len(entries) - 1)
        self._entries = tuple(priced(entry) for entry in entries[: upto + 1])
        self._days: dict[int, _Schedule] = {}
        self._always: tuple[PricedEntry | None, int] | None = None
        if not entries:
            self._always = (None, FOREVER)
        elif entries[0].always:
            self._always = (self._entries[0], FOREVER)

    def at(self, moment: int) -> tuple[PricedEntry | None, int]:
        """(the entry that counts at an epoch second or None, a moment before which that does not change).

        The answer for a day (UTC) is worked out once and kept.
        """
        if self._always is not None:
            return self._always
        day = moment // DAY
        schedule = self._days.get(day)
        if schedule is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            schedule = self._days[day] = self._schedule(day * DAY)
        begins, stretches = schedule
        return stretches[bisect_right(begins, moment) - 1]

    def _schedule(self, begin: int) -> _Schedule:
        begins: list[int] = []
        stretches: list[tuple[PricedEntry | None, int]] = []
        moment = begin
        while moment < begin + DAY:
            chosen, edge = self._choose(moment)
            edge = min(edge, begin + DAY)
            if stretches and stretches[-1][0] is chosen:
                stretches[-1] = (chosen, edge)
            else:
                begins.append(moment)
                stretches.append((chosen, edge))
            moment = edge
        return begins, stretches

    def _choose(self, moment: int) -> tuple[PricedEntry | None, int]:
        edge = FOREVER
        for candidate in self._entries:
            if candidate.entry.always:
                return candidate, edge
            edge = min(edge, candidate.entry.next_edge(moment))
            if candidate.entry.active(moment):
                return candidate, edge
        return None, edge


class PlanConflict(ValueError):
    """Two entries of a plan contradict each other."""

    def __init__(self, first: Entry, second: Entry) -> None:
        super().__init__(
            f"{second.prefix} ({second.kind}) has two entries of priority {second.priority}"
            " that count at the same moment"
        )
        self.first, self.second = first, second


_Groups = dict[tuple[str, str], tuple[Entry, ...]]
_Key = tuple[str, str, str | None, str | None, str]


@dataclass(frozen=True)
class RatePlan:
    """A version of a plan. `precision` is the number of decimals of a euro an amount is rounded to.

    Raises PlanConflict when entries contradict each other. Instances never change; what is cached
    inside follows from the entries alone.
    """

    entries: tuple[Entry, ...]
    precision: int = 4
    version: str = ""
    _groups: _Groups = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)
    _matches: dict[tuple[tuple[str, str], ...], Match] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _cache: dict[_Key, Match] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.precision <= 6:
            raise ValueError("precision is 0 to 6 decimals")
        for first, second in conflicts(self.entries):
            raise PlanConflict(first, second)
        object.__setattr__(self, "_groups", _grouped(self.entries))
        object.__setattr__(self, "_longest", max((len(entry.prefix) for entry in self.entries), default=0))

    def match(
        self, kind: str, direction: str, receiver: str | None, roaming: str | None, product: str = TELEPHONY
    ) -> Match:
        """The entries that may count for such usage; kept, since numbers are called over and over."""
        key = (kind, direction, receiver, roaming, product)
        found = self._cache.get(key)
        if found is None:
            named = named_from(receiver or "", kind) if direction != "in" else ""
            found = self._find(kind, lookup_keys(kind, direction, receiver, roaming, product), named)
            if len(self._cache) >= _NUMBERS_KEPT:
                self._cache.clear()  # a dialler that tries every number must not fill the memory
            self._cache[key] = found
        return found

    def _find(self, kind: str, keys: Iterable[str], named: str) -> Match:
        """``named``: what an entry that names a number must begin its number with."""
        groups = self._groups
        fitting = tuple(
            (kind, key[:length])
            for key in keys
            for length in range(min(len(key), self._longest), 0, -1)
            if (kind, key[:length]) in groups and (not named or names(key[:length], named))
        )
        found = self._matches.get(fitting)
        if found is None:
            found = Match(tuple(entry for group in fitting for entry in groups[group]))
            self._matches[fitting] = found
        return found


def _grouped(entries: Iterable[Entry]) -> _Groups:
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.prefix), []).append(entry)
    return {key: tuple(sorted(group, key=lambda entry: -entry.priority)) for key, group in groups.items()}


def conflicts(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs of entries that contradict each other."""
    for group in _grouped(entries).values():
        yield from ((first, second) for first, second in combinations(group, 2) if first.conflicts(second))


def names(prefix: str, named: str) -> bool:
    """Whether a prefix that goes into a number goes as far as ``named``."""
    number = prefix[prefix.find("+") :] if "+" in prefix else ""
    return not number or len(number) >= len(named)


def lookup_keys(
    kind: str, direction: str, receiver: str | None, roaming: str | None, product: str = TELEPHONY
) -> tuple[str, ...]:
    """The keys under which a price may stand, the most specific first (see the top of this file)."""
    abroad = roaming if roaming and roaming != "NL" else None
    keys = _data_keys(abroad) if kind == "data" else _party_keys(direction, receiver or "", abroad)
    return (*(f"mob:{key}" for key in keys), *keys) if product == MOBILE else keys


def _data_keys(abroad: str | None) -> tuple[str, ...]:
    return (f"data:{abroad}", f"data:{zone_of(abroad)}") if abroad else ("data:NL", "data:national")


def _party_keys(direction: str, party: str, abroad: str | None) -> tuple[str, ...]:
    plain = {"in": (f"in:{party}",), "forward": (f"fwd:{party}", party)}.get(direction, (party,))
    if abroad is None:
        return plain
    return tuple(f"roam:{scope}:{key}" for scope in (abroad, zone_of(abroad)) for key in plain)
