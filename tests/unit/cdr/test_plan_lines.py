"""Lines of a version as staff search them, which count for a number, and what is odd about a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.demo.make_rate_plan import TARGET
from services.cdr.domain.countries import CODES
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.plan_export import example
from services.cdr.domain.plan_lines import decimal, for_number, found_by, packed, party_of, to_wire, unpacked
from services.cdr.domain.plan_warnings import warnings_of
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.tariff import EURO, Entry
from tests.unit.cdr.builders import MON_FRI, hours, local, per_minute, tariff, voice

pytestmark = pytest.mark.feature("CDR-03")

NOON, EVENING = local("2026-11-20 12:00:00"), local("2026-11-20 21:00:00")
CHEAP, DEAR = per_minute("0.02"), per_minute("0.03")


@pytest.fixture(scope="module")
def sample() -> RatePlan:
    plan = parse_plan(TARGET.read_bytes()).plan
    assert plan is not None
    return plan


def test_entries_are_the_same_after_being_kept(sample: RatePlan) -> None:
    assert unpacked(packed(sample.entries)) == sample.entries


@given(st.integers(0, 1000 * EURO))
def test_amounts_are_written_exactly(amount: int) -> None:
    whole, _, part = decimal(amount).partition(".")
    assert int(whole) * EURO + int(part.ljust(12, "0")) == amount
    assert len(part) >= 2


def test_a_first_block_that_differs_is_written_as_in_the_file() -> None:
    line = to_wire(voice("+31", tariff((0, "0.05", 60, 60), (60, "0.05", 60, 6), (600, "0.01", 60, 1))))
    assert [(step["offset"], step["rate"], step["increment"]) for step in line["steps"]] == [
        (0, "0.05", "60/6"),
        (600, "0.01", "1"),
    ]


@pytest.mark.parametrize(
    ("query", "prefixes"),
    [
        ("", ["+31", "+316", "+32", "nl:112"]),
        ("+31", ["+31", "+316"]),
        ("06", ["+316"]),
        ("0031 6", ["+316"]),
        ("0032", ["+32"]),
        ("nl:", ["nl:112"]),
        ("BELG", ["+32"]),
        ("nergens", []),
    ],
)
def test_a_line_is_found_by_its_prefix_however_written_or_its_destination(
    query: str, prefixes: list[str]
) -> None:
    names = {"+31": "Nederland", "+316": "Nederland mobiel", "+32": "België", "nl:112": "Alarm"}
    lines = [voice(prefix, CHEAP, name) for prefix, name in names.items()]
    assert [line.prefix for line in filter(found_by(query), lines)] == prefixes


def test_the_lines_for_a_number_in_the_order_in_which_they_are_tried() -> None:
    day = voice("+316", DEAR, "piek", window=hours(8, 19, MON_FRI), priority=10)
    lines = (voice("+31", CHEAP, "vast"), voice("+316", CHEAP, "mobiel"), day, voice("+32", CHEAP, "België"))
    (noon,) = for_number(lines, "+31612345678", NOON)
    assert [line.destination for line in noon.fitting] == ["piek", "mobiel", "vast"]
    assert noon.counts is day
    (evening,) = for_number(lines, "+31612345678", EVENING)
    assert evening.counts is lines[1]


def test_a_mobile_and_a_text_have_lines_of_their_own() -> None:
    text = Entry("sms", "+31", "Sms", tariff((0, "0.06", 1, 1)))
    uses = for_number((voice("+31", CHEAP), voice("mob:+31", CHEAP), text), "+31612345678", NOON)
    assert [(one.kind, one.product, one.fitting[0].prefix) for one in uses] == [
        ("voice", "telephony", "+31"),
        ("voice", "mobile", "mob:+31"),
        ("sms", "telephony", "+31"),
    ]


def test_a_number_without_a_line_has_no_use() -> None:
    assert for_number((voice("+32", CHEAP),), "+31612345678", NOON) == []


@pytest.mark.parametrize(
    ("typed", "party"), [("0612345678", "+31612345678"), ("112", "nl:112"), ("061", None)]
)
def test_only_a_whole_number_is_one(typed: str, party: str | None) -> None:
    assert party_of(typed) == party


def odd(*lines: Entry) -> list[tuple[int, str]]:
    """What is said about lines, without what a whole plan should have."""
    found = warnings_of(RatePlan(lines), NOON).found
    return [(one.line, one.problem) for one in found if one.line]


@pytest.mark.parametrize(
    "prefix",
    ["+3160000000000", "+310", "nl:999", "nl:1121", "ext:0", "mob:+310", "roam:eu:+310", "alpha:Post"],
)
def test_a_prefix_that_no_call_reaches_is_told(prefix: str) -> None:
    assert odd(voice(prefix, CHEAP, line=4)) == [
        (4, "Geen enkel nummer begint zo: geen gesprek komt bij deze regel.")
    ]


@pytest.mark.parametrize(
    "prefix", ["+316", "+31970", "nl:116", "nl:1412", "ext:2", "in:", "fwd:+31", "+1", "anon"]
)
def test_a_prefix_that_calls_reach_is_not(prefix: str) -> None:
    assert odd(voice(prefix, CHEAP, line=4)) == []


def test_a_line_below_one_that_always_goes_first_never_counts() -> None:
    first = voice("+32", CHEAP, priority=5, line=2)
    assert odd(first, voice("+32", DEAR, line=3)) == [
        (3, "Deze regel telt nooit: regel 2 heeft hetzelfde prefix, geldt altijd en gaat voor.")
    ]


def test_a_line_that_says_what_a_shorter_prefix_says_is_told() -> None:
    lines = voice("+32", CHEAP, "België", line=2), voice("+322", CHEAP, "België", line=3)
    assert odd(*lines) == [(3, "Deze regel zegt hetzelfde als +32 op regel 2.")]
    assert odd(lines[0], voice("+322", DEAR, "België", line=3)) == []


def test_numbers_without_a_price_are_told_and_so_is_an_emergency_that_costs() -> None:
    found = warnings_of(RatePlan((voice("nl:112", CHEAP, line=2),)), NOON).found
    said = [one.problem for one in found]
    assert "Bellen naar 112 kost in dit plan geld." in said
    assert "Er is geen tarief voor vaste nummers in Nederland." in said
    assert "Er is geen tarief voor het alarmnummer 112." not in said


def test_the_sample_plan_is_not_odd_and_has_every_code_of_the_world(sample: RatePlan) -> None:
    assert warnings_of(sample, NOON).total == 0
    priced = {entry.prefix for entry in sample.entries if entry.kind == "voice"}
    assert {code for code in CODES if code != "31"} - {prefix.removeprefix("+") for prefix in priced} == set()


def test_the_example_to_fill_in_is_a_plan_without_a_warning() -> None:
    parsed = parse_plan(example().encode("utf-8-sig"))
    assert parsed.plan is not None
    assert warnings_of(parsed.plan, NOON).total == 0


def test_reading_tells_how_far_it_is() -> None:
    told: list[int] = []
    rows = "\n".join(f"+{31_000_000 + n};x;0" for n in range(1_200))
    parse_plan(f"prefix;bestemming;tarief\n{rows}".encode(), told=told.append)
    assert told == [500, 1000]
