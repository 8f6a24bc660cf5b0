"""The words of the rating rules, followed literally: second by second, in fractions, entry by entry.

The engine here knows no cache, no schedule and no common case. It looks at each second (byte, piece) of the
usage by itself: which entry counts there, which step. What lies side by side with the same answer is a
segment, whose increments are counted; what is billed beyond its end is not looked at any more.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import Deviation, Deviations, NoRate, Usage, explain, rate
from services.cdr.domain.tariff import EURO, Entry, Step, Tariff
from tests.unit.cdr.builders import local
from tests.unit.cdr.reference import is_active, step_at
from tests.unit.cdr.test_rating_properties import MOMENTS, tariffs, windows

pytestmark = pytest.mark.feature("CDR-03")

ZONES = {"BE": "eu", "NO": "eu", "CH": "world", "GB": "world"}
PARTIES = ("+31612345678", "+31850001611", "+3220000012", "nl:112", "ext:201", "alpha:PostNL", "anon")
HEADS = ("", "mob:", "roam:BE:", "roam:eu:", "roam:world:", "mob:roam:eu:", "in:", "fwd:", "mob:roam:CH:in:")
TAILS = ("+", "+3", "+31", "+316", "+31612345678", "nl:", "ext:2", "alpha:", "anon")
DATA = ("data:", "data:BE", "data:eu", "data:world", "data:national", "data:NL", "mob:data:", "mob:data:eu")


def keys_of(usage: Usage) -> list[str]:
    """Under which keys a price may stand, the most specific first: the words at the top of rate_plan.py."""
    abroad = usage.roaming not in (None, "NL")
    zone = ZONES.get(usage.roaming or "", "")
    if usage.kind == "data":
        keys = [f"data:{usage.roaming}", f"data:{zone}"] if abroad else ["data:NL", "data:national"]
    else:
        keys = {"in": [f"in:{usage.receiver}"], "out": [f"{usage.receiver}"]}.get(
            usage.direction, [f"fwd:{usage.receiver}", f"{usage.receiver}"]
        )
        if abroad:
            keys = [f"roam:{where}:{key}" for where in (usage.roaming, zone) for key in keys]
    return [f"mob:{key}" for key in keys] + keys if usage.product == "mobile" else keys


def entry_at(plan: RatePlan, usage: Usage, second: int) -> Entry | None:
    moment = usage.start + (second if usage.kind == "voice" else 0)
    for key in keys_of(usage):
        active = [
            one
            for one in plan.entries
            if one.kind == usage.kind and key.startswith(one.prefix) and is_active(one, moment)
        ]
        if active:
            return max(active, key=lambda one: (len(one.prefix), one.priority))
    return None


def deviation_of(deviations: Deviations, usage: Usage, call_type: str) -> Deviation | None:
    for key in keys_of(usage):
        fitting = [p for kind, p in deviations.by_prefix if kind == usage.kind and key.startswith(p)]
        if fitting:
            return deviations.by_prefix[usage.kind, max(fitting, key=len)]
    for one in (deviations.by_call_type.get(call_type), deviations.otherwise):
        if one and (one.replacement is None or one.kind == usage.kind):
            return one
    return None


def price(usage: Usage, plan: RatePlan, deviations: Deviations) -> int | None:
    """Millionths of a euro; None for usage without a rate."""
    first = entry_at(plan, usage, 0)
    if first is None:
        return None
    deviation = deviation_of(deviations, usage, first.call_type or usage.call_type) or Deviation()
    replacement = deviation.replacement
    tariff = replacement or first.tariff
    cost = Fraction(tariff.connect_fee, EURO)
    at = cache(lambda second: _here(plan, usage, second, replacement))
    second = 0
    while second < usage.quantity:
        here = at(second)
        if here is None:
            return None
        end = second
        while end < usage.quantity and at(end) == here:
            end += 1
        step: Step = here[1]
        billed = ceil(Fraction(end - second, step.increment)) * step.increment
        cost += Fraction(step.rate, EURO) * billed / step.unit
        second += billed
    if usage.quantity == 0:
        return 0
    if tariff.maximum is not None:
        cost = min(cost, Fraction(tariff.maximum, EURO))
    cost = max(cost, Fraction(tariff.minimum, EURO))
    if tariff.maximum is not None:
        cost = min(cost, Fraction(tariff.maximum, EURO))
    cost *= 1 + Fraction(deviation.margin_ppm, 1_000_000)
    return int(floor(cost * 10**plan.precision + Fraction(1, 2)) * 10 ** (6 - plan.precision))


def _here(
    plan: RatePlan, usage: Usage, second: int, replacement: Tariff | None
) -> tuple[Entry | None, Step] | None:
    """The entry and the step at a second; a customer's own tariff holds whatever the entries say."""
    if replacement:
        return None, [step for step in replacement.steps if step.offset <= second][-1]
    entry = entry_at(plan, usage, second)
    return None if entry is None else (entry, step_at(entry, second))


