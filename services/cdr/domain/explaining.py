"""Why usage costs what it does, as a table that adds up to the amount.

Costs are exact fractions and have no end in decimals as a rule (two cents a minute for one second). They
are shown with eight decimals, and what that leaves out goes to the lines with the largest remainder,
so that what is shown adds up exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.cdr.domain.plan_export import UNITS, euros, window_cells
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import Deviations, Explanation, Segment, Usage, explain
from services.cdr.domain.tariff import Entry
from shared.money import to_wire

SHOWN_DECIMALS = 8


def shown_parts(parts: Sequence[Fraction]) -> list[Decimal]:
    """The parts with eight decimals, adding up to their sum (which must be a multiple of that)."""
    unit = 10**SHOWN_DECIMALS
    floors = [part * unit // 1 for part in parts]
    missing = int(sum(parts, Fraction()) * unit - sum(floors))
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(parts[i] * unit % 1), i))
    for index in by_remainder[:missing]:
        floors[index] += 1
    return [Decimal(int(floor)).scaleb(-SHOWN_DECIMALS) for floor in floors]


def explained(
    usage: Usage, plan: RatePlan, deviations: Deviations | None, covered: bool = False
) -> dict[str, Any]:
    """The explanation as RPC answers it: ``segments`` and ``corrections`` with amounts in euro (texts with
    eight decimals) that add up to ``amount``; ``margin`` in percents or None; ``replaced`` tells that the
    customer has a tariff of their own. Of usage that a bundle ``covered`` the last correction takes all of it
    back. Raises NoRate."""
    why = explain(usage, plan, deviations)
    costs = [part for one in why.segments for part in (one.fee, one.cost - one.fee)]
    corrections = [*why.corrections, *([("bundle", -why.amount)] if covered else [])]
    shown = shown_parts([*costs, *(amount for _, amount in corrections)])
    cells = [f"{amount:.{SHOWN_DECIMALS}f}" for amount in shown]
    segments = [
        _segment(one, usage.kind, fee, cost)
        for one, fee, cost in zip(why.segments, cells[0::2], cells[1::2], strict=False)
    ]
    rest = cells[2 * len(segments) :]
    return {
        "amount": to_wire(0 if covered else why.rated.amount_micro),
        "segments": segments,
        "corrections": [
            {"name": name, "amount": amount} for (name, _), amount in zip(corrections, rest, strict=True)
        ],
        "margin": _margin(why),
        "replaced": bool(why.deviation and why.deviation.replacement),
    }


def _segment(one: Segment, kind: str, fee: str, cost: str) -> dict[str, Any]:
    step = one.step
    return {
        "offset": one.offset,
        "quantity": one.quantity,
        "billed": one.billed,
        "rate": euros(step.rate),
        "per": UNITS[kind].get(step.unit, str(step.unit)),
        "increment": step.increment,
        "from_offset": step.offset,
        "fee": fee,
        "cost": cost,
        **_entry(one.entry),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    window = window_cells(entry.window)
    tariff = entry.tariff
    return {
        "prefix": entry.prefix,
        "destination": entry.destination,
        "line": entry.line,
        "priority": entry.priority,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "days": window.get("days", ""),
        "from": window.get("from", ""),
        "to": window.get("to", ""),
        "minimum": euros(tariff.minimum) if tariff.minimum else None,
        "maximum": None if tariff.maximum is None else euros(tariff.maximum),
    }


def _margin(why: Explanation) -> str | None:
    if why.deviation is None or not why.deviation.margin_ppm:
        return None
    return f"{Decimal(why.deviation.margin_ppm).scaleb(-4):f}"
