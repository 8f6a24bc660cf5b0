"""The published JSON Schema says of a usage message exactly what the decoder does with it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.refusal import Reason
from services.cdr.domain.usage import BadEvent, decode
from tests.support.carrier_guide import GUIDE, SCHEMA, blocks
from tests.support.json_schema import UnknownKeyword, is_valid

pytestmark = pytest.mark.feature("CDR-01")

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

VOICE: dict[str, Any] = {
    "record": "v-1",
    "kind": "voice",
    "charged": "+31850001611",
    "from": "+31850001611",
    "to": "+31600123456",
    "start": "2026-11-22T16:38:51+01:00",
    "duration": 252,
}
SMS = {**{k: v for k, v in VOICE.items() if k != "duration"}, "record": "s-1", "kind": "sms", "messages": 2}
DATA = {k: VOICE[k] for k in ("record", "charged", "start")} | {"kind": "data", "volume": 10**9}
ABSENT = object()


def changed(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The event with other values; a trailing _ in a name keeps Python happy with ``from``."""
    merged = event | {name.rstrip("_"): value for name, value in changes.items()}
    return {name: value for name, value in merged.items() if value is not ABSENT}


def decodes(message: Any) -> bool:
    items = decode(json.dumps(message).encode(), NOW)
    return not any(isinstance(item, BadEvent) for item in items)


GOOD: list[Any] = [
    VOICE,
    SMS,
    DATA,
    {"events": [VOICE, SMS, DATA]},
    {"events": [VOICE] * 1000},
    changed(VOICE, duration=0),
    changed(VOICE, duration=604_800),
    changed(VOICE, volume=None, messages=None, roaming=None, carrier=None),
    changed(VOICE, revision=9999, direction="forward", carrier="vasco"),
    changed(VOICE, record="Az09._:+/=@-"),
    changed(VOICE, record="a" * 100),
    changed(VOICE, from_="anon", to="é" * 80),
    changed(VOICE, roaming={"country": "BE", "network": "206-01"}),
    changed(VOICE, roaming={"country": "BE", "network": None}),
    changed(VOICE, start="2026-11-22T15:38:51.123456789Z"),
    changed(VOICE, start="2026-11-22 15:38:51-0500"),
    changed(SMS, messages=ABSENT),
    changed(SMS, messages=100),
    changed(DATA, from_="+31600123456", to=None),
    changed(DATA, volume=10**13),
]

BAD: list[Any] = [
    [],
    [VOICE],
    None,
    "text",
    {},
    {"events": []},
    {"events": {}},
    {"events": [VOICE] * 1001},
    {"events": [VOICE, {}]},
    {"events": [VOICE, 7]},
    {"events": [VOICE], "version": 1},
    {**VOICE, "events": [VOICE]},
    changed(VOICE, record=ABSENT),
    changed(VOICE, record=""),
    changed(VOICE, record="a|b"),
    changed(VOICE, record="a\n"),
    changed(VOICE, record="a" * 101),
    changed(VOICE, record=None),
    changed(VOICE, kind="fax"),
    changed(VOICE, kind=None),
    changed(VOICE, kind=ABSENT),
    changed(VOICE, direction=None),
    changed(VOICE, revision=None),
    changed(VOICE, revision=0),
    changed(VOICE, revision=10_000),
    changed(VOICE, revision="2"),
    changed(VOICE, revison=2),
    changed(VOICE, carrier=""),
    changed(VOICE, carrier="x" * 41),
    changed(VOICE, charged=ABSENT),
    changed(VOICE, charged=None),
    changed(VOICE, charged=31850001611),
    changed(VOICE, from_=None),
    changed(VOICE, to=ABSENT),
    changed(VOICE, to=""),
    changed(VOICE, to="x" * 81),
    changed(VOICE, start=ABSENT),
    changed(VOICE, start="2026-11-22T15:38:51"),
    changed(VOICE, start="2026-11-22T15:38Z"),
    changed(VOICE, start="2026-13-22T15:38:51Z"),
    changed(VOICE, start="2026-11-22T24:00:00Z"),
    changed(VOICE, start="2026-11-22T15:38:60Z"),
    changed(VOICE, start="2026-11-22T15:38:51Z\n"),
    changed(VOICE, start=1_763_826_000),
    changed(VOICE, duration=ABSENT),
    changed(VOICE, duration=None),
    changed(VOICE, duration=-1),
    changed(VOICE, duration=604_801),
    changed(VOICE, duration=1.5),
    changed(VOICE, duration=True),
    changed(VOICE, volume=1),
    changed(VOICE, roaming={}),
    changed(VOICE, roaming={"country": "be"}),
    changed(VOICE, roaming={"country": "BEL"}),
    changed(VOICE, roaming={"country": "BE", "network": ""}),
    changed(VOICE, roaming={"country": "BE", "cell": 1}),
    changed(SMS, messages=0),
    changed(SMS, messages=101),
    changed(SMS, duration=1),
    changed(SMS, from_=ABSENT),
    changed(DATA, volume=ABSENT),
    changed(DATA, volume=10**13 + 1),
    changed(DATA, to="+31600123456"),
    changed(DATA, messages=1),
]


