"""A carrier's traffic: each event one to three times and out of order, and what must come of it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest

from chaos.traffic import BOMB_BYTES, EMPTY_EVERY, Body, Told, Traffic, price

NUMBERS = (("+31850004000", "+31850004001"), ("+31850004002",))
TICKS = 200


@pytest.fixture(scope="module")
def sent() -> tuple[Traffic, list[Body]]:
    traffic = Traffic(7, NUMBERS, date(2026, 10, 1))
    bodies = [body for tick in range(TICKS) for body in traffic.tick()]
    return traffic, bodies + traffic.rest()


def events(bodies: Iterable[Body]) -> Iterator[dict[str, Any]]:
    """What can be read of it."""
    for body, packed in bodies:
        text = gzip.decompress(body) if packed else body
        if len(text) > BOMB_BYTES or not text.startswith((b'{"events"', b'{"record"')):
            continue
        document = json.loads(text)
        yield from document.get("events", [document])


def test_every_copy_goes_out_one_to_three_times(sent: tuple[Traffic, list[Body]]) -> None:
    traffic, bodies = sent
    copies = Counter(json.dumps(event) for event in events(bodies))

    assert set(copies.values()) == {1, 2, 3}
    assert {event["record"] for event in events(bodies)} >= set(traffic.good)


def test_what_it_must_cost_follows_the_newest_revision(sent: tuple[Traffic, list[Body]]) -> None:
    traffic, bodies = sent
    newest: dict[str, dict[str, Any]] = {}
    for event in events(bodies):
        known = newest.get(event["record"], {})
        if event.get("revision", 1) >= known.get("revision", 1):
            newest[event["record"]] = event

    for mark, told in traffic.good.items():
        assert price(newest[mark]["to"], newest[mark]["duration"]) in told.stands
    assert any(len(told.amounts) == 2 for told in traffic.good.values()), "some are corrected"
    assert any(told.other is not None for told in traffic.good.values()), "some contradict themselves"


def test_bad_events_empty_messages_and_bombs_are_among_them(sent: tuple[Traffic, list[Body]]) -> None:
    traffic, bodies = sent
    bombs = [body for body, packed in bodies if packed and len(gzip.decompress(body)) > BOMB_BYTES]

    assert set(traffic.reasons) == {"schema", "unknown_owner", "no_rate", "carrier"}
    assert len(bombs) == traffic.bombs == len(set(bombs)) > 0
    assert sum(not body for body, _packed in bodies) == traffic.empty == -(-TICKS // EMPTY_EVERY)
    assert not traffic.good.keys() & traffic.bad.keys()


def test_the_same_seed_sends_the_same_and_another_something_else() -> None:
    def first(seed: int) -> list[Body]:
        return Traffic(seed, NUMBERS, date(2026, 10, 1)).tick()

    assert first(3) == first(3) != first(4)


@pytest.mark.parametrize(
    ("receiver", "seconds", "amount"),
    [
        ("+31850003000", 0, 0),
        ("+31850003000", 60, 51_300),
        ("+31850003000", 61, 51_700),  # 0.051655 rounded half up to four decimals
        ("+31600123456", 600, 927_000),
        ("+3220000012", 3, 2_500),
    ],
)
def test_prices_are_rounded_once_half_up(receiver: str, seconds: int, amount: int) -> None:
    assert price(receiver, seconds) == amount


def test_a_mark_is_found_in_an_event_as_it_was_received() -> None:
    traffic = Traffic(7, NUMBERS, date(2026, 10, 1))

    assert traffic.mark_in(b'{"record": "c7-12", "kind": "voice"}') == "c7-12"
    assert traffic.mark_in(b"{c7-13 is no event}") == "c7-13"
    assert traffic.mark_in(b'{"record": "c71-12"}') == traffic.mark_in(b"") == ""


def test_of_two_that_contradict_each_other_either_may_stand() -> None:
    assert Told(0, 0, {1: 10}).stands == (10,)
    assert Told(0, 0, {1: 10, 2: 30}).stands == (30,)
    assert Told(0, 0, {1: 10}, other=20).stands == (10, 20)
