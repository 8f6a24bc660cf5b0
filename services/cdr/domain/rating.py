"""The price of usage by a rate plan, and why it is that price.

The longest prefix of which an entry is active counts; among its active entries the one of highest
priority; of that the step by offset into the call. A segment ends at the next step, where another
entry takes over (the edge of a time window), or with the call. It is billed in whole increments; what
is billed beyond its end consumes the seconds that follow. To the sum comes the connect fee of the
first segment's entry. Then minimum, maximum and the customer's deviation; then it is rounded, once,
half up, to the plan's precision. Usage of zero seconds, bytes or pieces costs 0.

Decisions where the rule leaves room:
- minimum and maximum are those of the first segment's entry;
- data and SMS have no course in time: the entry is the one that is active at their start;
- a customer's replacement tariff holds for the whole call, whatever the windows of the plan say;
- a call that is partly outside every entry has no price at all: NoRate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from services.cdr.domain.dutch_numbers import named_from
from services.cdr.domain.rate_plan import TELEPHONY, Match, RatePlan, lookup_keys, names
from services.cdr.domain.tariff import BASE, EURO, Entry, Step, Tariff

MICRO_DECIMALS = 6


class Usage(Struct, frozen=True, gc=False):
    """What is rated. `receiver` in our notation (None for data), `start` in epoch seconds (UTC, rounded
    down), `quantity` in seconds, bytes or pieces, `call_type` by classification, `roaming` the country
    code when the mobile was abroad, `product` what the number that pays is for (rate_plan.MOBILE)."""

    kind: str
    direction: str
    receiver: str | None
    start: int
    quantity: int
    call_type: str
    roaming: str | None = None
    product: str = TELEPHONY


class RatedUsage(Struct, frozen=True, gc=False):
    """The price in millionths of a euro ex VAT, a multiple of the plan's precision, and what decided it."""

    amount_micro: int
    call_type: str
    destination: str
    prefix: str


