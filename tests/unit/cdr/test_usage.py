"""What carriers may send, and what happens to the rest: every bad event for itself, nothing lost."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.domain.usage import BadEvent, UsageEvent, decode, fingerprint

pytestmark = pytest.mark.feature("CDR-01")

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

VOICE: dict[str, Any] = {
    "record": "v-1",
    "kind": "voice",
    "charged": "+31850001611",
    "from": "+31850001611",
    "to": "+31612345678",
    "start": "2026-11-22T16:38:51+01:00",
    "duration": 252,
}
SMS = {**VOICE, "record": "s-1", "kind": "sms", "messages": 2}
del SMS["duration"]
DATA = {
    "record": "d-1",
    "kind": "data",
    "charged": "+31600123456",
    "start": "2026-11-22T15:00:00Z",
    "volume": 10**9,
}


def with_(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    changed = {**event, **{key.rstrip("_"): value for key, value in changes.items()}}
    return {key: value for key, value in changed.items() if value is not ...}


def read(*events: Any) -> list[UsageEvent | BadEvent]:
    return decode(json.dumps({"events": list(events)}).encode(), NOW)


def reason(event: Any) -> str:
    (bad,) = read(event)
    assert isinstance(bad, BadEvent)
    return bad.reason


def test_a_message_is_one_event_or_a_batch() -> None:
    (single,) = decode(json.dumps(VOICE).encode(), NOW)
    assert isinstance(single, UsageEvent)
    assert (single.sender, single.receiver, single.quantity) == ("+31850001611", "+31612345678", 252)
    assert (single.direction, single.revision, single.roaming) == ("out", 1, None)
    assert single.start == datetime(2026, 11, 22, 15, 38, 51, tzinfo=UTC)
    batch = read(VOICE, SMS, DATA)
    assert [event.quantity for event in batch if isinstance(event, UsageEvent)] == [252, 2, 10**9]


@pytest.mark.parametrize(
    "event",
    [
        with_(VOICE, revision=9999, direction="forward", carrier="vasco"),
        with_(VOICE, roaming={"country": "BE", "network": "206-01"}),
        with_(VOICE, roaming={"country": "BE"}),
        with_(VOICE, duration=0),
        with_(VOICE, duration=7 * 86_400),
        with_(VOICE, start="2026-11-24T20:00:00Z"),
        with_(VOICE, start="2000-01-01T00:00:00Z"),
        with_(VOICE, start="2026-11-22T15:38:51.250Z"),
        with_(VOICE, record="a" * 100),
        with_(VOICE, record="Az09._:+/=@-"),
        with_(VOICE, from_="anon", to="alpha:PostNL"),
        with_(SMS, messages=...),
        with_(DATA, from_="+31600123456"),
        with_(DATA, volume=10**13),
    ],
)
def test_these_are_fine(event: dict[str, Any]) -> None:
    assert [type(found) for found in read(event)] == [UsageEvent]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (with_(VOICE, record=...), "missing required field `record`"),
        (with_(VOICE, record=""), "$.events[0].record: Expected `str` matching"),
        (with_(VOICE, record="a b"), "$.events[0].record"),
        (with_(VOICE, record="a\n"), "$.events[0].record"),
        (with_(VOICE, record="a" * 101), "$.events[0].record"),
        (with_(VOICE, record=7), "$.events[0].record: Expected `str`, got `int`"),
        (with_(VOICE, kind="fax"), "$.events[0].kind: Invalid enum value 'fax'"),
        (with_(VOICE, direction="up"), "$.events[0].direction"),
        (with_(VOICE, charged=...), "missing required field `charged`"),
        (with_(VOICE, charged="x" * 81), "$.events[0].charged: Expected `str` of length <= 80"),
        (with_(VOICE, from_=...), "$.events[0].from: missing; a voice event needs both parties"),
        (with_(VOICE, to=...), "$.events[0].to: missing"),
        (with_(VOICE, to=""), "$.events[0].to"),
        (with_(VOICE, duration=...), "$.events[0].duration: missing; kind voice needs it"),
        (with_(VOICE, duration=-1), "$.events[0].duration: Expected `int` >= 0"),
        (with_(VOICE, duration=7 * 86_400 + 1), "$.events[0].duration: Expected `int` <= 604800"),
        (with_(VOICE, duration=1.5), "$.events[0].duration: Expected `int | null`, got `float`"),
        (with_(VOICE, duration="60"), "$.events[0].duration: Expected `int | null`, got `str`"),
        (with_(VOICE, duration=True), "$.events[0].duration"),
        (with_(VOICE, duration=2**63), "$.events[0].duration"),
        (with_(VOICE, duration=10**400), "$.events[0].duration"),
        (with_(VOICE, duration=float("nan")), "malformed"),
        (with_(VOICE, duration=float("inf")), "malformed"),
        (with_(VOICE, volume=1), "$.events[0].volume: does not belong to kind voice, which has duration"),
        (with_(VOICE, messages=1), "$.events[0].messages: does not belong to kind voice"),
        (with_(SMS, duration=1), "$.events[0].duration: does not belong to kind sms"),
        (with_(SMS, messages=0), "$.events[0].messages"),
        (with_(SMS, messages=101), "$.events[0].messages"),
        (with_(DATA, volume=...), "$.events[0].volume: missing; kind data needs it"),
        (with_(DATA, volume=-1), "$.events[0].volume"),
        (with_(DATA, volume=10**13 + 1), "$.events[0].volume"),
        (with_(DATA, to="+31612345678"), "$.events[0].to: a data session has no receiver"),
        (with_(VOICE, revision=0), "$.events[0].revision"),
        (with_(VOICE, revision=10_000), "$.events[0].revision"),
        (with_(VOICE, start="2026-11-22T15:38:51"), "$.events[0].start: Expected `datetime` with a timezone"),
        (with_(VOICE, start="2026-02-30T00:00:00Z"), "$.events[0].start: Invalid RFC3339"),
        (with_(VOICE, start=1_795_000_000), "$.events[0].start"),
        (
            with_(VOICE, start="1999-12-31T23:59:59Z"),
            "$.events[0].start: 1999-12-31T23:59:59+00:00 is before 2000",
        ),
        (with_(VOICE, start="2026-11-24T20:00:01Z"), "is more than 2 days in the future"),
        (with_(VOICE, roaming={"country": "be"}), "$.events[0].roaming.country"),
        (with_(VOICE, roaming={"country": "BE", "town": "Gent"}), "unknown field `town`"),
        (with_(VOICE, roaming="BE"), "$.events[0].roaming"),
        (with_(VOICE, revison=2), "unknown field `revison`"),
        (None, "Expected `object`, got `null`"),
        ([], "Expected `object`, got `array`"),
        ("x", "Expected `object`, got `str`"),
    ],
)
def test_a_bad_event_says_what_is_wrong_and_where(event: Any, says: str) -> None:
    assert says in reason(event)


def test_a_bad_event_carries_its_bytes_and_its_record() -> None:
    (bad,) = read(with_(VOICE, duration=-1))
    assert isinstance(bad, BadEvent)
    assert json.loads(bad.raw) == with_(VOICE, duration=-1)
    assert bad.record == "v-1"
    (nameless,) = read(with_(VOICE, record="not allowed"))
    assert isinstance(nameless, BadEvent)
    assert nameless.record is None


BROKEN_ITEMS = {
    "NaN": b'{"record":"x-1","kind":"voice","duration":NaN}',
    "a key twice": json.dumps(VOICE).replace('"kind"', '"duration": 1, "kind"').encode(),
    "a key twice, once escaped": json.dumps(VOICE).replace('"kind"', '"d\\u0075ration": 1, "kind"').encode(),
    "a key twice within roaming": json.dumps(with_(VOICE, roaming={"country": "BE"}))
    .replace('{"country"', '{"country": "NL", "country"')
    .encode(),
    "not UTF-8": json.dumps(VOICE).encode().replace(b"v-1", b"v-\xff"),
    "a depth bomb": b'{"record":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a number of a thousand digits": b'{"record":"x-1","duration":' + b"9" * 1000 + b"}",
    "a control character": b'{"record":"x\x01"}',
    "a lone surrogate": b'{"record":"\\ud800"}',
    "a bare word": b"nothing",
    "brackets in a string": b'{"record":"]},{"}',
    "an escaped quote": b'{"record":"\\"]}"}',
}


@pytest.mark.parametrize("broken", BROKEN_ITEMS.values(), ids=BROKEN_ITEMS.keys())
def test_a_broken_event_does_not_harm_those_beside_it(broken: bytes) -> None:
    before, after = (json.dumps(with_(VOICE, record=name)).encode() for name in ("before", "after"))
    found = decode(b'{ "events" : [' + b" , ".join([before, broken, after]) + b"] }", NOW)
    assert [type(event) for event in found] == [UsageEvent, BadEvent, UsageEvent]
    first, bad, last = found
    assert isinstance(bad, BadEvent) and bad.raw == broken and "$.events[1]" in bad.reason
    assert [event.record for event in (first, last)] == ["before", "after"]


def test_a_key_twice_is_named() -> None:
    (bad,) = decode(BROKEN_ITEMS["a key twice"], NOW)
    assert isinstance(bad, BadEvent)
    assert bad.reason == "$: key 'duration' occurs more than once; send it once."


def test_a_message_that_is_cut_off_keeps_what_came_whole() -> None:
    whole = json.dumps({"events": [VOICE, SMS, DATA]}).encode()
    *good, rest = decode(whole[:-20], NOW)
    assert [event.record for event in good] == ["v-1", "s-1"]
    assert isinstance(rest, BadEvent)
    assert "after event 2 the message is cut off" in rest.reason
    assert b"d-1" in rest.raw


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "truncated"),
        (b"hello", "malformed"),
        (b"[]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b"{}", "missing required field"),
        (b'{"events": []}', "the list is empty"),
        (b'{"events": {}}', "unknown field `events`"),
        (b'{"events": [', "cut off"),
        (b'{"events": [],"more": 1}', "something else"),
        (b'\xef\xbb\xbf{"events": []}', "malformed"),
        ('{"events": []}'.encode("utf-16"), "malformed"),
        (b"\x1f\x8b\x08", "malformed"),
    ],
)
def test_a_message_that_is_none(body: bytes, says: str) -> None:
    (bad,) = decode(body, NOW)
    assert isinstance(bad, BadEvent)
    assert says in bad.reason


def test_a_thousand_events_are_a_message_and_one_more_is_not() -> None:
    events = [with_(VOICE, record=f"v-{number}") for number in range(1001)]
    assert len(read(*events[:1000])) == 1000
    (bad,) = read(*events)
    assert isinstance(bad, BadEvent)
    assert "holds 1001 events" in bad.reason


@pytest.mark.parametrize("key", [b"events", b"\\u0065vents", b"more"])
def test_what_follows_the_list_is_kept_too(key: bytes) -> None:
    good, rest = decode(b'{"events": [' + json.dumps(VOICE).encode() + b'], "' + key + b'": [{}]}', NOW)
    assert isinstance(good, UsageEvent)
    assert isinstance(rest, BadEvent)
    assert rest.raw == b', "' + key + b'": [{}]}'


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
near_events = st.builds(
    lambda key, value: with_(VOICE, **{key: value}), st.sampled_from([*VOICE, "x"]), json_values
)
messages = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda events: json.dumps({"events": events}).encode(),
        st.lists(near_events | json_values, max_size=4),
    ),
    st.builds(
        lambda at, junk: (text := json.dumps({"events": [VOICE, SMS]}).encode())[:at] + junk + text[at:],
        st.integers(0, 400),
        st.binary(max_size=3) | st.sampled_from([b'"', b"\\", b"]", b"{", b","]),
    ),
)


@given(messages)
def test_decoding_never_raises_and_loses_nothing(body: bytes) -> None:
    found = decode(body, NOW)
    assert found
    for event in found:
        if isinstance(event, BadEvent):
            assert event.reason.startswith("$")
            assert event.raw in body
        else:
            assert f'"{event.record}"'.encode() in body


@given(st.lists(st.sampled_from([VOICE, SMS, DATA, with_(VOICE, duration=-1), {"x": [1, "]"]}]), min_size=1))
def test_each_event_is_judged_by_itself(events: list[dict[str, Any]]) -> None:
    def kind_of(found: list[UsageEvent | BadEvent]) -> list[type]:
        return [type(event) for event in found]

    assert kind_of(read(*events)) == [kind for event in events for kind in kind_of(read(event))]


@pytest.mark.feature("CDR-02")
@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"direction": "out"}, True),
        ({"start": "2026-11-22T15:38:51Z"}, True),
        ({"revision": 2}, True),
        ({"carrier": "vasco"}, True),
        ({"duration": 253}, False),
        ({"to": "+31612345679"}, False),
        ({"from": "anon"}, False),
        ({"charged": "+31850001612"}, False),
        ({"direction": "forward"}, False),
        ({"start": "2026-11-22T15:38:51.5Z"}, False),
        ({"roaming": {"country": "BE"}}, False),
    ],
)
def test_the_fingerprint_is_of_what_an_event_says(change: dict[str, Any], same: bool) -> None:
    first, second = read(VOICE, {**VOICE, **change})
    assert isinstance(first, UsageEvent) and isinstance(second, UsageEvent)
    assert (fingerprint(first) == fingerprint(second)) is same


def test_the_fingerprint_ignores_the_order_of_keys_and_never_changes() -> None:
    first, second = read(VOICE, dict(reversed(VOICE.items())))
    assert isinstance(first, UsageEvent) and isinstance(second, UsageEvent)
    assert fingerprint(first) == fingerprint(second) == 4670087447170050697
    assert fingerprint(first) < 2**63


def test_an_event_is_written_as_it_was_read() -> None:
    (event,) = read(VOICE)
    assert decode(msgspec.json.encode(event), NOW) == [event]
