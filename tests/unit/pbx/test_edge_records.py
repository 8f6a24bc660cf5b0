"""What the SIP proxy tells, read strictly, and what a call becomes for the carriers' contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pbx.domain.edge.records import (
    Called,
    decode,
    moment,
    outcome,
    seconds,
    trail,
    usage,
)
from services.pbx.domain.edge.stages import Bill

pytestmark = pytest.mark.feature("PBX-11")

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
BILL = Bill(charged="+31850001600", sender="+31850001600", receiver="+31612345678", direction="out")


def called(**fields: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "at": "1795402217.668699",
        "event": "ended",
        "call": "c1",
        "call_id": "x@y",
        "source": "user",
        "from": "user1111",
        "to": "102",
        "began": "1795402211.390641",
        **fields,
    }


def test_a_call_says_who_answered() -> None:
    leg = json.dumps({"customer": "k", "who": "user:2", "stage": "s1", "group": "g"})
    told = decode("call", json.dumps(called(leg=leg, answered="1795402216.66")).encode())
    assert isinstance(told, Called)
    assert told.answering is not None
    assert (told.answering.who, told.answering.group) == ("user:2", "g")


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("weather", b"{}"),
        ("call", b"{"),
        ("call", json.dumps(called(began="soon")).encode()),
        ("call", json.dumps(called(leg='{"who": 3}')).encode()),
        ("registration", b'{"id": "1", "at": "1795402217.1", "event": "registered"}'),
    ],
)
def test_what_cannot_be_read_is_an_error(key: str, body: bytes) -> None:
    with pytest.raises(ValueError):
        decode(key, body)


def test_a_moment_is_kept_to_the_millisecond() -> None:
    assert moment("1795402217.668699") == datetime(2026, 11, 23, 2, 50, 17, 668000, tzinfo=UTC)


def test_the_trail_tells_what_became_of_each_stage() -> None:
    rows = trail("s0,486,1795402211.39,1795402211.40;s1,time,1795402211.40,1795402216.40;")
    assert [(row["stage"], row["result"]) for row in rows] == [("s0", "486"), ("s1", "time")]


@pytest.mark.parametrize(
    ("event", "code", "word"),
    [
        ("answered", "", "answered"),
        ("ended", "200", "answered"),
        ("failed", "486", "busy"),
        ("failed", "487", "cancelled"),
        ("failed", "480", "missed"),
        ("failed", "408", "missed"),
        ("failed", "403", "refused"),
        ("failed", "503", "refused"),
    ],
)
def test_a_word_for_how_it_ended(event: str, code: str, word: str) -> None:
    assert outcome(event, code) == word


@given(st.integers(0, 10_000_000))
def test_a_second_that_was_begun_counts(milliseconds: int) -> None:
    spent = seconds(NOON, NOON + timedelta(milliseconds=milliseconds))
    assert spent - 1 < milliseconds / 1000 <= spent


def test_usage_has_the_same_id_however_often_it_is_made() -> None:
    first, second = (usage("c" * 32, BILL, NOON, 61) for _ in range(2))
    assert first == second
    assert first["record"].startswith("c" * 32)
    assert usage("d" * 32, BILL, NOON, 61)["record"] != first["record"]
    assert first == {
        "record": first["record"],
        "kind": "voice",
        "direction": "out",
        "charged": "+31850001600",
        "from": "+31850001600",
        "to": "+31612345678",
        "start": "2026-11-23T11:00:00+00:00",
        "duration": 61,
    }