class NoRate(LookupError):
    """No entry of the plan fits: the usage is not free, it waits until there is one."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """What a customer pays other than the plan says: `replacement` instead of the plan's tariff, then
    `margin_ppm` millionths more, or less (-100_000 is 10 % off). A replacement is a price per unit of one
    `kind` and holds for no other; without one, the deviation is for any kind."""

    margin_ppm: int = 0
    replacement: Tariff | None = None
    kind: str = "voice"

    def __post_init__(self) -> None:
        if not -1_000_000 <= self.margin_ppm <= 10_000_000:
            raise ValueError("a margin is between -100 % and +1000 %")
        if self.replacement and any(BASE[self.kind] % step.unit for step in self.replacement.steps):
            raise ValueError(f"a unit of kind {self.kind} must divide {BASE[self.kind]}")

    def is_for(self, kind: str) -> bool:
        return self.replacement is None or self.kind == kind


@dataclass(frozen=True)
class Deviations:
    """A customer's deviations by prefix and kind, by call type, and for everything. The longest prefix
    goes before the call type, and that before everything; they never add up."""

    by_prefix: dict[tuple[str, str], Deviation]
    by_call_type: dict[str, Deviation]
    otherwise: Deviation | None = None

    def find(self, usage: Usage, call_type: str) -> Deviation | None:
        keys = lookup_keys(usage.kind, usage.direction, usage.receiver, usage.roaming, usage.product)
        named = named_from(usage.receiver or "", usage.kind) if usage.direction != "in" else ""
        for key in keys:
            for length in range(len(key), 0, -1):
                if (usage.kind, key[:length]) in self.by_prefix and names(key[:length], named):
                    return self.by_prefix[usage.kind, key[:length]]
        candidates = (self.by_call_type.get(call_type), self.otherwise)
        return next((one for one in candidates if one is not None and one.is_for(usage.kind)), None)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the usage at one price: `quantity` of it was used from `offset` on, `billed` is
    charged at the rate of `step`; `fee` is the connect fee (first segment only). Costs in euro."""

    offset: int
    quantity: int
    billed: int
    entry: Entry
    step: Step
    fee: Fraction
    cost: Fraction


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why usage has its price. The costs of the segments (fee included) and the corrections
    ("minimum", "maximum", "deviation", "rounding": euros up or down) add up to the amount exactly."""

    rated: RatedUsage
    segments: tuple[Segment, ...]
    corrections: tuple[tuple[str, Fraction], ...]
    deviation: Deviation | None = None

    @property
    def amount(self) -> Fraction:
        """The price in euro."""
        return Fraction(self.rated.amount_micro, 10**MICRO_DECIMALS)


def rate(usage: Usage, plan: RatePlan, deviations: Deviations | None = None) -> RatedUsage:
    """The price of usage by a plan and the customer's deviations. Raises NoRate when none fits."""
    match = plan.match(usage.kind, usage.direction, usage.receiver, usage.roaming, usage.product)
    start, quantity = usage.start, usage.quantity
    first, until = match.at(start)
    if first is None:
        raise _no_rate(usage, 0)
    entry = first.entry
    call_type = entry.call_type or usage.call_type
    deviation = None if deviations is None else deviations.find(usage, call_type)
    if not quantity:
        amount = 0
    elif deviation is None and first.single and (start + quantity <= until or usage.kind != "voice"):
        # The common call, worked out in one go; _priced would say the same.
        cost = -(-quantity // first.increment) * first.increment * first.price + first.fee
        cost = min(max(cost, first.minimum), first.maximum)
        amount = _round(cost, _grain(usage.kind, plan.precision), plan.precision)
    else:
        amount = _priced(usage, plan, match, entry, deviation)
    return RatedUsage(amount, call_type, entry.destination, entry.prefix)


def _priced(usage: Usage, plan: RatePlan, match: Match, first: Entry, deviation: Deviation | None) -> int:
    base, tariff, margin = BASE[usage.kind], first.tariff, 0
    if deviation:
        tariff, margin = deviation.replacement or tariff, deviation.margin_ppm
    cost = tariff.connect_fee * base
    for _, step, _, _, billed in _course(usage, match, deviation):
        cost += billed * step.rate * (base // step.unit)
    cost = max(cost, tariff.minimum * base)
    if tariff.maximum is not None:
        cost = min(cost, tariff.maximum * base)
    grain = _grain(usage.kind, plan.precision)
    return _round(cost * (1_000_000 + margin), grain * 1_000_000, plan.precision)


@lru_cache(maxsize=64)
def _grain(kind: str, precision: int) -> int:
    """The smallest amount a price is rounded to, as a numerator over BASE[kind] picoeuro."""
    return int(BASE[kind] * EURO // 10**precision)


def _round(cost: int, grain: int, precision: int) -> int:
    """Half up to whole grains, as millionths of a euro."""
    return (2 * cost + grain) // (2 * grain) * int(10 ** (MICRO_DECIMALS - precision))


def _no_rate(usage: Usage, offset: int) -> NoRate:
    target = usage.receiver or usage.roaming or "NL"
    return NoRate(f"no rate for {usage.kind} {usage.direction} to {target} at offset {offset}")


def _entry_at(match: Match, usage: Usage, offset: int) -> tuple[Entry, int]:
    """(the entry that counts at an offset, the offset up to which it does)."""
    if usage.kind != "voice":
        offset, end = 0, usage.quantity
        chosen = match.at(usage.start)[0]
    else:
        chosen, edge = match.at(usage.start + offset)
        while edge < usage.start + usage.quantity and match.at(edge)[0] is chosen:
            edge = match.at(edge)[1]
        end = edge - usage.start
    if chosen is None:
        raise _no_rate(usage, offset)
    return chosen.entry, end


def _course(
    usage: Usage, match: Match, deviation: Deviation | None
) -> Iterator[tuple[Entry, Step, int, int, int]]:
    """(entry, step, offset, end, billed) of each segment in order."""
    replacement = deviation.replacement if deviation else None
    offset = 0
    while offset < usage.quantity:
        entry, end = _entry_at(match, usage, 0 if replacement else offset)
        steps = (replacement or entry.tariff).steps
        if replacement:
            end = usage.quantity
        step = steps[0]
        for candidate in steps:
            if candidate.offset > offset:
                end = min(end, candidate.offset)
                break
            step = candidate
        end = min(end, usage.quantity)
        billed = -(-(end - offset) // step.increment) * step.increment
        yield entry, step, offset, end, billed
        offset += billed


def explain(usage: Usage, plan: RatePlan, deviations: Deviations | None = None) -> Explanation:
    """The same price as `rate`, with every step that led to it. Raises NoRate when none fits."""
    match = plan.match(usage.kind, usage.direction, usage.receiver, usage.roaming, usage.product)
    rated = rate(usage, plan, deviations)
    deviation = deviations.find(usage, rated.call_type) if deviations else None
    if not usage.quantity:
        return Explanation(rated, (), (), deviation)
    tariff = _entry_at(match, usage, 0)[0].tariff
    if deviation and deviation.replacement:
        tariff = deviation.replacement
    segments: list[Segment] = []
    for entry, step, offset, end, billed in _course(usage, match, deviation):
        fee = Fraction(0 if segments else tariff.connect_fee, EURO)
        cost = Fraction(step.rate * billed, EURO * step.unit) + fee
        segments.append(Segment(offset, end - offset, billed, entry, step, fee, cost))
    corrections = _corrections(sum((s.cost for s in segments), Fraction()), tariff, deviation, rated)
    return Explanation(rated, tuple(segments), corrections, deviation)


def _corrections(
    cost: Fraction, tariff: Tariff, deviation: Deviation | None, rated: RatedUsage
) -> tuple[tuple[str, Fraction], ...]:
    """What leads from the segments' cost to the amount; steps that change nothing are left out."""
    raised = max(cost, Fraction(tariff.minimum, EURO))
    capped = raised if tariff.maximum is None else min(raised, Fraction(tariff.maximum, EURO))
    deviated = capped * (1_000_000 + (deviation.margin_ppm if deviation else 0)) / 1_000_000
    amount = Fraction(rated.amount_micro, 10**MICRO_DECIMALS)
    changes = (
        ("minimum", raised - cost),
        ("maximum", capped - raised),
        ("deviation", deviated - capped),
        ("rounding", amount - deviated),
    )
    return tuple((name, change) for name, change in changes if change)
