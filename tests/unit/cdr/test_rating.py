"""What calls cost: every table row is a call and the price it becomes."""

from dataclasses import FrozenInstanceError, replace
from datetime import date
from fractions import Fraction

import pytest

from services.cdr.domain.rate_plan import PlanConflict, RatePlan
from services.cdr.domain.rating import Deviation, Deviations, NoRate, Usage, explain, rate
from services.cdr.domain.tariff import Entry, Step, Tariff
from tests.unit.cdr.builders import MON_FRI, NEVER, call, euro, hours, local, per_minute, tariff, voice

pytestmark = pytest.mark.feature("CDR-03")


def cost(entry_tariff: Tariff, seconds: int, precision: int = 4) -> int:
    plan = RatePlan((voice("+31", entry_tariff),), precision)
    return rate(call("+31850001611", seconds), plan).amount_micro


@pytest.mark.parametrize(
    ("what", "rates", "seconds", "micro"),
    [
        ("1/1: every second", per_minute("0.06"), 61, 61_000),
        ("60/60: whole minutes", per_minute("0.06", 60), 61, 120_000),
        ("60/60: exactly a minute", per_minute("0.06", 60), 60, 60_000),
        ("60/6: a minute, then per 6 s", tariff((0, "0.06", 60, 60), (60, "0.06", 60, 6)), 61, 66_000),
        ("60/6: within the minute", tariff((0, "0.06", 60, 60), (60, "0.06", 60, 6)), 3, 60_000),
        ("7/7: any increment", per_minute("0.06", 7), 15, 21_000),
        ("per hour", tariff((0, "3.60", 3600, 1)), 10, 10_000),
        ("connect fee", per_minute("0.06", fee="0.05"), 60, 110_000),
        ("zero seconds cost nothing", per_minute("0.06", 60, fee="0.05", least="0.10"), 0, 0),
        ("minimum", per_minute("0.06", least="0.10"), 1, 100_000),
        ("minimum counts the fee", per_minute("0.06", fee="0.09", least="0.10"), 20, 110_000),
        ("maximum", per_minute("0.90", fee="0.05", most="1.00"), 600, 1_000_000),
        ("below the maximum", per_minute("0.90", most="1.00"), 60, 900_000),
        ("free seconds, within", tariff((0, "0", 60, 1), (30, "0.06", 60, 1)), 30, 0),
        ("free seconds, beyond", tariff((0, "0", 60, 1), (30, "0.06", 60, 1)), 40, 10_000),
        ("free but for the fee", per_minute("0", fee="0.0455"), 1, 45_500),
        ("cheaper after ten minutes", tariff((0, "0.06", 60, 1), (600, "0.03", 60, 1)), 660, 630_000),
        ("overshoot eats free seconds", tariff((0, "0.06", 60, 60), (90, "0", 60, 1)), 119, 120_000),
        (
            "overshoot passes a short step",
            tariff((0, "0.06", 60, 60), (30, "6", 60, 1), (50, "0", 60, 1)),
            70,
            60_000,
        ),
        ("rounded once: 20 s of 0.0001", per_minute("0.0001"), 20, 0),
        ("half is rounded up", per_minute("0.0001"), 30, 100),
        ("more digits than a millionth", per_minute("0.0833333"), 60, 83_300),
        ("12 decimals are exact", tariff((0, "0.000050000001", 1, 1)), 1, 100),
        ("just below the half", tariff((0, "0.000049999999", 1, 1)), 1, 0),
    ],
)
def test_a_call_costs(what: str, rates: Tariff, seconds: int, micro: int) -> None:
    assert cost(rates, seconds) == micro, what


@pytest.mark.parametrize(
    ("precision", "micro"),
    [(0, 1_000_000), (1, 500_000), (2, 550_000), (3, 547_000), (4, 546_700), (6, 546_667)],
)
def test_rounding_is_half_up_to_the_plans_precision(precision: int, micro: int) -> None:
    assert cost(per_minute("0.82"), 40, precision) == micro


