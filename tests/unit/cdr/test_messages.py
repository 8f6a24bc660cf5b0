"""Whatever bytes a carrier sends: priced, or refused with a reason that the quarantine can keep."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.posting import Priced
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.ingester.messages import KEPT_BYTES, UNPACKED_LIMIT, Received, price_message, receive
from services.cdr.refusal_words import in_words
from services.cdr.store.usage import quarantine_document
from tests.unit.cdr.books import ANNAS, MOBILE, Facts, reference

pytestmark = pytest.mark.feature("CDR-01")

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
KNOWN = reference(Facts())
EVENT: dict[str, Any] = {
    "record": "r",
    "kind": "voice",
    "charged": ANNAS,
    "from": ANNAS,
    "to": MOBILE,
    "start": "2026-11-22T16:00:00Z",
    "duration": 60,
}
BODY = json.dumps(EVENT).encode()
MONGODB_LIMIT = 16 * 2**20


def take(body: bytes, packed: bool = False) -> list[Priced | Refused]:
    return price_message(Received(1, "vasco", body, packed), KNOWN, NOW)


def refusal(body: bytes, packed: bool = False) -> Refused:
    (refused,) = take(body, packed)
    assert isinstance(refused, Refused)
    assert len(bson.encode(quarantine_document(refused))) < MONGODB_LIMIT
    return refused


def message(body: bytes | str, encoding: str | None = None, exchange: str = "carrier.vasco") -> Any:
    properties = {} if encoding is None else {"content_encoding": encoding}
    return SimpleNamespace(
        body=body, properties=properties, delivery_tag=7, delivery_info={"exchange": exchange}
    )


def test_the_exchange_says_who_it_is_and_the_encoding_whether_it_is_packed() -> None:
    assert receive(message(b"x")) == Received(7, "vasco", b"x", False)
    assert receive(message(b"x", "gzip", "carrier.mobi")) == Received(7, "mobi", b"x", True)
    assert receive(message(b"x", "utf-8")).packed is False
    assert receive(message("\udcff{")).body == b"\xff{"


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(BODY),
        gzip.compress(BODY, 0),
        gzip.compress(BODY[:20]) + gzip.compress(BODY[20:]),  # one file of two parts, as gzip allows
    ],
    ids=["one part", "stored", "two parts"],  # bytes would name the test by the second it was packed in
)
def test_a_packed_message_is_what_it_unpacks_to(packed: bytes) -> None:
    (item,) = take(packed, packed=True)
    assert isinstance(item, Priced) and item.key == "vasco|r"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "cut off"),
        (BODY, "not gzip"),
        (zlib.compress(BODY), "not gzip"),
        (gzip.compress(BODY)[:-1], "cut off"),
        (gzip.compress(BODY)[:25], "cut off"),
        (gzip.compress(BODY)[:-5] + b"xxxxx", "not gzip"),
        (gzip.compress(BODY) + b"tail", "not gzip"),
        (gzip.compress(BODY) + gzip.compress(BODY)[:-3], "cut off"),
        (gzip.compress(b"") * 50_000, "more than 100 parts"),
    ],
    ids=[
        "empty",
        "plain",
        "zlib",
        "one byte short",
        "half",
        "wrong sum",
        "a tail",
        "second part short",
        "parts",
    ],
)
def test_what_is_not_whole_gzip_is_kept_as_it_came(body: bytes, sentence: str) -> None:
    refused = refusal(body, packed=True)
    assert (refused.reason, refused.source) == (Reason.UNREADABLE, body)
    assert sentence in refused.sentence


@pytest.mark.parametrize("events", [1, 2])
def test_one_huge_key_is_no_huge_sentence(events: int) -> None:
    """The library's sentence repeats the key: with the source that was more than a document holds."""
    one = json.dumps({"k" * (UNPACKED_LIMIT - 100): 1}).encode()
    body = one if events == 1 else b'{"events": [' + one + b"," + BODY[:20] + b"]}"
    refused, *_ = take(gzip.compress(body, 1), packed=True)
    assert isinstance(refused, Refused) and len(refused.source) > UNPACKED_LIMIT - 100
    document = quarantine_document(refused)
    assert len(bson.encode(document)) < MONGODB_LIMIT
    assert len(document["sentence"]) <= 500
    assert in_words(document["sentence"]).endswith("kennen we niet.")


@pytest.mark.parametrize("bombs", [1, 40])
def test_a_bomb_is_refused_without_being_unpacked(bombs: int) -> None:
    bomb = gzip.compress(bytes(4 * UNPACKED_LIMIT // bombs), 9) * bombs
    refused = refusal(bomb, packed=True)
    assert (refused.reason, refused.source) == (Reason.UNREADABLE, bomb)
    assert "unpacks to more than 8 MiB" in refused.sentence


def test_what_unpacks_to_the_limit_is_taken_and_kept_whole() -> None:
    large = bytes(UNPACKED_LIMIT)
    refused = refusal(gzip.compress(large), packed=True)
    assert (refused.reason, refused.source) == (Reason.SCHEMA, large)


@pytest.mark.parametrize("packed", [True, False])
def test_of_a_message_beyond_all_limits_the_beginning_is_kept(packed: bool) -> None:
    refused = refusal(b"x" * 20_000_000, packed)
    assert (refused.reason, refused.source) == (Reason.UNREADABLE, b"x" * KEPT_BYTES)
    assert "20000000 bytes" in refused.sentence and f"the first {KEPT_BYTES} are kept" in refused.sentence


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "$: "),
        (b"{", "$: "),
        (b"null", "$: "),
        (b"\xff\xfe{}", "$: "),
        (b"\xef\xbb\xbf" + BODY, "$: "),
        (json.dumps(EVENT).encode("utf-16"), "$: "),
        (b"[" * 100_000, "$: "),
        (b'{"events":[]}', "$.events: the list is empty"),
    ],
)
def test_what_is_no_message_is_one_refusal_with_its_bytes(body: bytes, sentence: str) -> None:
    refused = refusal(body)
    assert (refused.reason, refused.source) == (Reason.SCHEMA, body)
    assert refused.sentence.startswith(sentence)


def test_a_fault_of_ours_keeps_the_message_instead_of_looping_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("services.cdr.ingester.messages.price_all", broken)
    refused = refusal(BODY)
    assert (refused.reason, refused.sentence, refused.source) == (
        Reason.FAULT,
        "ZeroDivisionError: oops",
        BODY,
    )


_texts = st.text(st.characters() | st.sampled_from(["\ud800", "\x00", "|", "$"]), max_size=12)
_values = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | _texts


@given(
    st.one_of(
        st.binary(max_size=300),
        st.dictionaries(st.sampled_from([*EVENT, "events"]) | _texts, _values, max_size=4).map(
            lambda changes: json.dumps({**EVENT, **changes}).encode()
        ),
        st.lists(st.dictionaries(st.sampled_from([*EVENT]), _values, max_size=2), max_size=4).map(
            lambda items: json.dumps({"events": [{**EVENT, **item} for item in items]}).encode()
        ),
        st.integers(0, len(BODY) - 1).map(lambda at: BODY[:at] + b"\xff" + BODY[at + 1 :]),
    ),
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_nothing_that_can_be_sent_stops_us_or_gets_lost(body: bytes, packed: bool) -> None:
    items = take(gzip.compress(body) if packed else body, packed)
    assert items
    for item in items:
        if isinstance(item, Refused):
            kept = bson.decode(bson.encode(quarantine_document(item)))
            assert kept["sentence"] and kept["source"] == item.source
        else:
            bson.encode(item.fields)
