"""Usage events as carriers publish them (version 1): decoding, and what is wrong with a bad one.

A message is one JSON object or {"events": [1 to 1000 objects]}, in UTF-8. A whole message is
decoded at once; only when something in it is wrong, it is cut into its items and each is judged
by itself, so that one bad event never harms the others.

Decisions on JSON that libraries accept silently:
- a key that occurs twice is refused, since programs differ in which of the two they believe;
- an unknown key is refused: a misspelt "revision" would otherwise count as revision 1;
- NaN, Infinity, 12.0 for a whole number, and text in other encodings than UTF-8 are refused;
- a byte order mark is refused like any other text before the object.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Kind = Literal["voice", "sms", "data"]
Direction = Literal["out", "in", "forward"]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE_LIMIT = timedelta(days=2)  # clocks of switches differ, but not by more
MAX_EVENTS = 1000

_Party = Annotated[str, Meta(min_length=1, max_length=80)]


class Roaming(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Where a mobile was: `country` ISO 3166 alpha-2, `network` MCC-MNC such as "206-01"."""

    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
    network: Annotated[str, Meta(min_length=1, max_length=16)] | None = None


class UsageEvent(
    Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename={"sender": "from", "receiver": "to"}
):
    """One call, message or data session. Parties are as the carrier wrote them (see numbers.py).

    `start` is aware; `duration` in seconds (voice), `volume` in bytes (data), `messages` in pieces
    (sms, None means 1). `charged` is the number that pays.
    """

    record: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:+/=@-]{1,100}\Z")]
    kind: Kind
    charged: _Party
    start: Annotated[datetime, Meta(tz=True)]
    sender: _Party | None = None
    receiver: _Party | None = None
    direction: Direction = "out"
    duration: Annotated[int, Meta(ge=0, le=7 * 86_400)] | None = None
    volume: Annotated[int, Meta(ge=0, le=10**13)] | None = None
    messages: Annotated[int, Meta(ge=1, le=100)] | None = None
    revision: Annotated[int, Meta(ge=1, le=9999)] = 1
    carrier: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    roaming: Roaming | None = None

    @property
    def quantity(self) -> int:
        """Seconds, bytes or messages, by kind."""
        if self.kind == "voice":
            return self.duration or 0
        return self.volume or 0 if self.kind == "data" else self.messages or 1


class BadEvent(Struct, frozen=True):
    """An item that cannot be used: its bytes as received, why not, and its record if it can be read."""

    raw: bytes
    reason: str
    record: str | None = None


class _Batch(Struct, frozen=True, forbid_unknown_fields=True):
    events: Annotated[list[UsageEvent], Meta(min_length=1, max_length=MAX_EVENTS)]


class _RawBatch(Struct, frozen=True, forbid_unknown_fields=True):
    events: list[msgspec.Raw]


_BATCH_OPENING = re.compile(rb'\s*\{\s*"events"\s*:\s*\[')
_BATCH_CLOSING = re.compile(rb"\s*\}\s*\Z")
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\(?:.|\Z))*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
_RECORD = re.compile(rb'"record"\s*:\s*"([A-Za-z0-9._:+/=@-]{1,100})"')
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?\Z", re.DOTALL)

_decode_batch = msgspec.json.Decoder(_Batch).decode
_decode_raw = msgspec.json.Decoder(_RawBatch).decode
_decode_event = msgspec.json.Decoder(UsageEvent).decode


def decode(body: bytes, now: datetime) -> list[UsageEvent | BadEvent]:
    """The events of a message in order, each either usable or bad. Never raises on any bytes.

    `now` (aware) is what "in the future" is measured against.
    """
    latest = now + FUTURE_LIMIT
    try:
        events = _decode_batch(body).events if _BATCH_OPENING.match(body) else [_decode_event(body)]
        _check_keys(body.decode())
        if not any(_objection(event, latest) for event in events):
            return list(events)
    except (ValueError, RecursionError):
        pass  # the reason is found item by item below
    return list(_decode_items(body, latest))


def _refuse_duplicates(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice[:40]!r} occurs more than once; send it once")


_check_keys = json.JSONDecoder(object_pairs_hook=_refuse_duplicates).decode


