"""What a billing period is made of, for whoever makes an invoice of it.

Of a closed period it is for ever the same: its counters have no more to add, and its lines were kept when it
closed. Sums of rows and of lines add up to the amount exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.period_lines import Line
from services.cdr.domain.periods import bounds, written
from services.cdr.domain.reference import Owned
from services.cdr.domain.selection import Place, Selection
from services.cdr.schemas import cursor
from services.cdr.store import Stores
from services.cdr.store.counters import Count
from services.cdr.store.details import DetailsStore
from services.cdr.store.periods import ClosedPeriod
from shared.money import to_wire

Reply = dict[str, Any]

_MEASURE = {"voice": "duration", "data": "volume", "sms": "messages"}


class _Started(msgspec.Struct):
    """What is read again of an event that waits."""

    start: datetime


def closed_reply(closed: ClosedPeriod) -> Reply:
    """A month that was closed; ``amount`` is of rows and lines."""
    return {
        "period": written(closed.period),
        "rows": closed.rows,
        "amount": to_wire(closed.amount),
        "closed_at": _instant(closed.closed_at),
    }


def statement(stores: Stores, customer: str, period: int) -> Reply:
    """Sums of a period by type and by number, and its lines; of an open period as they are now.

    ``own_usage`` is what started in the period, ``late_usage`` what started before it: rows that came late,
    and what corrections of closed months take back and book anew. Those two and the lines add up to the
    amount. ``usage`` (of both together) and ``late`` are for who bills with the release before.
    """
    closed = stores.periods.closed(customer).get(period)
    counts = stores.counters.months_of_period(customer, period)
    lines = stores.lines.lines(customer, period)
    own = [count for count in counts if count.month == period]
    late = [count for count in counts if count.month != period]
    return {
        "period": written(period),
        "state": "closed" if closed else "open",
        "closed_at": _instant(closed.closed_at) if closed else None,
        "rows": _total(counts, 0),
        "amount": to_wire(_total(counts, 4) + sum(line.amount for line in lines)),
        "unrated": _unrated_of(stores, customer, period),
        "usage": _by_type(counts),
        "own_usage": _by_type(own),
        "late_usage": _by_type(late),
        "numbers": [
            {"number": number, "product": product, **_sums(sums)}
            for (number, product), sums in _by(counts, "number", "product")
        ],
        "lines": [line_reply(line) for line in lines],
        "late": {"rows": _total(late, 0), "amount": to_wire(_total(late, 4))},
    }


def line_reply(line: Line) -> Reply:
    """Quantities in bytes, seconds or messages, of the whole month. The amount is what ``above`` the bundle
    costs less the rows within it that are ``covered``."""
    return {
        "month": written(line.month),
        "kind": line.key.kind,
        "type": line.type,
        "group": line.key.group,
        "module": line.key.module,
        "subscription_id": line.key.subscription,
        "label": line.label,
        "used": line.used,
        "allowance": line.allowance,
        "over": line.over,
        "amount": to_wire(line.amount),
        "above": to_wire(line.above),
        "covered": to_wire(line.covered),
        "difference": line.difference,
    }


def rows(store: DetailsStore, customer: str, period: int, after: Place | None, limit: int) -> Reply:
    """A page of the rows of a period that people see, oldest first; ``calls`` is -1 of one that takes another
    back."""
    place = Place(key=after.key if after else None, newer=True)
    found = store.page(customer, Selection(period=period), "start", limit + 1, place)[::-1]
    shown = found[:limit]
    return {
        "rows": [_row(row) for row in shown],
        "next": cursor(shown[-1], newer=True) if len(found) > limit else None,
    }


def unrated(stores: Stores, period: int) -> int:
    """Events of all customers that started before the end of a period and wait for a rate."""
    end = bounds(period)[1]
    return sum(_start(source) < end for _, source in stores.quarantine.without_rate())


def _unrated_of(stores: Stores, customer: str, period: int) -> int:
    """The same of one customer, by whose number it was at the start."""
    owned: dict[str, list[Owned]] = defaultdict(list)
    for one in stores.reference.owned_by(customer):
        owned[one.number].append(one)
    end, found = bounds(period)[1], 0
    for number, source in stores.quarantine.without_rate(sorted(owned)):
        start = _start(source)
        if start < end and any(one.begin <= epoch(start) < one.end for one in owned[number]):
            found += 1
    return found


def _start(source: bytes) -> datetime:
    return msgspec.json.decode(source, type=_Started).start


def _total(counts: Iterable[Count], column: int) -> int:
    return sum(count.sums[column] for count in counts)


def _by_type(counts: Iterable[Count]) -> list[Reply]:
    return [
        {"product": product, "type": kind, **_sums(sums)}
        for (product, kind), sums in _by(counts, "product", "type")
    ]


def _by(counts: Iterable[Count], *names: str) -> list[tuple[tuple[str, ...], list[int]]]:
    """Sums by these fields, in order; without those that add up to nothing."""
    grouped: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * 5)
    for count in counts:
        sums = grouped[tuple(getattr(count, name) for name in names)]
        for index in range(len(sums)):
            sums[index] += count.sums[index]
    return [(key, sums) for key, sums in sorted(grouped.items()) if any(sums)]


def _sums(sums: list[int]) -> Reply:
    calls, duration, volume, messages, amount = sums
    return {
        "calls": calls,
        "duration": duration,
        "volume": volume,
        "messages": messages,
        "amount": to_wire(amount),
    }


def _row(row: dict[str, Any]) -> Reply:
    quantities = {"duration": 0, "volume": 0, "messages": 0}
    quantities[_MEASURE[row["kind"]]] = row["sign"] * row["quantity"]
    names = ("type", "product", "sender", "receiver")
    return {
        "start": _instant(row["start"]),
        "calls": row["sign"],
        **{name: row[name] for name in names},
        **quantities,
        "amount": to_wire(row["amount"]),
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
