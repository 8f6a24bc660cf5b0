"""What a priced usage event does to the books, given what already stands under its record.

Rows are only ever added; counters are always the sum of rows. A correction (a higher revision) adds
a row that takes back what stands and a row that puts the new in its place: the owner, the type and
the amount may all differ, and the row taken back may lie in a month that is closed by now. Where
both lie in the same open month, people see the new row only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from services.cdr.domain.periods import book
from services.cdr.domain.refusal import Refused
from services.cdr.domain.usage import UsageEvent

Row = dict[str, Any]
"""A usage row as stored: see ``new_row`` for its fields."""

DeltaKey = tuple[str, int, int, str, str, str]
"""(customer, day as 20261122, booked period as 202611, number, product, call type)."""

UseKey = tuple[str, str, int, int, str]
"""(customer, mobile subscription, month of the start as 202611, booked period, type that bundles count it
by)."""

Head = tuple[int, int]
"""(revision, fingerprint) of a record's first row."""

SUMS = ("rows", "seconds", "bytes", "messages", "amount", "others")
"""What a counter holds; ``others`` counts rows whose sender is not the charged number, reversals as well:
it never adds up to 0 while there are such rows."""

RATED = ("type", "destination", "amount", "plan", "prefix", "terms", "waived", "counted_as")
"""The fields of a row that its price decides; ``terms`` only where the customer has terms of their own,
``waived`` (what the plan asks) only where the row is booked for nothing because a bundle covers it,
``counted_as`` only where bundles take it for another type than it is (call_types.counted_as)."""

SEEN_OF_RATING = ("type", "destination", "amount")
"""Those of which customers see a difference."""

_OF_BUNDLES = ("waived", "counted_as")
_OF_ONE_ROW = frozenset({*RATED, "hidden", "late", "state", "job"})

_MEASURE = {"voice": 1, "data": 2, "sms": 3}


class Priced(Struct, frozen=True, gc=False):
    """An event that has an owner and a price. ``fields`` are the row's fields that do not depend on
    the books; ``day`` and ``month`` are of its start, in Amsterdam; ``source`` is the event as received."""

    key: str
    revision: int
    fingerprint: int
    day: int
    month: int
    fields: Row
    source: UsageEvent