def _objection(event: UsageEvent, latest: datetime) -> str | None:
    """What contradicts within a well-formed event, as a sentence that starts with the path."""
    if not EARLIEST <= event.start <= latest:
        side = "before 2000" if event.start < EARLIEST else "more than 2 days in the future"
        return f"$.start: {event.start.isoformat()} is {side}"
    if event.kind == "voice":
        wrong = event.duration is None or event.volume is not None or event.messages is not None
    elif event.kind == "sms":
        wrong = event.duration is not None or event.volume is not None
    else:
        wrong = event.volume is None or event.duration is not None or event.messages is not None
    if wrong:
        return _mismatch(event)
    if event.kind == "data":
        return None if event.receiver is None else "$.to: a data session has no receiver; leave it out"
    if event.sender is None or event.receiver is None:
        absent = "from" if event.sender is None else "to"
        return f"$.{absent}: missing; a {event.kind} event needs both parties"
    return None


_MEASURE = {"voice": "duration", "sms": "messages", "data": "volume"}


def _mismatch(event: UsageEvent) -> str:
    own = _MEASURE[event.kind]
    for name in _MEASURE.values():
        if name != own and getattr(event, name) is not None:
            return f"$.{name}: does not belong to kind {event.kind}, which has {own}"
    return f"$.{own}: missing; kind {event.kind} needs it"


def _decode_items(body: bytes, latest: datetime) -> Iterator[UsageEvent | BadEvent]:
    opening = _BATCH_OPENING.match(body)
    if not opening:
        yield _judge(body, "$", latest)
        return
    items, rest = _items(body, opening.end())
    if not items and rest is None:
        yield BadEvent(body, "$.events: the list is empty; it holds 1 to 1000 events")
        return
    if len(items) > MAX_EVENTS:
        yield BadEvent(body, f"$.events: holds {len(items)} events; it holds 1 to {MAX_EVENTS}")
        return
    for index, item in enumerate(items):
        yield _judge(item, f"$.events[{index}]", latest)
    if rest is not None:
        yield BadEvent(rest, f"$: after event {len(items)} the message is cut off or holds something else")


def _items(body: bytes, start: int) -> tuple[list[bytes], bytes | None]:
    """The items of a batch: by the JSON library, which is faster, unless the message is no JSON or may
    have the key "events" twice, of which it would show the last one only."""
    if body.count(b'"events"') != 1 or b"\\" in body:
        return _cut(body, start)
    try:
        return [bytes(item) for item in _decode_raw(body).events], None
    except (ValueError, RecursionError):
        return _cut(body, start)


def _cut(body: bytes, start: int) -> tuple[list[bytes], bytes | None]:
    """The items of a JSON list that opens before `start`, and the text left over (None when whole).

    Only strings, brackets and commas are looked at: an item may be wrong in any way and be nested
    to any depth without harm to those beside it.
    """
    items: list[bytes] = []
    depth, begin = 0, start
    for token in _STRUCTURE.finditer(body, start):
        mark = token[0]
        if mark in b"{[":
            depth += 1
        elif mark in b"]}" and depth:
            depth -= 1
        elif mark in b"]," and not depth:
            item = body[begin : token.start()].strip()
            if item or mark == b",":
                items.append(item)
            begin = token.end()
            if mark == b"]":
                return items, None if _BATCH_CLOSING.match(body, begin) else body[begin:]
    return items, body[begin:]


def _judge(raw: bytes, path: str, latest: datetime) -> UsageEvent | BadEvent:
    try:
        event = _decode_event(raw)
        _check_keys(raw.decode())
        reason = _objection(event, latest)
    except UnicodeDecodeError:
        reason = "$: the text is not UTF-8"
    except RecursionError:
        reason = "$: nested too deep"
    except ValueError as error:
        reason = _sentence(error)
    if reason is None:
        return event
    record = _RECORD.search(raw)
    return BadEvent(raw, path + reason[1:] + ".", record[1].decode() if record else None)


def _sentence(error: ValueError) -> str:
    """A library's message with the path in front: "$.duration: Expected `int` >= 0"."""
    found = _WHERE.match(str(error))
    assert found is not None  # the pattern matches any text
    return f"${found['path'] or ''}: {found['what']}"


def fingerprint(event: UsageEvent) -> int:
    """A stable 63-bit hash of what an event says, whatever the order of its keys.

    Two events with the same carrier, record and revision but another fingerprint contradict each
    other. Absent and spelt-out defaults count as the same; so do two spellings of one moment.
    """
    roaming = event.roaming
    meaning = (
        event.kind,
        event.direction,
        event.charged,
        event.sender,
        event.receiver,
        event.start.timestamp(),
        event.quantity,
        roaming.country if roaming else None,
        roaming.network if roaming else None,
    )
    return int.from_bytes(blake2b(msgspec.json.encode(meaning), digest_size=8).digest()) >> 1
