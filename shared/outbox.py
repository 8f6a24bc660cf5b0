"""Storing and publishing are one write: the event is a row beside the entity, in the same transaction.

One relay per service (the holder of a lease) publishes the rows in order, with confirm and mandatory,
and marks them sent; a crash in between publishes again, so events come at least once. An event that
nothing is bound to goes to the broker's kept ``unrouted`` queue and counts as sent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from prometheus_client import Counter, Gauge
from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import telemetry
from shared.events import Envelope, encode, exchange_of
from shared.mongo import Document, Lease
from shared.publisher import Message, Publisher, Unroutable

BATCH = 50
KEEP_SENT_SECONDS = 7 * 24 * 3600

SENT = Counter("tikker_outbox_sent_total", "Events published from the outbox")
UNROUTABLE = Counter("tikker_outbox_unroutable_total", "Events that came back from the broker")
LAG = Gauge("tikker_outbox_lag_seconds", "Age of the oldest event that is not published yet")


def ensure_indexes(db: Database[Document]) -> None:
    db["outbox"].create_index([("sent_at", ASCENDING)], expireAfterSeconds=KEEP_SENT_SECONDS)
    db["outbox"].create_index(
        [("waiting", ASCENDING), ("_id", ASCENDING)], partialFilterExpression={"waiting": True}
    )


def add(db: Database[Document], session: ClientSession, *envelopes: Envelope[Any]) -> None:
    """Queue events for publication; ``session`` is that of the transaction that stores their cause."""
    trace = telemetry.current()
    db["outbox"].insert_many(
        [
            {
                "_id": ObjectId(),
                "event_id": envelope.event_id,
                "name": envelope.name,
                "body": encode(envelope),
                "correlation_id": envelope.correlation_id,
                "waiting": True,
                **({"trace": trace[telemetry.HEADER]} if trace else {}),
            }
            for envelope in envelopes
        ],
        session=session,
    )


class Relay:
    """Publishes what waits in one service's outbox."""

    def __init__(self, db: Database[Document], publisher: Publisher) -> None:
        self._outbox = db["outbox"]
        self._publisher = publisher
        self._lease = Lease(db, "outbox-relay")

    def run_once(self) -> int:
        """Publish up to BATCH events; how many went. 0 as well when another process is the relay."""
        if not self._lease.hold():
            return 0
        rows = list(self._outbox.find({"waiting": True}).sort("_id", ASCENDING).limit(BATCH))
        LAG.set((datetime.now(UTC) - rows[0]["_id"].generation_time).total_seconds() if rows else 0)
        if not rows:
            return 0
        try:
            self._publisher.publish([_message(row) for row in rows])
        except Unroutable as returned:
            UNROUTABLE.inc(len(returned.messages))
        self._outbox.update_many(
            {"_id": {"$in": [row["_id"] for row in rows]}},
            {"$set": {"sent_at": datetime.now(UTC)}, "$unset": {"waiting": ""}},
        )
        SENT.inc(len(rows))
        return len(rows)

    def release(self) -> None:
        self._lease.release()


def _message(row: Document) -> Message:
    trace = {telemetry.HEADER: row["trace"]} if "trace" in row else {}
    return Message(
        exchange=exchange_of(row["name"].split(".", 1)[0]),
        routing_key=row["name"],
        body=bytes(row["body"]),
        headers={"tikker.correlation_id": row["correlation_id"], **trace},
        properties={"message_id": row["event_id"]},
    )
