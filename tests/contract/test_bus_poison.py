"""Messages that no handler can do anything with: buried with a reason, and the process lives.

Stock nameko acks malformed bodies (they are gone), and a call without ``reply_to`` or a header
``nameko.call_id_stack`` of the wrong type kills the process, and the next one, for ever. The
``toy`` fixture checks after every test here that the same process still works.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import amqp
import pytest

from shared.acting import CONTEXT_HEADER
from shared.bus.burial import REASON
from shared.ids import new_id
from tests.contract.scene import EVENTS, QUEUE, RPC_QUEUE, RawCall, Scene, body_of
from tests.contract.toy.service import Rang

DEAD = f"{QUEUE}.dead"
DEEP = 100_000


def envelope(**changes: Any) -> bytes:
    """A good envelope with some fields replaced; ``None`` leaves one out."""
    fields = {**json.loads(body_of("poison")), **changes}
    return json.dumps({k: v for k, v in fields.items() if v is not ...}).encode()


GOOD = body_of("poison")
NESTED = GOOD.replace(b'"id":"poison"', b'"id":"poison","more":' + b"[" * DEEP + b"]" * DEEP)

EVENTS_TO_BURY = {
    "malformed JSON": (b"{not json", "not a toy.bell.rang.v1"),
    "nothing": (b"", "not a toy.bell.rang.v1"),
    "half a message": (GOOD[:-20], "not a toy.bell.rang.v1"),
    "bytes that are no UTF-8": (GOOD.replace(b"poison", b"\xff\xfe\x80"), "UnicodeDecodeError|not a"),
    "a pickle": (b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07os.exit\x94.", "not a toy.bell"),
    "nested without end": (b"[" * DEEP, "not a toy.bell.rang.v1|RecursionError"),
    "nested without end in an unknown field": (NESTED, "RecursionError"),
    "another event's name": (envelope(name="toy.bell.broke.v1"), "the envelope says toy.bell.broke.v1"),
    "a missing field of the envelope": (envelope(event_id=...), "missing required field `event_id`"),
    "a missing field of the event": (envelope(data={"act": "nothing"}), "missing required field `id`"),
    "a field of another type": (envelope(data={"id": 5}), "Expected `str`, got `int`"),
    "a list": (b"[]", "Expected `object`, got `array`"),
    "a time without a zone": (envelope(occurred_at="2026-11-22T20:00:00"), "occurred_at has no time zone"),
    "a time that is none": (envelope(occurred_at="yesterday"), "Invalid RFC3339"),
}


@pytest.mark.parametrize(("body", "reason"), EVENTS_TO_BURY.values(), ids=EVENTS_TO_BURY)
def test_an_event_that_cannot_be_read_is_buried_with_the_reason(toy: Scene, body: bytes, reason: str) -> None:
    toy.queues.publish(EVENTS, Rang.name, body)
    buried = toy.in_queue(DEAD)
    assert any(part in buried.headers[REASON] for part in reason.split("|")), buried.headers[REASON]
    assert content(buried) == body


def content(message: Any) -> bytes:
    return message.body.encode() if isinstance(message.body, str) else bytes(message.body)


HARMLESS = {
    "another content type": {"content_type": "application/x-python-serialize"},
    "no content type": {"content_type": ""},
    "a character set for the body": {"content_encoding": "utf-8"},
    "a character set that is none": {"content_encoding": "klingon"},
    "a call stack that is a number": {"headers": {"nameko.call_id_stack": 5}},
    "a call stack that is a table": {"headers": {"nameko.call_id_stack": {"a": [1]}}},
    "a header without a name": {"headers": {"": "x"}},
    "our header with a table in it": {"headers": {"tikker.note": {"a": {"b": [None]}}}},
    "a time to live": {"expiration": "60000"},
    "a high priority": {"priority": 255},
}


@pytest.mark.parametrize("properties", HARMLESS.values(), ids=HARMLESS)
def test_an_event_with_odd_properties_is_handled_all_the_same(toy: Scene, properties: Any) -> None:
    toy.wrote(toy.ring(**properties), "start", "end")


def test_a_body_is_never_unpacked_because_a_header_says_so(toy: Scene) -> None:
    """kombu unpacks what a header ``compression`` names, without a limit, and acks what it can not."""
    toy.wrote(toy.ring(headers={"compression": "application/x-bz2"}), "start", "end")


def test_a_body_is_never_transcoded_because_a_property_says_so(toy: Scene) -> None:
    """py-amqp decodes bodies with the codec named in ``content_encoding``; some give lone surrogates."""
    body = b"\\ud800"
    toy.queues.publish(EVENTS, Rang.name, body, content_encoding="unicode_escape")
    assert content(toy.in_queue(DEAD)) == body


class Raw(amqp.Message):  # type: ignore[misc]
    """A message whose properties are the bytes given."""

    def _serialize_properties(self) -> bytes:
        return bytes(self.properties["raw"])


def header(value: bytes) -> bytes:
    """The properties: only a table of headers, with one entry ``h``."""
    table = b"\x01h" + value
    return struct.pack(">HI", 0x2000, len(table)) + table


def _nested_tables(depth: int) -> bytes:
    table = b""
    for _ in range(depth):
        table = b"\x01h" + b"F" + struct.pack(">I", len(table)) + table
    return struct.pack(">HI", 0x2000, len(table)) + table


UNREADABLE_PROPERTIES = {
    "a content type that is no UTF-8": struct.pack(">HB", 0x8000, 1) + b"\xff",
    "a header with a time in the year 57862": header(b"T" + struct.pack(">Q", 1_763_844_000_000_000)),
    "a header with the last time there is": header(b"T" + struct.pack(">Q", 2**64 - 1)),
    "headers nested without end": _nested_tables(8_000),
}


@pytest.mark.parametrize("raw", UNREADABLE_PROPERTIES.values(), ids=UNREADABLE_PROPERTIES)
def test_an_event_whose_properties_cannot_be_read_is_handled_by_its_body(toy: Scene, raw: bytes) -> None:
    about = new_id()
    toy.queues.channel.basic_publish(Raw(body_of(about), raw=raw), exchange=EVENTS, routing_key=Rang.name)
    toy.wrote(about, "start", "end")


@pytest.mark.parametrize("raw", UNREADABLE_PROPERTIES.values(), ids=UNREADABLE_PROPERTIES)
def test_a_call_whose_properties_cannot_be_read_is_buried(toy: Scene, raw: bytes) -> None:
    toy.queues.channel.basic_publish(Raw(b"{}", raw=raw), exchange="nameko-rpc", routing_key="toy.ask")
    assert "no reply_to" in toy.in_queue(f"{RPC_QUEUE}.dead").headers[REASON]


def test_a_call_that_nobody_waits_for_is_buried_and_not_run(toy: Scene) -> None:
    about = new_id()
    request = json.dumps({"args": [], "kwargs": {"id": about}}).encode()
    toy.queues.publish("nameko-rpc", "toy.ask", request, headers=toy.headers())
    buried = toy.in_queue(f"{RPC_QUEUE}.dead")
    assert buried.headers[REASON] == "no reply_to: nobody waits for the answer"
    assert content(buried) == request
    assert toy.diary(about) == []


def test_a_call_with_a_bad_call_stack_is_answered(toy: Scene) -> None:
    call = RawCall(toy, "ask", {"id": new_id()}, headers={"nameko.call_id_stack": 5})
    assert call.answer()["error"] is None


CALLS_TO_REFUSE = {
    "malformed JSON": b"{not json",
    "nothing": b"",
    "bytes that are no UTF-8": b'{"args": [], "kwargs": {"id": "\xff"}}',
    "nested without end": b"[" * DEEP,
    "a list": b"[]",
    "arguments by position": b'{"args": ["x"], "kwargs": {}}',
    "arguments that are a number": b'{"args": [], "kwargs": 5}',
    "no arguments": b'{"args": []}',
    "an unknown field": b'{"args": [], "kwargs": {"id": "x", "customer_id": "y"}}',
    "a field of another type": b'{"args": [], "kwargs": {"id": {"$gt": ""}}}',
    "a missing field": b'{"args": [], "kwargs": {}}',
}


@pytest.mark.parametrize("body", CALLS_TO_REFUSE.values(), ids=CALLS_TO_REFUSE)
def test_a_call_that_does_not_fit_is_answered_as_invalid(toy: Scene, body: bytes) -> None:
    assert RawCall(toy, "ask", body=body).answer()["error"]["tikker"]["code"] == "invalid"


@pytest.mark.parametrize("method", ["nonsense", "__init__", "diary", "ask.more", "on_rang", ""])
def test_a_method_that_does_not_exist_or_is_not_for_callers_is_not_found(toy: Scene, method: str) -> None:
    toy.queues.channel.queue_bind(RPC_QUEUE, "nameko-rpc", f"toy.{method}")  # if its binding misses it
    assert RawCall(toy, method, {"id": "x"}).answer()["error"]["tikker"]["code"] == "not_found"


@pytest.mark.parametrize("context", [None, "", "a.b.c", "x" * 5_000, 5, 2.5, [1], {"a": 1}, b"\xff\xfe"])
def test_a_call_without_a_context_that_counts_is_forbidden_and_not_run(toy: Scene, context: object) -> None:
    about = new_id()
    call = RawCall(toy, "ask", {"id": about}, headers={CONTEXT_HEADER: context})
    assert call.answer()["error"]["tikker"]["code"] == "forbidden"
    assert toy.diary(about) == []


def test_a_context_of_a_kind_that_the_method_is_not_for_is_forbidden(toy: Scene) -> None:
    assert RawCall(toy, "ask_as_staff", {"id": "x"}).answer()["error"]["tikker"]["code"] == "forbidden"


def test_a_context_for_another_service_is_forbidden(toy: Scene) -> None:
    other = toy.headers("cdr")
    assert RawCall(toy, "ask", {"id": "x"}, headers=other).answer()["error"]["tikker"]["code"] == "forbidden"


def test_a_schema_that_breaks_is_a_fault_that_the_log_explains(toy: Scene) -> None:
    answer = RawCall(toy, "ask", {"id": 5, "fault": 1}).answer()
    assert answer["error"]["tikker"] == {
        "code": "fault",
        "message": "Deze gegevens zijn nu niet op te halen. Onze beheerders zien dit in hun logboek.",
        "details": {},
    }
    assert "ZeroDivisionError" in toy.logged("a call could not be taken up", method="ask")["exception"]


def test_an_answer_that_cannot_be_written_is_a_fault(toy: Scene) -> None:
    assert RawCall(toy, "unwritable").answer()["error"]["tikker"]["code"] == "fault"
