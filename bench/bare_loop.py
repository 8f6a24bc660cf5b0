"""The yardstick of ``bench ingest``: consume, decode, bulk-insert, ack, and nothing else.

No rating, no owner, no check for duplicates, no counters, no transaction. The same messages, queue
type, collection, indexes and write concern as the ingester, in one process, on the same libraries.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from services.cdr.ingester.consumer import BATCH_EVENTS, BATCH_SECONDS, PREFETCH_MESSAGES
from services.cdr.ingester.messages import receive
from shared import mongo
from shared.config import setting
from shared.publisher import open_connection

CUSTOMER = "0" * 32


class _Event(msgspec.Struct, rename={"sender": "from", "receiver": "to"}):
    record: str
    kind: str
    charged: str
    start: datetime
    sender: str
    receiver: str
    direction: str = "out"
    duration: int = 0
    revision: int = 1


class _Batch(msgspec.Struct):
    events: list[_Event]


def documents(body: bytes, decode_batch: Any, decode_one: Any) -> list[dict[str, Any]]:
    """The events of a message with the fields that the collection's indexes look at."""
    events = decode_batch(body).events if body.startswith(b'{"events"') else [decode_one(body)]
    return [
        {
            "_id": f"bench|{event.record}|0",
            "customer": CUSTOMER,
            "period": 202611,
            "amount": 0,
            **msgspec.structs.asdict(event),
        }
        for event in events
    ]


def main() -> None:
    collection = mongo.connect(timeout_ms=20_000)["usage"]
    connection = open_connection(setting("INGEST_AMQP_URI"), seconds=5.0)
    channel = connection.channel()
    channel.auto_decode = False
    channel.basic_qos(0, PREFETCH_MESSAGES, False)
    decoders = msgspec.json.Decoder(_Batch).decode, msgspec.json.Decoder(_Event).decode
    rows: list[dict[str, Any]] = []
    last_tag = 0

    def take(message: Any) -> None:
        nonlocal last_tag
        received = receive(message)
        rows.extend(documents(received.body, *decoders))
        last_tag = received.tag

    channel.basic_consume(sys.argv[1], callback=take)
    since = time.monotonic()
    while True:
        with suppress(TimeoutError):
            connection.drain_events(timeout=BATCH_SECONDS)
        if rows and (len(rows) >= BATCH_EVENTS or time.monotonic() - since >= BATCH_SECONDS):
            collection.insert_many(rows, ordered=False)
            channel.basic_ack(last_tag, multiple=True)
            rows.clear()
            since = time.monotonic()


if __name__ == "__main__":
    main()
