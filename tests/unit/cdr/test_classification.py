"""What a customer sees a call as, range by range of the Dutch number plan and country by country.

What is written, what it is stored as and its type are in one row, so that a carrier's way of writing is
tried with each range. A number is priced by a plan that has a line for every range: whatever is dialled
costs what its own line says, or waits; nothing is free by accident, and nothing becomes an emergency.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.cdr.domain.call_types import CALL_TYPES, classify
from services.cdr.domain.countries import CODES, EU_ZONE
from services.cdr.domain.dutch_numbers import RANGES
from services.cdr.domain.numbers import NumberError, parse_party
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import NoRate, Usage, rate
from services.cdr.domain.usage import BadEvent, UsageEvent, decode
from services.cdr.usecases.price import price
from tests.unit.cdr.books import ANNAS, Facts, reference
from tests.unit.cdr.builders import per_minute, voice

pytestmark = pytest.mark.feature("CDR-04")

DUTCH = [
    *((f"0{area}", 10, "national") for area in ("10", "20", "30", "40", "50", "70", "113", "223", "79")),
    *((f"06{digit}", 10, "mobile") for digit in "123458"),
    *((f"06{digit}", 10, "other") for digit in "0679"),
    *((head, 10, "national") for head in ("085", "088", "091")),
    *((head, 10, "other") for head in ("082", "084", "087", "081", "083", "086", "089", "092", "098")),
    ("0970", 12, "other"),
    ("0979", 12, "other"),
    *(
        (f"0{head}", length, f"service_0{head}")
        for head in ("800", "900", "906", "909")
        for length in (8, 11)
    ),
]
UNPUBLISHED = {"0979": {10, 11}}
"""Nobody has said how long these numbers are."""

SHORT = {
    **dict.fromkeys(("112", "113", "116000", "116111", "116123"), "emergency"),
    **dict.fromkeys(("1410", "14020", "140113", "140348"), "service_14"),
    **dict.fromkeys(("1800", "1850", "1888", "1899"), "service_18"),
    **dict.fromkeys(("1233", "1200", "1244", "144"), "other"),
}
WORLD = {
    **dict.fromkeys(("+3222000012", "+4930123456", "+33123456789", "+393123456789", "+420212345678"), "eu"),
    **dict.fromkeys(("+3545000000", "+4232000000", "+4721000000"), "eu"),  # the rest of the EEA
    **dict.fromkeys(("+594594000000", "+596596000000", "+262692000000", "+35818000000"), "eu"),  # parts of it
    **dict.fromkeys(("+441632960000", "+447700900000", "+441481000000", "+35020000000"), "world"),
    **dict.fromkeys(("+41310000000", "+905320000000", "+3780549000000", "+37793000000"), "world"),
    **dict.fromkeys(("+12025550123", "+14165550123", "+18765550123", "+76000000000", "+299220000"), "world"),
    **dict.fromkeys(("+59990000000", "+2975820000", "+17215200000", "+5997170000"), "world"),  # Caribbean
    **dict.fromkeys(("+88161234567", "+8821650000", "+870773000000", "+979123456789"), "world"),
    **dict.fromkeys(("+80012345678", "+80812345678", "+8835100000000"), "world"),
}


def digits(head: str, length: int) -> str:
    return head.ljust(length, "7")


def called(written: str, kind: str = "voice") -> str:
    return classify(kind, "out", ANNAS, parse_party(written, kind), None)[0]


@pytest.mark.parametrize(("head", "length", "expected"), DUTCH, ids=lambda value: str(value))
def test_a_dutch_range_has_its_type_however_it_is_written(head: str, length: int, expected: str) -> None:
    national = digits(head, length)
    for written in (national, f"+31{national[1:]}", f"0031{national[1:]}", f"sip:{national}@carrier.example"):
        assert called(written) == expected, written


@pytest.mark.parametrize(("head", "length", "expected"), DUTCH, ids=lambda value: str(value))
def test_a_part_of_a_dutch_number_is_refused(head: str, length: int, expected: str) -> None:
    lengths = {known for other, known, _ in DUTCH if other == head} | UNPUBLISHED.get(head, set())
    for cut in set(range(len(head) + 1, length + 3)) - lengths:
        for written in (digits(head, cut), f"+31{digits(head, cut)[1:]}"):
            with pytest.raises(NumberError):
                parse_party(written)


@pytest.mark.parametrize(("written", "expected"), SHORT.items())
def test_a_short_number_has_its_type(written: str, expected: str) -> None:
    assert called(written) == called(f"+31{written}") == called(f"nl:{written}") == expected
    with pytest.raises(NumberError):
        parse_party(f"0{written}")  # no short number begins with a 0


@pytest.mark.parametrize(("written", "zone"), WORLD.items())
def test_a_country_is_in_the_eu_or_in_the_world(written: str, zone: str) -> None:
    assert called(written) == called(f"00{written[1:]}") == f"international_{zone}"


def test_the_police_is_a_service_and_no_emergency() -> None:
    assert called("0900-8844") == "service_0900"


@pytest.mark.parametrize("country", ["BE", "DE", "NO", "IS", "LI", "GB", "CH", "US", "TR", "BQ", "ZZ"])
def test_data_goes_by_the_country_it_is_used_in(country: str) -> None:
    assert classify("data", "out", None, None, country)[0] == (
        "data_eu" if country in EU_ZONE else "data_world"
    )


def every_type() -> Iterator[str]:
    for head, length, _ in DUTCH:
        yield called(digits(head, length))
    yield from (called(written) for written in (*SHORT, *WORLD, "201"))
    yield from (called(written, "sms") for written in ("0612345678", "3010"))
    for direction in ("in", "forward"):
        yield classify("voice", direction, ANNAS, ANNAS, None)[0]
    yield from (classify("data", "out", None, None, country)[0] for country in (None, "BE", "US"))


def test_every_type_can_come_about_and_there_are_no_others() -> None:
    assert set(every_type()) == set(CALL_TYPES)


# Whatever is dialled

LINES = {
    **{f"+31{head}": f"+31{head}" for head in RANGES},
    **{f"+{code}": f"+{code}" for code in CODES if code != "31"},
    **{f"nl:{head}": f"nl:{head}" for head in ("11", "14", "18", "12")},
}
PLAN = RatePlan(
    tuple(
        voice(prefix, per_minute(f"0.{n:04d}", fee="0.01"), name)
        for n, (prefix, name) in enumerate(LINES.items(), 1)
    )
)
odd = st.one_of(
    st.text(max_size=30),
    st.text("0123456789+ -()./*#abcdefABCDEF:;@", max_size=20),
    st.text("0123456789", max_size=16),
    st.text("01234", min_size=2, max_size=8).map(lambda text: f"+31{text}"),
    st.sampled_from(["112", "113", "116111"]).flatmap(
        lambda short: st.builds(
            lambda a, b: f"{a}{short}{b}",
            st.text("0123456789+", max_size=4),
            st.text("0123456789", max_size=6),
        )
    ),
)
EMERGENCIES = {"112", "113", *(f"116{n:03d}" for n in range(1000))}


@given(odd)
@example("0112")
@example("+310113")
@example("ext:112")
@example("nl:112 ")
@example("0116123")
@example("00112")
def test_only_an_emergency_number_is_one(text: str) -> None:
    try:
        party = parse_party(text)
    except NumberError:
        return
    call_type = classify("voice", "out", ANNAS, party, None)[0]
    assert call_type in CALL_TYPES
    if call_type == "emergency":
        assert party.removeprefix("nl:") in EMERGENCIES
        bare = "".join(letter for letter in text.partition("@")[0].partition(";")[0] if letter.isdigit())
        assert bare in {f"{head}{party[3:]}" for head in ("", "31", "0031")}
    elif party.startswith("ext:"):
        assert party[4:] not in EMERGENCIES


@given(odd, st.integers(1, 10_000), st.sampled_from(["out", "forward"]))
def test_whatever_is_dialled_costs_what_its_own_line_says_or_waits(text: str, seconds: int, way: str) -> None:
    try:
        party = parse_party(text)
    except NumberError:
        return
    call_type, _ = classify("voice", way, ANNAS, party, None)
    try:
        rated = rate(Usage("voice", way, party, 1_795_000_000, seconds, call_type), PLAN)
    except NoRate:
        assert not party.startswith("+")
        return
    assert rated.amount_micro > 0
    assert party.startswith(rated.prefix)
    longest = max((prefix for prefix in LINES if party.startswith(prefix)), key=len)
    assert (rated.prefix, rated.destination) == (longest, longest)


@given(
    odd,
    odd,
    odd,
    st.sampled_from(["voice", "sms", "data"]),
    st.sampled_from(["out", "in", "forward"]),
    st.none() | st.text("ABEGNZ", min_size=2, max_size=2),
)
def test_no_event_makes_pricing_raise(
    charged: str, sender: str, receiver: str, kind: str, direction: str, country: str | None
) -> None:
    """What a carrier sends is priced, or refused with a sentence that can be shown."""
    parties = {"from": sender or "x", "to": receiver or "x"} if kind != "data" else {}
    measure = {"voice": {"duration": 60}, "sms": {}, "data": {"volume": 10}}[kind]
    event = {
        "record": "r",
        "kind": kind,
        "charged": charged or "x",
        "direction": direction,
        **parties,
        **measure,
    }
    event["start"] = "2026-11-20T12:00:00Z"
    if country:
        event["roaming"] = {"country": country}
    [item] = decode(msgspec.json.encode(event), datetime(2026, 11, 21, tzinfo=UTC))
    assert isinstance(item, UsageEvent | BadEvent)
    made = price("vasco", item, reference(Facts()))
    assert getattr(made, "sentence", "x").isprintable()
