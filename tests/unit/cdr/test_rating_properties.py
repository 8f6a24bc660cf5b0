"""What holds for every plan and every call, tried with plans nobody would write by hand."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.rate_plan import RatePlan, lookup_keys
from services.cdr.domain.rating import Deviation, Deviations, NoRate, Usage, explain, rate
from services.cdr.domain.tariff import BASE, EURO, Entry, Step, Tariff, Window
from tests.unit.cdr import reference
from tests.unit.cdr.builders import local

pytestmark = pytest.mark.feature("CDR-03")

PREFIXES = ["+", "+3", "+31", "+316", "+3161", "+31612345678", "+32", "fwd:+31", "fwd:", "nl:1", "nl:"]
RECEIVERS = ["+31612345678", "+31687654321", "+31850001611", "+3220000012", "nl:112", "nl:14020", "ext:201"]
MOMENTS = [
    "2026-03-29 01:59:30",  # the clock goes forward: 2:00 becomes 3:00
    "2026-10-25 01:58:00",  # the clock goes back: 3:00 becomes 2:00
    "2026-04-26 23:59:50",  # the night before King's Day
    "2026-04-27 18:59:50",
    "2026-06-30 23:59:59",
    "2026-11-20 07:59:59",
    "2026-11-22 23:59:00",
    "2026-01-01 00:00:00",
]

picoeuros = st.one_of(st.integers(0, 3 * EURO), st.sampled_from([0, EURO // 100, 83_333_333_333, 1]))


@st.composite
def tariffs(draw: st.DrawFn, kind: str = "voice") -> Tariff:
    units = {"voice": [1, 60, 3600, 12], "data": [1, 1000, 10**6, 2**20], "sms": [1]}[kind]
    increments = [1, 6, 7, 30, 60, 61, 600]
    offsets = [0, *sorted(draw(st.sets(st.integers(1, 600), max_size=3)))]
    rows = [
        Step(offset, draw(picoeuros), draw(st.sampled_from(units)), draw(st.sampled_from(increments)))
        for offset in offsets
    ]
    most = draw(st.none() | picoeuros)
    return Tariff(tuple(rows), draw(picoeuros), draw(st.just(0) | picoeuros), most)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    edges = sorted(
        draw(
            st.sets(
                st.sampled_from([0, 7200, 9000, 10_800, 28_800, 68_400, 86_399, 86_400]),
                min_size=2,
                max_size=2,
            )
        )
    )
    days = draw(st.frozensets(st.integers(0, 6)))
    return Window(days, draw(st.booleans()), edges[0], edges[1])


@st.composite
def plans(draw: st.DrawFn, always: bool = False) -> RatePlan:
    entries = [
        Entry(
            "voice",
            draw(st.sampled_from(PREFIXES)),
            f"entry {priority}",
            draw(tariffs()),
            valid_from=draw(st.none() | st.just(date(2026, 7, 1))),
            valid_to=draw(st.none() | st.just(date(2026, 11, 22))),
            window=draw(st.none() | windows()),
            priority=priority,
        )
        for priority in range(1, draw(st.integers(1, 6)))
    ]
    if always:
        entries += [Entry("voice", prefix, "always", draw(tariffs())) for prefix in ("+", "nl:", "ext:")]
    return RatePlan(tuple(entries), draw(st.integers(0, 6)))


@st.composite
def calls(draw: st.DrawFn, seconds: int = 1_200) -> Usage:
    around = local(draw(st.sampled_from(MOMENTS)))
    start = around + draw(st.integers(-4_000, 4_000))
    receiver = draw(st.sampled_from(RECEIVERS))
    return Usage(
        "voice",
        draw(st.sampled_from(["out", "forward"])),
        receiver,
        start,
        draw(st.integers(0, seconds)),
        "national",
    )


@settings(max_examples=150, deadline=None)
@given(plans(), calls())
def test_the_price_is_that_of_the_plainest_engine(plan: RatePlan, usage: Usage) -> None:
    expected = reference.price(usage, plan)
    if expected is None:
        with pytest.raises(NoRate):
            rate(usage, plan)
    else:
        assert rate(usage, plan).amount_micro == expected


@settings(max_examples=150, deadline=None)
@given(
    plans(always=True),
    calls(),
    st.none() | st.builds(Deviation, st.integers(-1_000_000, 10_000_000), st.none() | tariffs()),
)
def test_the_explanation_adds_up_to_the_price(
    plan: RatePlan, usage: Usage, deviation: Deviation | None
) -> None:
    deviations = Deviations({}, {}, deviation) if deviation else None
    explained = explain(usage, plan, deviations)
    assert explained.rated == rate(usage, plan, deviations)
    segments = explained.segments
    parts = [segment.cost for segment in segments] + [change for _, change in explained.corrections]
    assert sum(parts, Fraction()) == explained.amount >= 0
    for segment, following in zip(segments, segments[1:], strict=False):
        assert following.offset == segment.offset + segment.billed
        assert segment.quantity <= segment.billed < segment.quantity + segment.step.increment
    assert all(not segment.fee for segment in segments[1:])
    if segments:
        assert segments[-1].offset < usage.quantity <= segments[-1].offset + segments[-1].billed


@settings(max_examples=60, deadline=None)
@given(plans(always=True), calls(), st.integers(0, 2_000))
def test_talking_longer_never_costs_less(plan: RatePlan, usage: Usage, more: int) -> None:
    longer = Usage(
        usage.kind, usage.direction, usage.receiver, usage.start, usage.quantity + more, usage.call_type
    )
    assert 0 <= rate(usage, plan).amount_micro <= rate(longer, plan).amount_micro


@settings(max_examples=100, deadline=None)
@given(tariffs("data"), st.integers(0, 10_000))
def test_data_goes_by_the_plainest_engine_too(rates: Tariff, volume: int) -> None:
    plan = RatePlan((Entry("data", "data:", "data", rates),), 6)
    usage = Usage("data", "out", "data:NL", local("2026-11-20 12:00:00"), volume, "data_national")
    expected = reference.price(usage, plan)
    assert (
        rate(Usage("data", "out", None, usage.start, volume, "data_national"), plan).amount_micro == expected
    )


@settings(max_examples=200, deadline=None)
@given(
    # The bare 31 is left out: it prices no Dutch number with a class of its own (test_classification.py).
    st.lists(
        st.text("0123456", max_size=5).filter(lambda p: p not in ("", "3", "31")), unique=True, max_size=30
    ),
    st.text("0123456", min_size=1, max_size=8),
)
def test_the_longest_prefix_is_found(prefixes: list[str], digits: str) -> None:
    free = Tariff((Step(0, 0, 60, 1),))
    plan = RatePlan(tuple(Entry("voice", f"+{prefix}", prefix, free) for prefix in prefixes))
    fitting = [prefix for prefix in prefixes if digits.startswith(prefix)]
    usage = Usage("voice", "out", f"+{digits}", 0, 1, "other")
    if fitting:
        assert rate(usage, plan).prefix == "+" + max(fitting, key=len)
    else:
        with pytest.raises(NoRate):
            rate(usage, plan)


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(0, 86_400), st.sampled_from(MOMENTS))
def test_a_kept_day_says_what_the_entries_say(plan: RatePlan, offset: int, moment: str) -> None:
    start = local(moment) + offset
    for receiver in RECEIVERS:
        usage = Usage("voice", "out", receiver, start, 1, "other")
        match = plan.match("voice", "out", receiver, None)
        chosen, until = match.at(start)
        assert (chosen.entry if chosen else None) == reference.entry_for(plan, usage, start)
        last = reference.entry_for(plan, usage, min(until, start + 90_000) - 1)
        assert (chosen.entry if chosen else None) == last


def test_bases_hold_every_unit_of_the_plan_files() -> None:
    assert all(BASE["data"] % unit == 0 for unit in (1, 10**3, 10**6, 10**9, 2**10, 2**20, 2**30))
    assert all(BASE["voice"] % unit == 0 for unit in (1, 6, 10, 12, 30, 60, 3600))


@pytest.mark.parametrize(
    ("usage", "keys"),
    [
        (("voice", "out", "+3161", None), ("+3161",)),
        (("voice", "forward", "+3161", None), ("fwd:+3161", "+3161")),
        (("voice", "in", "+3185", None), ("in:+3185",)),
        (("voice", "out", "+3161", "NL"), ("+3161",)),
        (("sms", "out", "+3161", "BE"), ("roam:BE:+3161", "roam:eu:+3161")),
        (("voice", "in", "+3161", "US"), ("roam:US:in:+3161", "roam:world:in:+3161")),
        (("data", "out", None, None), ("data:NL", "data:national")),
        (("data", "out", None, "NO"), ("data:NO", "data:eu")),
        (("data", "out", None, "GB"), ("data:GB", "data:world")),
        (("voice", "out", "+3161", None, "telephony"), ("+3161",)),
        (("voice", "forward", "+3161", None, "mobile"), ("mob:fwd:+3161", "mob:+3161", "fwd:+3161", "+3161")),
        (
            ("data", "out", None, None, "mobile"),
            ("mob:data:NL", "mob:data:national", "data:NL", "data:national"),
        ),
    ],
)
def test_where_a_price_is_looked_for(usage: tuple[Any, ...], keys: tuple[str, ...]) -> None:
    assert lookup_keys(*usage) == keys