PEAK = RatePlan(
    (
        voice("+31", per_minute("0.02", fee="0.01"), "dal"),
        voice("+31", per_minute("0.05", 60, fee="0.03"), "piek", window=hours(8, 19, MON_FRI), priority=10),
        voice("+31", per_minute("0.01"), "feestdag", window=hours(0, 24, NEVER, holidays=True), priority=20),
        voice("+316", per_minute("0.10"), "mobiel"),
        voice("+3120", per_minute("0.09"), "oud", valid_to=date(2026, 6, 30)),
        voice("+3120", per_minute("0.07"), "nieuw", valid_from=date(2026, 12, 1)),
        voice("fwd:", per_minute("0.03"), "doorgeschakeld"),
        voice("in:+31800", per_minute("0.04"), "eigen 0800"),
        voice("in:", per_minute("0"), "inkomend"),
        voice("roam:BE:+31", per_minute("0.08"), "vanuit België"),
        voice("roam:eu:+", per_minute("0.19"), "vanuit de EU"),
        voice("roam:world:in:", per_minute("1.00", 60), "gebeld worden buiten de EU"),
        voice("nl:", per_minute("0"), "kort nummer", call_type="other"),
        voice("mob:+31", per_minute("0"), "mobiel, in de bundel"),
        voice("mob:fwd:", per_minute("0.02"), "doorgeschakeld door een mobiel"),
        Entry("sms", "+", "sms", tariff((0, "0.06", 1, 1))),
        Entry("data", "data:national", "data", tariff((0, "0.004", 10**6, 10_000))),
        Entry("data", "data:eu", "data EU", tariff((0, "0.01", 10**6, 1))),
        Entry(
            "data",
            "data:CH",
            "data Zwitserland",
            tariff((0, "0", 2**20, 1), (5 * 2**20, "1.28", 2**20, 2**10)),
        ),
    )
)


@pytest.mark.parametrize(
    ("what", "usage", "destination", "micro"),
    [
        ("peak on a Friday", call("+31850001611", 61, "2026-11-20 12:00:00"), "piek", 130_000),
        ("off-peak on a Saturday", call("+31850001611", 60, "2026-11-21 12:00:00"), "dal", 30_000),
        ("peak begins", call("+31850001611", 60, "2026-11-20 08:00:00"), "piek", 80_000),
        ("a second before", call("+31850001611", 1, "2026-11-20 07:59:59"), "dal", 10_300),
        ("a holiday on a weekday", call("+31850001611", 60, "2026-04-27 12:00:00"), "feestdag", 10_000),
        ("Good Friday is no holiday", call("+31850001611", 60, "2026-04-03 12:00:00"), "piek", 80_000),
        ("out of peak at 19:00", call("+31850001611", 120, "2026-11-20 18:59:00"), "piek", 100_000),
        ("into peak: the fee is the first's", call("+31850001611", 61, "2026-11-20 07:59:00"), "dal", 80_000),
        ("overshoot over the edge", call("+31850001611", 60, "2026-11-20 18:59:30"), "piek", 80_000),
        ("the longest prefix", call("+31612345678", 60), "mobiel", 100_000),
        ("on the last valid day", call("+31201234567", 60, "2026-06-30 23:00:00"), "oud", 90_000),
        (
            "between validities: shorter prefix",
            call("+31201234567", 60, "2026-11-20 12:00:00"),
            "piek",
            80_000,
        ),
        ("on the first valid day", call("+31201234567", 60, "2026-12-01 00:00:00"), "nieuw", 70_000),
        ("validity ends in the call", call("+31201234567", 120, "2026-06-30 23:59:00"), "oud", 110_000),
        ("forwarded", call("+31612345678", 60, direction="forward"), "doorgeschakeld", 30_000),
        ("incoming is free", call("+31850001611", 60, direction="in"), "inkomend", 0),
        ("incoming on an own 0800", call("+318000000", 60, direction="in"), "eigen 0800", 40_000),
        ("roaming in a named country", call("+31850001611", 60, roaming="BE"), "vanuit België", 80_000),
        ("roaming there, to elsewhere", call("+4930123456", 60, roaming="BE"), "vanuit de EU", 190_000),
        ("roaming in the EU", call("+31850001611", 60, roaming="FR"), "vanuit de EU", 190_000),
        ("roaming at home", call("+31612345678", 60, roaming="NL"), "mobiel", 100_000),
        (
            "called while in the USA",
            call("+31612345678", 61, roaming="US", direction="in"),
            *("gebeld worden buiten de EU", 2_000_000),
        ),
        ("a mobile within the bundle", call("+31612345678", 60, product="mobile"), "mobiel, in de bundel", 0),
        (
            "a mobile forwards",
            call("+31612345678", 60, product="mobile", direction="forward"),
            "doorgeschakeld door een mobiel",
            20_000,
        ),
        (
            "a mobile abroad",
            call("+31612345678", 60, product="mobile", roaming="BE"),
            "vanuit België",
            80_000,
        ),
        ("a mobile to a short number", call("nl:1233", 60, product="mobile"), "kort nummer", 0),
        ("messages", Usage("sms", "out", "+31612345678", 0, 3, "sms"), "sms", 180_000),
        ("data at home", Usage("data", "out", None, 0, 1_234_567, "data_national"), "data", 5_000),
        ("data in France", Usage("data", "out", None, 0, 1_000_000, "data_eu", "FR"), "data EU", 10_000),
        ("free MiBs", Usage("data", "out", None, 0, 5 * 2**20, "data_world", "CH"), "data Zwitserland", 0),
        (
            "a byte more",
            Usage("data", "out", None, 0, 5 * 2**20 + 1, "data_world", "CH"),
            "data Zwitserland",
            1_300,
        ),
    ],
)
def test_usage_finds_its_rate(what: str, usage: Usage, destination: str, micro: int) -> None:
    rated = rate(usage, PEAK)
    assert (rated.destination, rated.amount_micro) == (destination, micro), what


