"""The lines of a version as staff read and search them, and the few that count for one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from services.cdr.domain.numbers import NumberError, parse_party
from services.cdr.domain.plan_cells import CellError
from services.cdr.domain.plan_cells import prefix as read_prefix
from services.cdr.domain.plan_export import UNITS, window_cells
from services.cdr.domain.rate_plan import MOBILE, TELEPHONY, RatePlan, lookup_keys
from services.cdr.domain.tariff import Entry, Step

Line = dict[str, Any]
Entries = tuple[Entry, ...]

_USES = (
    ("voice", TELEPHONY),
    ("voice", MOBILE),
    ("sms", TELEPHONY),
)
"""What one may do with a number: call it from a line, from a mobile, or text it."""


def packed(entries: Entries) -> bytes:
    """Entries as bytes that :func:`unpacked` reads many times faster than the file they came from."""
    return msgspec.json.encode(entries)


def unpacked(data: bytes) -> Entries:
    """Raises msgspec.ValidationError for what an older release wrote differently."""
    return msgspec.json.decode(data, type=Entries)


def decimal(amount: int) -> str:
    """Picoeuro as euros, exact, with at least two decimals: "0.0395"."""
    text = f"{Decimal(amount).scaleb(-12):.12f}".rstrip("0")
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"


def to_wire(entry: Entry) -> Line:
    """An entry as RPC answers it: amounts as decimal texts, days in ISO, ``days`` in words ("ma-vr")."""
    tariff, window = entry.tariff, window_cells(entry.window)
    return {
        "line": entry.line,
        "kind": entry.kind,
        "prefix": entry.prefix,
        "destination": entry.destination,
        "type": entry.call_type,
        "valid_from": _day(entry.valid_from),
        "valid_to": _day(entry.valid_to),
        "days": window.get("days", ""),
        "from": window.get("from", ""),
        "to": window.get("to", ""),
        "priority": entry.priority,
        "connect_fee": decimal(tariff.connect_fee),
        "steps": _steps(entry),
        "minimum": decimal(tariff.minimum),
        "maximum": None if tariff.maximum is None else decimal(tariff.maximum),
    }


def _steps(entry: Entry) -> list[Line]:
    """``increment`` is "60/6" where a first block differs from those after it, as in the file."""
    found: list[Line] = []
    for before, step in zip((None, *entry.tariff.steps), entry.tariff.steps, strict=False):
        if before and step == Step(
            before.offset + before.increment, before.rate, before.unit, step.increment
        ):
            found[-1]["increment"] += f"/{step.increment}"
            continue
        found.append(
            {
                "offset": step.offset,
                "rate": decimal(step.rate),
                "per": UNITS[entry.kind].get(step.unit, str(step.unit)),
                "increment": str(step.increment),
            }
        )
    return found


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def found_by(query: str) -> Callable[[Entry], bool]:
    """Whether an entry is found by what was typed: the beginning of its prefix, however written, or a part
    of its destination. All are found by nothing."""
    text = query.strip()
    if not text:
        return lambda _entry: True
    begins = tuple({text, *_prefixes(text)})
    part = text.casefold()
    return lambda entry: entry.prefix.startswith(begins) or part in entry.destination.casefold()


def _prefixes(text: str) -> Iterable[str]:
    """As plans write it; "0612" and "+31 6 12" alike."""
    digits = text.translate(str.maketrans("", "", " -()/."))
    for kind in ("voice", "data"):
        try:
            yield read_prefix(digits, kind)
        except CellError:
            continue


class Use(NamedTuple):
    """What one does with a number, the entries that fit it (the first that is active counts), and which of
    them counts at the moment that was asked for, if any."""

    kind: str
    product: str
    fitting: Entries
    counts: Entry | None


def party_of(query: str) -> str | None:
    """The whole number that was typed, in our notation; None when it is none."""
    try:
        return parse_party(query.strip())
    except NumberError:
        return None


def for_number(entries: Sequence[Entry], party: str, moment: int) -> list[Use]:
    """The lines for calling and texting a number at an epoch second. A way for which the same lines count
    as for an earlier one is left out, and so is one for which there are none."""
    uses: list[Use] = []
    for kind, product in _USES:
        keys = lookup_keys(kind, "out", party, None, product)
        fitting = _fitting(entries, kind, keys)
        if not fitting or any((one.kind, one.fitting) == (kind, fitting) for one in uses):
            continue
        chosen, _until = RatePlan(fitting).match(kind, "out", party, None, product).at(moment)
        uses.append(Use(kind, product, fitting, chosen.entry if chosen else None))
    return uses


def _fitting(entries: Sequence[Entry], kind: str, keys: Sequence[str]) -> Entries:
    """In the order in which rating tries them: by key, longest prefix, highest priority."""
    found: list[tuple[int, int, int, Entry]] = []
    for entry in entries:
        if entry.kind != kind:
            continue
        place = next((n for n, key in enumerate(keys) if key.startswith(entry.prefix)), None)
        if place is not None:
            found.append((place, -len(entry.prefix), -entry.priority, entry))
    return tuple(entry for *_order, entry in sorted(found, key=lambda one: one[:3]))
