"""The demo's usage: the same for the same seed, never in the future, and like that of real offices."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from cli.demo import afterthoughts, cast
from cli.demo.calendar import ZONE, Month, months_until
from cli.demo.contacts import pools
from cli.demo.usage import Demo, Event, Usage
from cli.seeding.usage import EVENTS_PER_MESSAGE, messages
from services.cdr.domain.call_types import CALL_TYPES
from services.cdr.domain.numbers import parse_party
from services.cdr.domain.posting import Priced
from services.cdr.domain.usage import decode
from services.cdr.usecases.price import price
from tests.unit.cli.demo_house import reference

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
SIZE = 20_000
FICTIONAL = re.compile(
    r"\+3185000\d{4}|\+31600\d{6}|\+31[89]00000\d|\+3190[69]000\d|nl:(1400|14000|1800|999\d)|ext:2\d\d"
    r"|\+322000\d{4}|\+4930000\d{4}|\+331990\d{5}|\+442079460\d{3}|\+120255501\d\d|\+6125550\d{4}"
    r"|\+(90212|597|212520|870)0{4}\d{2,}"
)


@pytest.fixture(scope="module")
def demo() -> Demo:
    return Demo(SIZE)


@pytest.fixture(scope="module")
def usage(demo: Demo) -> dict[Month, Usage]:
    return {month: demo.month(month, NOW) for month in months_until(NOW)}


@pytest.fixture(scope="module")
def events(usage: dict[Month, Usage]) -> list[Event]:
    return [event for month in usage.values() for events in month.values() for event in events]


def starts(event: Event) -> datetime:
    """In Amsterdam."""
    return datetime.fromisoformat(event.start).astimezone(ZONE)


def bodies(usage: Usage) -> list[bytes]:
    return [body for carrier in usage.values() for body in messages(carrier)]


def test_the_same_seed_gives_the_same_messages_to_the_byte() -> None:
    month = (2026, 10)
    assert bodies(Demo(500).month(month, NOW)) == bodies(Demo(500).month(month, NOW))
    assert bodies(Demo(500).month(month, NOW)) != bodies(Demo(500, seed=2).month(month, NOW))


def test_demos_of_another_seed_or_size_share_no_record() -> None:
    editions = [Demo(), Demo(500), Demo(seed=2), Demo(500, seed=2)]
    assert len({demo.edition for demo in editions}) == len(editions)


def test_it_spans_thirteen_months_and_holds_what_was_asked(events: list[Event]) -> None:
    assert min(starts(event) for event in events).date() < date(2025, 11, 4)
    assert max(starts(event) for event in events).date() >= date(2026, 11, 21)
    assert SIZE <= len(events) <= 1.2 * SIZE


@pytest.mark.parametrize("day", ["2026-12-01", "2027-01-31", "2027-08-15", "2028-03-01"])
def test_it_holds_what_was_asked_on_whatever_day(day: str) -> None:
    now = datetime.fromisoformat(day).replace(hour=1, tzinfo=ZONE)
    small = Demo(3_000)
    months = [small.month(month, now) for month in months_until(now)]
    assert 3_000 <= sum(len(events) for month in months for events in month.values()) <= 3_600


def test_nothing_is_in_the_future_and_calls_have_ended(events: list[Event]) -> None:
    ends = [starts(event) + timedelta(seconds=event.duration or 0) for event in events]
    assert max(ends) <= NOW
    assert max(ends) > NOW - timedelta(days=1)


def test_a_month_that_has_begun_only_grows(demo: Demo) -> None:
    halfway, whole = datetime(2026, 10, 15, 12, 7, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    for carrier, before in demo.month((2026, 10), halfway).items():
        after = demo.month((2026, 10), whole)[carrier]
        assert 0 < len(before) < len(after)
        assert {event.record: event for event in before}.items() <= {e.record: e for e in after}.items()


def test_records_are_unique_per_carrier_and_in_order_of_start(usage: dict[Month, Usage]) -> None:
    for carrier in ("vasco", "mobi"):
        together = [event for month in usage.values() for event in month[carrier]]
        assert len({event.record for event in together}) == len(together) > SIZE / 4
        assert [event.start for event in together] == sorted(event.start for event in together)


def test_each_carrier_speaks_of_its_own_numbers_only(usage: dict[Month, Usage]) -> None:
    fixed = {number for customer in cast.CUSTOMERS for number in customer.numbers}
    for month in usage.values():
        assert {event.charged for event in month["vasco"]} <= fixed
        assert not {event.charged for event in month["mobi"]} & fixed


def test_a_message_holds_two_hundred_events(usage: dict[Month, Usage]) -> None:
    events = usage[2026, 10]["vasco"]
    packed = list(messages(events))
    sizes = [len(decode(body, NOW)) for body in packed]
    assert sum(sizes) == len(events)
    assert set(sizes[:-1]) == {EVENTS_PER_MESSAGE}
    assert max(len(body) for body in packed) < 100_000


def test_every_event_is_taken_and_priced_by_the_sample_plan(demo: Demo, usage: dict[Month, Usage]) -> None:
    known = reference()
    over = list(usage)[:-1]
    late = {month: afterthoughts.late(demo, month) for month in over}
    changed = {month: afterthoughts.corrections(demo, events) for month, events in usage.items()}
    for wave in (usage, late, changed):
        for month in wave.values():
            for carrier, events in month.items():
                for body in messages(events):
                    items = [price(carrier, item, known) for item in decode(body, NOW)]
                    assert [item for item in items if not isinstance(item, Priced)] == []


def test_every_contact_is_taken_and_priced(demo: Demo) -> None:
    """Also those that are called once in a thousand events."""
    known, line = reference(), demo.lines[0]
    for customer in cast.CUSTOMERS:
        for name, pool in pools(customer, seed=1).items():
            kind = "sms" if name == "shortcode" else "voice"
            calls = [
                Event(f"r{n}", kind, line.number, "2026-10-01T12:00:00Z", line.number, party, duration=60)
                if kind == "voice"
                else Event(f"r{n}", kind, line.number, "2026-10-01T12:00:00Z", line.number, party)
                for n, party in enumerate(pool.parties)
            ]
            items = [price("vasco", i, known) for body in messages(calls) for i in decode(body, NOW)]
            assert [item for item in items if not isinstance(item, Priced)] == []


def test_numbers_are_plainly_fictional(events: list[Event]) -> None:
    parties = {party for event in events for party in (event.charged, event.sender, event.receiver) if party}
    assert [party for party in parties if not FICTIONAL.fullmatch(party)] == []
    assert {party for party in parties if parse_party(party, "sms") != party} == set()


def test_nearly_every_call_type_occurs(usage: dict[Month, Usage]) -> None:
    known = reference()
    found: Counter[str] = Counter()
    for month in usage.values():
        for carrier, events in month.items():
            for body in messages(events):
                for item in decode(body, NOW):
                    priced = price(carrier, item, known)
                    assert isinstance(priced, Priced)
                    found[priced.fields["type"]] += 1
    assert set(CALL_TYPES) - set(found) <= {"emergency", "data_world", "other"}
    assert found["mobile"] > found["international_eu"] > found["international_world"] > 0


def test_a_working_day_rises_at_eight_dips_at_noon_and_peaks_at_fourteen(events: list[Event]) -> None:
    hours = Counter(starts(event).hour for event in events if starts(event).weekday() < 5)
    assert hours[8] > 1.5 * hours[7] > 3 * hours[6]
    assert hours[10] > hours[12] < hours[13]
    assert max(hours, key=lambda hour: hours[hour]) == 14
    assert sum(hours[hour] for hour in (*range(5), 22, 23)) < 0.02 * hours.total()


def test_weekends_and_holidays_are_quiet(events: list[Event]) -> None:
    days = Counter(starts(event).date() for event in events)
    kings_day, christmas, ordinary = date(2026, 4, 27), date(2025, 12, 25), date(2026, 4, 13)
    assert days[kings_day] < 0.2 * days[ordinary]
    assert days[christmas] < 0.2 * days[ordinary]
    weekdays = Counter(starts(event).weekday() for event in events)
    assert weekdays[6] < 0.1 * weekdays[1]
    assert weekdays[5] < 0.4 * weekdays[1]


def test_summer_is_quieter_than_autumn(usage: dict[Month, Usage]) -> None:
    sizes = {month: sum(len(events) for events in carriers.values()) for month, carriers in usage.items()}
    assert sizes[2026, 8] < 0.8 * sizes[2026, 10]


def test_a_few_contacts_get_most_of_the_calls(events: list[Event]) -> None:
    called = Counter(
        e.receiver for e in events if e.kind == "voice" and (e.receiver or "").startswith("+316")
    )
    top = sum(count for _, count in called.most_common(20))
    assert 0.25 * called.total() < top < 0.75 * called.total()
    assert len(called) > 200


def test_durations_and_volumes_are_plausible(events: list[Event]) -> None:
    durations = sorted(event.duration for event in events if event.duration is not None)
    volumes = sorted(event.volume for event in events if event.volume is not None)
    assert 60 <= durations[len(durations) // 2] <= 180
    assert 1 <= durations[0] <= durations[-1] <= 3 * 3600
    assert 500_000 <= volumes[len(volumes) // 2] <= 5_000_000
    assert volumes[-1] > 100_000_000


def test_there_are_a_few_calls_that_stand_out(usage: dict[Month, Usage]) -> None:
    known = reference()
    amounts = sorted(
        priced.fields["amount"]
        for month in usage.values()
        for carrier, events in month.items()
        for body in messages(events)
        for priced in (price(carrier, item, known) for item in decode(body, NOW))
        if isinstance(priced, Priced)
    )
    assert amounts[-1] > 5_000_000
    assert amounts[int(len(amounts) * 0.99)] < 2_500_000


def test_who_is_abroad_calls_is_called_and_surfs_there(events: list[Event]) -> None:
    abroad = [event for event in events if event.roaming]
    assert {event.kind for event in abroad} == {"voice", "sms", "data"}
    assert {event.direction for event in abroad} == {"in", "out"}
    assert all(event.roaming for event in events if event.direction == "in")
    assert len({event.roaming["country"] for event in abroad if event.roaming}) >= 3
    assert 0.005 * len(events) < len(abroad) < 0.1 * len(events)


def test_late_calls_are_of_the_end_of_the_month_and_new(demo: Demo, usage: dict[Month, Usage]) -> None:
    sent = [event for events in usage[2026, 10].values() for event in events]
    late = [event for events in afterthoughts.late(demo, (2026, 10)).values() for event in events]
    assert Counter(_customer(event) for event in late) == {
        customer.code: afterthoughts.LATE_PER_CUSTOMER for customer in cast.CUSTOMERS
    }
    assert not {event.record for event in late} & {event.record for event in sent}
    assert {starts(event).month for event in late} == {10}
    assert min(starts(event).day for event in late) > 31 - afterthoughts.LATE_DAYS
    assert late == [e for events in afterthoughts.late(demo, (2026, 10)).values() for e in events]


def test_a_correction_is_the_next_revision_of_a_call_with_less_of_it(
    demo: Demo, usage: dict[Month, Usage]
) -> None:
    for month in ((2026, 10), (2026, 11)):
        corrected = afterthoughts.corrections(demo, usage[month])
        assert sum(len(events) for events in corrected.values()) > 3
        for carrier, events in corrected.items():
            sent = {event.record: event for event in usage[month][carrier]}
            for event in events:
                before = sent[event.record]
                assert (before.revision, event.revision) == (1, 2)
                assert (event.duration or event.volume or 0) < (before.duration or before.volume or 0)


def test_what_is_corrected_stays_so_while_the_month_grows(demo: Demo) -> None:
    halfway = afterthoughts.corrections(demo, demo.month((2026, 10), datetime(2026, 10, 20, tzinfo=UTC)))
    whole = afterthoughts.corrections(demo, demo.month((2026, 10), NOW))
    assert {e.record for e in halfway["mobi"]} < {e.record for e in whole["mobi"]}


def _customer(event: Event) -> str:
    owners = {
        number: customer.code
        for customer in cast.CUSTOMERS
        for number in (*customer.numbers, *(s.number for s in customer.subscriptions))
    }
    return owners[event.charged]