def test_the_entry_says_prefix_and_may_override_the_call_type() -> None:
    assert rate(call("nl:112", 30, call_type="emergency"), PEAK).call_type == "other"
    rated = rate(call("+31612345678", 30, call_type="mobile"), PEAK)
    assert (rated.call_type, rated.prefix) == ("mobile", "+316")


@pytest.mark.parametrize(
    "usage",
    [
        call("+4930123456", 60),
        call("+4930123456", 0),
        call("ext:201", 60),
        call("anon", 60),
        Usage("data", "out", None, 0, 1, "data_world", "US"),
        Usage("sms", "out", "nl:3010", 0, 1, "sms_premium"),
        call("+31850001611", 60, roaming="US"),
    ],
)
def test_what_no_rate_fits_is_not_free_but_waits(usage: Usage) -> None:
    with pytest.raises(NoRate, match="no rate for"):
        rate(usage, PEAK)
    with pytest.raises(NoRate):
        explain(usage, PEAK)


def test_a_call_that_runs_out_of_every_window_has_no_price() -> None:
    plan = RatePlan((voice("+31", per_minute("0.05"), window=hours(8, 19)),))
    rate(call("+31850001611", 60, "2026-11-20 18:59:00"), plan)
    with pytest.raises(NoRate, match="at offset 60"):
        rate(call("+31850001611", 61, "2026-11-20 18:59:00"), plan)


@pytest.mark.parametrize(
    "rates", [tariff((0, "1", 10**6, 1)), tariff((0, "1", 10**6, 1), (10, "1", 10**6, 1))]
)
def test_data_has_the_rate_of_its_start_however_much_it_is(rates: Tariff) -> None:
    peak = Entry("data", "data:", "piek", rates, window=hours(8, 19), priority=1)
    off_peak = Entry("data", "data:", "dal", tariff((0, "0", 10**6, 1)))
    usage = Usage("data", "out", None, local("2026-11-20 18:59:59"), 10**6, "data_national")
    plan = RatePlan((peak, off_peak))
    assert rate(usage, plan).amount_micro == 1_000_000
    assert {segment.entry.destination for segment in explain(usage, plan).segments} == {"piek"}


def test_the_explanation_tells_each_stretch_and_what_was_corrected() -> None:
    usage = call("+31850001611", 90, "2026-11-20 18:59:30")
    explained = explain(usage, PEAK)
    first, second = explained.segments
    assert (first.entry.destination, first.offset, first.quantity, first.billed) == ("piek", 0, 30, 60)
    assert (first.fee, first.cost) == (Fraction("0.03"), Fraction("0.08"))
    assert (second.entry.destination, second.offset, second.quantity, second.billed) == ("dal", 60, 30, 30)
    assert (second.fee, second.cost) == (Fraction(0), Fraction("0.01"))
    assert explained.corrections == ()
    assert explained.amount == Fraction("0.09")


def test_the_explanation_names_minimum_maximum_deviation_and_rounding() -> None:
    plan = RatePlan((voice("+31", per_minute("0.0333", least="1", most="1")),))
    deviations = Deviations({}, {}, Deviation(margin_ppm=-333_333))
    explained = explain(call("+31850001611", 1), plan, deviations)
    assert dict(explained.corrections) == {
        "minimum": Fraction("0.999445"),
        "deviation": Fraction("-0.333333"),
        "rounding": Fraction("0.000033"),
    }
    capped = explain(call("+31850001611", 3600), plan)
    assert dict(capped.corrections) == {"maximum": Fraction("-0.998")}