@dataclass(slots=True)
class Deltas:
    """Sums to add to the counters, by key; and to the use of mobile subscriptions (bundles.USE)."""

    sums: dict[DeltaKey, list[int]] = field(default_factory=dict)
    uses: dict[UseKey, list[int]] = field(default_factory=dict)

    def add(self, row: Row, day: int) -> None:
        key = (row["customer"], day, row["period"], row["number"], row["product"], row["type"])
        sums = self.sums.get(key)
        if sums is None:
            sums = self.sums[key] = [0, 0, 0, 0, 0, 0]
        sign = row["sign"]
        sums[0] += sign
        sums[_MEASURE[row["kind"]]] += sign * row["quantity"]
        sums[4] += row["amount"]
        if row["sender"] != row["number"]:
            sums[5] += 1
        if "subscription" in row:
            self._add_use(row, day // 100)

    def _add_use(self, row: Row, month: int) -> None:
        key = (row["customer"], row["subscription"], month, row["period"], type_in_bundles(row))
        uses = self.uses.setdefault(key, [0, 0, 0, 0, 0, 0])
        uses[0] += row["sign"]
        uses[_MEASURE[row["kind"]]] += row["sign"] * row["quantity"]
        uses[4] += row["amount"]
        uses[5] += row.get("waived", 0)


def type_in_bundles(row: Row) -> str:
    """What a mobile row was counted as when it was booked."""
    return str(row.get("counted_as", row["type"]))


@dataclass(slots=True)
class Standing:
    """The last word so far on a record: its newest row, and the ordinal of the next one."""

    row: Row
    day: int
    next_ordinal: int


@dataclass(slots=True)
class Posted:
    """What one batch adds to the books."""

    rows: list[Row] = field(default_factory=list)
    deltas: Deltas = field(default_factory=Deltas)
    unseen: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    resolved: Sequence[str] = ()
    duplicates: int = 0

    @property
    def tally(self) -> Mapping[str, int]:
        """Events by what became of them."""
        corrected = sum(1 for row in self.rows if row.get("state") == "corrected")
        fresh = len(self.rows) - 2 * corrected
        return {
            "rated": fresh,
            "corrected": corrected,
            "duplicate": self.duplicates,
            "refused": len(self.refused),
        }


class Contradiction(ValueError):
    """The same revision came before with other content; neither can be believed over the other."""


def row_id(key: str, ordinal: int) -> str:
    return f"{key}|{ordinal}"


def new_row(priced: Priced, ordinal: int, period: int) -> Row:
    """The row of an event. ``amount`` is in millionths of a euro, ``quantity`` in seconds, bytes or
    pieces by ``kind``, ``sign`` is -1 in a row that takes another back (its amount is negated too,
    its quantity is not). ``late`` stands on rows booked after the month of their start."""
    row = {
        "_id": row_id(priced.key, ordinal),
        "revision": priced.revision,
        "fingerprint": priced.fingerprint,
        **priced.fields,
        "sign": 1,
        "period": period,
    }
    if period != priced.month:
        row["late"] = True
    return row


def correct(
    priced: Priced, standing: Standing, closed: Collection[int], closed_before: Collection[int]
) -> tuple[list[Row], list[str]]:
    """The rows that replace what stands, and the IDs of rows that people need not see any more.

    Empty for a duplicate or for an older revision that comes late. ``closed`` are the closed
    periods of the event's owner, ``closed_before`` those of the owner so far (mostly the same one).
    Raises :class:`Contradiction`.
    """
    old = standing.row
    if priced.revision < old["revision"]:
        return [], []
    if priced.revision == old["revision"]:
        if priced.fingerprint != old["fingerprint"]:
            raise Contradiction(f"revision {priced.revision} of this record came before with other content")
        return [], []
    back, unseen = _take_back(old, standing.next_ordinal, closed_before)
    row = new_row(priced, standing.next_ordinal + 1, book(priced.month, closed))
    row["state"] = "corrected"
    return [back, row], unseen


def priced_the_same(old: Row, rated: Row, closed: Collection[int]) -> bool:
    """Whether people would see no difference, in the row or in what is left of a bundle, now or when a bundle
    turns out not to cover the row: then what it waived is asked after all (bundles.accounts_of). In a closed
    month that stays what it was, as its correction would show nothing but two rows of nothing."""
    if any(old[name] != rated[name] for name in SEEN_OF_RATING):
        return False
    return old["period"] in closed or all(old.get(name) == rated.get(name) for name in _OF_BUNDLES)


def restate(standing: Standing, rated: Row, closed: Collection[int], job: str) -> tuple[list[Row], list[str]]:
    """The rows that give what stands another price (``rated``: the fields of :data:`RATED`), and the IDs of
    rows that people need not see any more. Empty when customers would see no difference.

    Revision and fingerprint stay those of the event, so a later revision of the carrier finds what stands
    now and corrects that; both take the next ordinals of the record, so two at once collide. ``job`` is
    the re-rating that did it; ``closed`` are the closed periods of the row's customer.
    """
    old = standing.row
    if priced_the_same(old, rated, closed):
        return [], []
    back, unseen = _take_back(old, standing.next_ordinal, closed)
    facts = {name: value for name, value in old.items() if name not in _OF_ONE_ROW}
    month = standing.day // 100
    row = {
        **facts,
        **rated,
        "_id": row_id(old["_id"].rpartition("|")[0], standing.next_ordinal + 1),
        "sign": 1,
        "period": book(month, closed),
        "state": "corrected",
        "job": job,
    }
    if row["period"] != month:
        row["late"] = True
    return [back, row], unseen


def _take_back(old: Row, ordinal: int, closed: Collection[int]) -> tuple[Row, list[str]]:
    """The row that undoes ``old``; and ``old``'s ID where both lie in the same open month."""
    back = {
        **old,
        "_id": row_id(old["_id"].rpartition("|")[0], ordinal),
        "sign": -1,
        "amount": -old["amount"],
        "period": book(old["period"], closed),
        "state": "reversal",
    }
    back.pop("hidden", None)
    if "waived" in old:
        back["waived"] = -old["waived"]
    if back["period"] != old["period"]:
        return back, []
    back["hidden"] = True
    return back, [old["_id"]]