def entries(kind: str, prefixes: tuple[str, ...]) -> st.SearchStrategy[tuple[Entry, ...]]:
    def numbered(drawn: list[Entry]) -> tuple[Entry, ...]:
        """Each of a priority of its own: they never contradict each other."""
        return tuple(
            Entry(
                one.kind,
                one.prefix,
                one.destination,
                one.tariff,
                one.call_type,
                one.valid_from,
                one.valid_to,
                one.window,
                n,
            )
            for n, one in enumerate(drawn)
        )

    one = st.builds(
        Entry,
        st.just(kind),
        st.sampled_from(prefixes),
        st.just("ergens"),
        tariffs(kind),
        st.none() | st.sampled_from(["other", "mobile"]),
        st.none() | st.just(date(2026, 7, 1)),
        st.none() | st.just(date(2026, 11, 22)),
        st.none() | windows(),
    )
    return st.lists(one, min_size=1, max_size=8).map(numbered)


def deviations_for(kind: str, prefixes: tuple[str, ...]) -> st.SearchStrategy[Deviations]:
    one = st.builds(
        lambda margin, tariff, plain: Deviation(margin) if plain else Deviation(margin, tariff, kind),
        st.sampled_from([0, -1_000_000, -125_000, 1, 333_333, 10_000_000]),
        tariffs(kind),
        st.booleans(),
    )
    foreign = st.just(Deviation(7, Tariff((Step(0, EURO, 1, 1),)), "sms" if kind != "sms" else "voice"))
    keys = st.tuples(st.just(kind), st.sampled_from(prefixes))
    types = st.sampled_from(["national", "mobile", "other"])
    return st.builds(
        Deviations,
        st.dictionaries(keys, one, max_size=2),
        st.dictionaries(types, one | foreign, max_size=2),
        st.none() | one | foreign,
    )


def usages(kind: str, most: int) -> st.SearchStrategy[Usage]:
    return st.builds(
        Usage,
        st.just(kind),
        st.sampled_from(["out", "in", "forward"]),
        st.none() if kind == "data" else st.sampled_from(PARTIES),
        st.builds(lambda around, by: local(around) + by, st.sampled_from(MOMENTS), st.integers(-120, 120)),
        st.integers(0, most),
        st.sampled_from(["national", "mobile", "other"]),
        st.sampled_from([None, None, "NL", *ZONES]),
        st.sampled_from(["telephony", "mobile"]),
    )


NUMBERS = tuple(f"{head}{tail}" for head in HEADS for tail in TAILS)
EVERYTHING = ("+", "nl:", "ext:", "alpha:", "anon", "in:", "roam:eu:", "roam:world:")


def check(usage: Usage, plan: RatePlan, deviations: Deviations) -> None:
    expected = price(usage, plan, deviations)
    if expected is None:
        for engine in (rate, explain):
            with pytest.raises(NoRate):
                engine(usage, plan, deviations)
        return
    explained = explain(usage, plan, deviations)
    assert rate(usage, plan, deviations) == explained.rated
    assert explained.rated.amount_micro == expected
    parts = [one.cost for one in explained.segments] + [change for _, change in explained.corrections]
    assert sum(parts, Fraction()) == Fraction(expected, 10**6)


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(0, 6), st.booleans())
def test_a_call(data: st.DataObject, precision: int, everywhere: bool) -> None:
    drawn = data.draw(entries("voice", NUMBERS))
    if everywhere:
        always = data.draw(st.lists(tariffs(), min_size=len(EVERYTHING), max_size=len(EVERYTHING)))
        drawn += tuple(
            Entry("voice", prefix, "overal", tariff, priority=-1)
            for prefix, tariff in zip(EVERYTHING, always, strict=True)
        )
    plan = RatePlan(drawn, precision)
    check(data.draw(usages("voice", 150)), plan, data.draw(deviations_for("voice", NUMBERS)))


@settings(max_examples=50, deadline=None)
@given(entries("data", DATA), usages("data", 400), st.integers(0, 6), deviations_for("data", DATA))
def test_data(drawn: tuple[Entry, ...], usage: Usage, precision: int, deviations: Deviations) -> None:
    check(usage, RatePlan(drawn, precision), deviations)


@settings(max_examples=50, deadline=None)
@given(entries("sms", NUMBERS), usages("sms", 100), st.integers(0, 6), deviations_for("sms", NUMBERS))
def test_messages(drawn: tuple[Entry, ...], usage: Usage, precision: int, deviations: Deviations) -> None:
    check(usage, RatePlan(drawn, precision), deviations)


@settings(max_examples=60, deadline=None)
@given(usages("voice", 3) | usages("data", 3) | usages("sms", 3))
def test_what_no_entry_is_for_is_never_free(usage: Usage) -> None:
    """However cheap everything else is, and whatever the customer has agreed."""
    free = Tariff((Step(0, 0, 1, 1),))
    elsewhere = [("voice", "+99"), ("sms", "+99"), ("data", "data:AQ"), ("voice", "mob:+99"), ("sms", "nl:9")]
    plan = RatePlan(tuple(Entry(kind, prefix, "elders", free) for kind, prefix in elsewhere))
    agreed = Deviations({}, {}, Deviation(-1_000_000, free, usage.kind))
    with pytest.raises(NoRate):
        rate(usage, plan, agreed)