def test_a_zero_call_is_explained_by_nothing() -> None:
    explained = explain(call("+31850001611", 0), PEAK)
    assert explained.amount == 0
    assert not explained.segments
    assert not explained.corrections


DEVIATIONS = Deviations(
    by_prefix={
        ("voice", "+31"): Deviation(margin_ppm=-500_000),
        ("voice", "+316"): Deviation(replacement=per_minute("0.01", 60, fee="0.02")),
        ("voice", "roam:BE:"): Deviation(margin_ppm=1_000_000),
    },
    by_call_type={"sms": Deviation(replacement=tariff((0, "0.05", 1, 1)), margin_ppm=200_000, kind="sms")},
    otherwise=Deviation(margin_ppm=100_000),
)


@pytest.mark.parametrize(
    ("what", "usage", "micro"),
    [
        ("half price on a prefix", call("+31850001611", 60), 40_000),
        ("another tariff on a longer prefix", call("+31612345678", 61), 40_000),
        ("double while roaming", call("+31850001611", 60, roaming="BE"), 160_000),
        ("tariff, then margin, by type", Usage("sms", "out", "+31612345678", 0, 1, "sms"), 60_000),
        ("ten per cent on the rest", Usage("data", "out", None, 0, 10**6, "data_national"), 4_400),
        ("zero stays zero", call("+31612345678", 0), 0),
    ],
)
def test_a_customer_deviates(what: str, usage: Usage, micro: int) -> None:
    assert rate(usage, PEAK, DEVIATIONS).amount_micro == micro, what


def test_a_replacement_ignores_the_windows_of_the_plan() -> None:
    deviations = Deviations({("voice", "+31"): Deviation(replacement=per_minute("0.06", 60))}, {})
    usage = call("+31850001611", 61, "2026-11-20 18:59:30")
    assert rate(usage, PEAK, deviations).amount_micro == 120_000
    assert [segment.billed for segment in explain(usage, PEAK, deviations).segments] == [120]


def test_a_replacement_holds_for_the_whole_call_also_where_the_plan_stops() -> None:
    """However many steps it has: the plan is asked at the start of the call alone."""
    until_seven = RatePlan((voice("+31", per_minute("0.10"), window=hours(8, 19)),))
    usage = call("+31850001611", 120, "2026-11-20 18:59:30")
    for steps in (((0, "0.06", 60, 1),), ((0, "0.06", 60, 60), (60, "0.06", 60, 1))):
        deviations = Deviations({}, {}, Deviation(replacement=tariff(*steps)))
        assert rate(usage, until_seven, deviations).amount_micro == 120_000
    with pytest.raises(NoRate):
        rate(call("+31850001611", 120, "2026-11-20 19:00:00"), until_seven, deviations)


def test_without_a_fitting_deviation_the_plan_counts() -> None:
    deviations = Deviations({("sms", "+31"): Deviation(margin_ppm=1)}, {})
    usage = call("+31612345678", 60)
    assert rate(usage, PEAK, deviations) == rate(usage, PEAK)


@pytest.mark.parametrize("margin", [-1_000_001, 10_000_001])
def test_absurd_margins_are_refused(margin: int) -> None:
    with pytest.raises(ValueError, match="margin"):
        Deviation(margin_ppm=margin)


def test_an_ambiguous_plan_does_not_exist() -> None:
    peak = voice("+31", per_minute("0.05"), window=hours(8, 19), line=2)
    with pytest.raises(PlanConflict, match="same moment") as conflict:
        RatePlan((peak, voice("+31", per_minute("0.02"), line=3)))
    assert (conflict.value.first.line, conflict.value.second.line) == (2, 3)


@pytest.mark.parametrize(
    ("what", "second", "ambiguous"),
    [
        ("other hours", {"window": hours(19, 24)}, False),
        ("touching hours overlap by one", {"window": hours(18, 24)}, True),
        ("a holiday can be a weekday", {"window": hours(9, 10, NEVER, holidays=True)}, True),
        ("other days", {"window": hours(8, 19, [5, 6])}, False),
        ("higher priority", {"priority": 1}, False),
        ("later validity", {"valid_from": date(2027, 1, 1)}, False),
        ("the same day in both validities", {"valid_from": date(2026, 12, 31)}, True),
        ("other prefix", {"prefix": "+32"}, False),
        ("other kind", {"kind": "sms", "tariff": tariff((0, "1", 1, 1))}, False),
    ],
)
def test_entries_conflict_when_both_may_count(what: str, second: dict[str, object], ambiguous: bool) -> None:
    first = voice("+31", per_minute("0.05"), window=hours(8, 19, MON_FRI), valid_to=date(2026, 12, 31))
    other = replace(replace(first, valid_to=None), **second)  # type: ignore[arg-type]
    assert first.conflicts(other) is ambiguous, what
    assert other.conflicts(first) is ambiguous, what


