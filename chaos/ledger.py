"""What was sent against what stands in the end: every difference is a finding. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from chaos.traffic import Told

BEFORE = -1
"""The window before the first fault; also of what belongs to no fault."""


class Wrong(StrEnum):
    """What a difference is."""

    LOST = "lost"
    DOUBLED = "doubled"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Finding:
    """``window``: the number of the fault during which it was sent, or BEFORE."""

    wrong: Wrong
    what: str
    window: int = BEFORE

    def __str__(self) -> str:
        return f"{self.wrong}: {self.what}"


@dataclass(frozen=True)
class Sums:
    """The rows of a record, or of a customer: how many stand, and their amount in millionths of a euro."""

    count: int = 0
    amount: int = 0

    def plus(self, count: int, amount: int) -> Sums:
        return Sums(self.count + count, self.amount + amount)


@dataclass
class Found:
    """What stands in the databases for one seed."""

    rows: dict[str, Sums] = field(default_factory=dict)
    """By the mark of the record."""
    booked: dict[int, Sums] = field(default_factory=dict)
    """The rows by customer (its place in the scene)."""
    counters: dict[int, Sums] = field(default_factory=dict)
    """What Totalen says, by customer."""
    quarantine: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(mark, reason) → how many."""
    unreadable: int = 0
    empty: int = 0


def usage(
    good: Mapping[str, Told], bad: Mapping[str, tuple[str, int]], bombs: int, empty: int, found: Found
) -> list[Finding]:
    """Events in = rated + quarantined, each once and for the right amount; counters = rows."""
    findings: list[Finding] = []
    for mark, told in good.items():
        findings += _row(mark, told, found.rows.get(mark, Sums()))
        if told.other is not None:
            findings += _once(
                f"the contradiction of {mark}", found.quarantine[mark, "contradiction"], told.window
            )
    findings += [Finding(Wrong.DOUBLED, f"{mark} was never sent") for mark in found.rows.keys() - good.keys()]
    for mark, (reason, window) in bad.items():
        findings += _once(f"{reason} {mark} in quarantine", found.quarantine[mark, reason], window)
    findings += _strangers(good, bad, found.quarantine)
    findings += _exactly("unreadable messages in quarantine", found.unreadable, bombs)
    findings += _exactly("the empty message in quarantine", found.empty, min(empty, 1))
    return [*findings, *_counters(found)]


def _row(mark: str, told: Told, sums: Sums) -> list[Finding]:
    findings = _once(f"{mark} in the rows", sums.count, told.window)
    if not findings and sums.amount not in told.stands:
        text = f"{mark} costs {sums.amount}, not {' or '.join(map(str, told.stands))} millionths of a euro"
        return [Finding(Wrong.DIFFERS, text, told.window)]
    return findings


def _strangers(
    good: Mapping[str, Told], bad: Mapping[str, tuple[str, int]], quarantine: Counter[tuple[str, str]]
) -> Iterable[Finding]:
    """What waits in quarantine and should not, or for another reason."""
    for mark, reason in quarantine:
        expected = (
            "contradiction" if mark in good and good[mark].other is not None else bad.get(mark, ("",))[0]
        )
        if reason != expected:
            yield Finding(Wrong.DIFFERS, f"{mark} is in quarantine: {reason}")


def _counters(found: Found) -> Iterable[Finding]:
    for customer, booked in found.booked.items():
        shown = found.counters.get(customer, Sums())
        if shown != booked:
            yield Finding(Wrong.DIFFERS, f"customer {customer + 1}: counters say {shown}, rows {booked}")


@dataclass(frozen=True)
class Ordered:
    """A command: whether it was answered, whether repetitions were answered otherwise, why it was refused."""

    name: str
    window: int
    answered: bool
    differs: bool = False
    refused: str = ""


def commands(orders: Sequence[Ordered], effects: Mapping[str, Counter[str]]) -> list[Finding]:
    """``effects``: where one looked → name of the command → how often it is there. A command without an
    answer may be there or not."""
    findings: list[Finding] = []
    for order in orders:
        if order.refused:
            findings.append(Finding(Wrong.LOST, f"{order.name} was refused: {order.refused}", order.window))
        if order.differs:
            findings.append(Finding(Wrong.DOUBLED, f"{order.name} was answered differently", order.window))
        for place, counts in effects.items():
            least = 1 if order.answered else 0
            findings += _between(f"{order.name} {place}", counts[order.name], least, 1, order.window)
    return findings


def numbers(places: Mapping[str, Sequence[int]]) -> list[Finding]:
    """``places``: issuer, series and year → the places given. From 1 on, without a gap, each once."""
    findings: list[Finding] = []
    for series, given in places.items():
        twice = [place for place, n in Counter(given).items() if n > 1]
        missing = sorted(set(range(1, max(given, default=0) + 1)) - set(given))
        findings += [Finding(Wrong.DOUBLED, f"invoice number {place} of {series}") for place in twice]
        findings += [Finding(Wrong.LOST, f"invoice number {place} of {series}") for place in missing]
    return findings


def once_each(what: str, wanted: Collection[str], there: Counter[str]) -> list[Finding]:
    """Each of them once, and nothing else."""
    findings = [each for name in wanted for each in _once(f"{what} {name}", there[name], BEFORE)]
    return findings + [
        Finding(Wrong.DOUBLED, f"{what} {name}, unasked") for name in there.keys() - set(wanted)
    ]


def at_most_once(what: str, there: Counter[str]) -> list[Finding]:
    return [Finding(Wrong.DOUBLED, f"{what} {name}: {n}") for name, n in there.items() if n > 1]


def _once(what: str, count: int, window: int) -> list[Finding]:
    return _between(what, count, 1, 1, window)


def _exactly(what: str, count: int, wanted: int) -> list[Finding]:
    return _between(f"{what}: {count} of {wanted}", count, wanted, wanted, BEFORE)


def _between(what: str, count: int, least: int, most: int, window: int) -> list[Finding]:
    if count < least:
        return [Finding(Wrong.LOST, what, window)]
    if count > most:
        return [Finding(Wrong.DOUBLED, f"{what}: {count}", window)]
    return []
