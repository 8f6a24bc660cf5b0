"""Short ways to write calls and rates in tests. Money as strings of euros, times as local text."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.cdr.domain.rating import Usage
from services.cdr.domain.tariff import EURO, Entry, Step, Tariff, Window

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MON_FRI = frozenset(range(5))
NEVER: frozenset[int] = frozenset()


def euro(text: str) -> int:
    """Picoeuro."""
    return int(Decimal(text) * EURO)


def steps(*rows: tuple[int, str, int, int]) -> tuple[Step, ...]:
    """Rows of (offset, rate in euro, unit, increment)."""
    return tuple(Step(offset, euro(rate), unit, increment) for offset, rate, unit, increment in rows)


def tariff(
    *rows: tuple[int, str, int, int], fee: str = "0", least: str = "0", most: str | None = None
) -> Tariff:
    return Tariff(steps(*rows), euro(fee), euro(least), None if most is None else euro(most))


def per_minute(rate: str, increment: int = 1, **once: Any) -> Tariff:
    return tariff((0, rate, 60, increment), **once)


def voice(prefix: str, rates: Tariff, name: str = "ergens", **more: Any) -> Entry:
    return Entry("voice", prefix, name, rates, **more)


def hours(begin: int, end: int, weekdays: Iterable[int] = range(7), holidays: bool = False) -> Window:
    return Window(frozenset(weekdays), holidays, begin * 3600, end * 3600)


def local(text: str, fold: int = 0) -> int:
    """Epoch seconds of a moment on the Amsterdam clock, such as "2026-11-20 18:59:00"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold).timestamp())


def call(receiver: str, seconds: int, start: int | str = "2026-11-20 12:00:00", **more: Any) -> Usage:
    """An outgoing call; on a Friday at noon unless `start` says otherwise."""
    moment = local(start) if isinstance(start, str) else start
    fields = {"direction": "out", "call_type": "national", **more}
    return Usage(kind="voice", receiver=receiver, start=moment, quantity=seconds, **fields)