def test_plans_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PEAK.precision = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        PEAK.entries[0].tariff.connect_fee = 0  # type: ignore[misc]


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Step(1, 0, 60, 1),),
        (Step(0, 0, 60, 1), Step(0, 0, 60, 1)),
        (Step(0, -1, 60, 1),),
        (Step(0, 0, 60, 0),),
    ],
)
def test_a_tariff_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError):
        Tariff(steps)


def test_units_divide_what_amounts_are_kept_in() -> None:
    with pytest.raises(ValueError, match="must divide"):
        voice("+31", tariff((0, "1", 7, 1)))
    with pytest.raises(ValueError, match="precision"):
        RatePlan((), precision=7)


def test_the_same_numbers_again_cost_the_same_when_the_cache_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.cdr.domain.rate_plan._NUMBERS_KEPT", 3)
    monkeypatch.setattr("services.cdr.domain.rate_plan._DAYS_KEPT", 2)
    plan = RatePlan(PEAK.entries)
    noon = local("2026-11-20 12:00:00")
    usages = [call(f"+3185000161{n}", 60, noon + n * 86_400) for n in range(10)]
    once = [rate(usage, plan) for usage in usages]
    assert [rate(usage, plan) for usage in usages] == once
    assert {rated.destination for rated in once} == {"piek", "dal"}


def test_the_dearest_plan_cannot_overflow_the_store() -> None:
    plan = RatePlan((Entry("data", "data:", "duur", tariff((0, "100", 10**6, 1))),))
    usage = Usage("data", "out", None, 0, 10**13, "data_world", "US")
    assert rate(usage, plan, Deviations({}, {}, Deviation(10_000_000))).amount_micro == 11 * 10**15 < 2**63
    assert euro("100") == 100 * 10**12


BARE = RatePlan(
    (
        voice("+31", per_minute("0.02"), "Nederland"),
        voice("mob:+31", per_minute("0"), "in de bundel"),
        voice("fwd:+31", per_minute("0.01"), "doorgeschakeld"),
        voice("in:", per_minute("0"), "inkomend"),
        Entry("sms", "+31", "sms", tariff((0, "0.06", 1, 1))),
    )
)
NAMED = RatePlan((*BARE.entries, voice("+3184", per_minute("0.20"), "084"), voice("+31979", per_minute("1"))))


@pytest.mark.parametrize("number", ["+31979000001", "+31840000001", "+31870000001", "+31970000000001"])
def test_a_class_of_its_own_is_never_priced_by_the_bare_country(number: str) -> None:
    """Nor by a deviation for all of +31, forwarded or from a mobile."""
    cheap = Deviations({("voice", "+31"): Deviation(replacement=per_minute("0.001"))}, {})
    for more in ({}, {"direction": "forward"}, {"product": "mobile"}):
        with pytest.raises(NoRate):
            rate(call(number, 60, **more), BARE, cheap)
    assert rate(call("+31850001611", 60), BARE).amount_micro == 20_000
    assert rate(call(number, 60, direction="in"), BARE).amount_micro == 0, "their own number that is called"


def test_what_a_plan_names_has_its_price() -> None:
    assert rate(call("+31840000001", 60), NAMED).amount_micro == 200_000
    assert rate(call("+31979000001", 60), NAMED).amount_micro == 1_000_000
    cheap = Deviations({("voice", "+31"): Deviation(replacement=per_minute("0.001"))}, {})
    assert rate(call("+31840000001", 60), NAMED, cheap).amount_micro == 200_000


def test_an_sms_to_a_machine_costs_what_any_sms_costs_but_0979_waits() -> None:
    def sms(number: str) -> Usage:
        return Usage("sms", "out", number, local("2026-11-20 12:00:00"), 1, "sms")

    assert rate(sms("+31970000000001"), BARE).amount_micro == 60_000
    with pytest.raises(NoRate):
        rate(sms("+31979000001"), BARE)