@pytest.mark.parametrize("message", GOOD)
def test_both_take_it(message: Any) -> None:
    assert is_valid(message, SCHEMA)
    assert decodes(message)


@pytest.mark.parametrize("message", BAD)
def test_both_refuse_it(message: Any) -> None:
    assert not is_valid(message, SCHEMA)
    assert not decodes(message)


_values = st.one_of(
    st.sampled_from([ABSENT, None, True, "", "anon", "voice", "sms", "data", "in", "BE", [], {}, 1.5]),
    st.integers(-2, 110) | st.sampled_from([9999, 10_000, 604_800, 604_801, 10**13, 10**13 + 1, 2**64]),
    st.text(max_size=3),
    st.fixed_dictionaries(
        {}, optional={"country": st.sampled_from(["BE", "be"]), "network": st.text(max_size=2)}
    ),
)
_names = st.sampled_from([*SCHEMA["$defs"]["event"]["properties"], "events", "Record"])


@given(st.sampled_from([VOICE, SMS, DATA]), st.dictionaries(_names, _values, max_size=3))
@settings(max_examples=300, deadline=None)
def test_schema_and_decoder_agree_on_an_event_with_anything_in_it(
    event: dict[str, Any], changes: dict[str, Any]
) -> None:
    message = changed(event, **changes)
    assert is_valid(message, SCHEMA) == decodes(message)


_digits = st.integers(0, 99).map("{:02d}".format)
_starts = st.builds(
    "{}-{}-{}{}{}:{}:{}{}{}".format,
    st.sampled_from(["2025", "2026"]),
    st.sampled_from(["01", "12", "00", "13"]),
    st.sampled_from(["01", "31", "00", "32"]),
    st.sampled_from(["T", "t", " ", "_", ""]),
    *([_digits] * 3),
    st.sampled_from(["", ".5", ".", ",5", ".123456"]),
    st.sampled_from(["Z", "z", "", "+01:00", "-0930", "+24:00", "+01", "+01:60"]),
).filter(lambda start: not start.startswith("2026-12"))


@given(_starts)
@settings(max_examples=300, deadline=None)
def test_schema_and_decoder_agree_on_how_a_moment_is_written(start: str) -> None:
    message = changed(VOICE, start=start)
    assert is_valid(message, SCHEMA) == decodes(message)


@pytest.mark.parametrize("start", ["2026-02-30T10:00:00Z", "1999-12-31T23:59:59Z", "2026-11-24T20:00:01Z"])
def test_what_a_schema_cannot_say_of_a_start_its_description_does(start: str) -> None:
    assert not decodes(changed(VOICE, start=start))
    described = SCHEMA["$defs"]["event"]["properties"]["start"]["description"]
    assert "a day that exists, from 2000 up to two days from now" in described


_WRITTEN = json.dumps(VOICE)


@pytest.mark.parametrize(
    "body", [_WRITTEN.replace("{", '{"kind": "voice", '), _WRITTEN.replace("252", "252.0")]
)
def test_what_a_schema_cannot_say_of_json_its_description_does(body: str) -> None:
    assert isinstance(decode(body.encode(), NOW)[0], BadEvent)
    assert "every key at most once" in SCHEMA["description"] and "12, not 12.0" in SCHEMA["description"]


def test_an_unknown_keyword_in_the_schema_is_no_silent_yes() -> None:
    with pytest.raises(UnknownKeyword):
        is_valid(VOICE, {"properties": {"record": {"minimumLength": 3}}})


def test_the_examples_of_the_guide_are_good_messages() -> None:
    examples = [json.loads(block) for block in blocks("json")]
    assert len(examples) == 2
    assert all(is_valid(example, SCHEMA) and decodes(example) for example in examples)


def test_the_guide_names_every_field_and_every_reason() -> None:
    table = GUIDE[GUIDE.index("## Fields of an event") : GUIDE.index("**Parties**")]
    for name in SCHEMA["$defs"]["event"]["properties"]:
        assert f"`{name}`" in table
    reasons = re.findall(r"^\| `(\w+)` \|", GUIDE[GUIDE.index("| reason |") :], re.MULTILINE)
    assert reasons == [str(reason) for reason in Reason]
