"""An event is stored with its cause and published afterwards: at least once, in order, by one relay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import mongo, outbox
from shared.errors import DependencyDown
from shared.events import PeriodClosed, decode, wrap
from shared.logging import correlated
from shared.mongo import Document
from shared.outbox import BATCH, Relay
from shared.publisher import Message, Publisher
from tests.support.broker import Queues

NAME = PeriodClosed.name


class Crash(BaseException):
    """The process ends here."""


class DiesBeforeMarking(Publisher):
    """Publishes, and then the process is gone."""

    def publish(self, messages: Any) -> None:
        super().publish(messages)
        raise Crash


class DiesBeforePublishing(Publisher):
    """The process is gone before anything went out."""

    def publish(self, messages: Any) -> None:
        raise Crash


def store(database: Database[Document], *rows: int) -> None:
    """One transaction that stores a thing and its events."""

    def work(session: ClientSession) -> None:
        database["things"].insert_one({"rows": rows}, session=session)
        events = [wrap(PeriodClosed(period="2026-10", rows=n, amount="1.000000"), "c1") for n in rows]
        outbox.add(database, session, *events)

    mongo.transact(database, work)


def heard(queues: Queues, queue: str) -> list[int]:
    """The events that arrived, by the number in them, taken from the queue."""
    numbers = []
    while message := queues.take(queue):
        numbers.append(decode(message.body, PeriodClosed).data.rows)
    return numbers


def waiting(database: Database[Document]) -> int:
    return database["outbox"].count_documents({"waiting": True})


def lapse(database: Database[Document]) -> None:
    """As if the holder of the lease had been silent for longer than it lasts."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert (
        database["leases"].update_one({"_id": "outbox-relay"}, {"$set": {"until": past}}).matched_count == 1
    )


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


@pytest.fixture
def queue(queues: Queues) -> str:
    """A queue bound to cdr's closed periods."""
    return queues.bind("cdr.events", NAME)


def test_an_event_goes_out_as_it_was_stored(
    database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    with correlated("the-click"):
        store(database, 1)
    assert Relay(database, publisher).run_once() == 1
    message = queues.take(queue)
    envelope = decode(message.body, PeriodClosed)
    assert (envelope.data.rows, envelope.customer_id, envelope.correlation_id) == (1, "c1", "the-click")
    assert message.properties["message_id"] == envelope.event_id
    assert message.properties["delivery_mode"] == 2
    assert message.headers["tikker.correlation_id"] == "the-click"
    assert waiting(database) == 0
    row = database["outbox"].find_one({"event_id": envelope.event_id})
    assert row is not None and row["sent_at"] is not None


def test_an_event_of_a_transaction_that_fails_never_was(
    database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    def work(session: ClientSession) -> None:
        outbox.add(database, session, wrap(PeriodClosed(period="2026-10", rows=1, amount="1"), "c1"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        mongo.transact(database, work)
    assert Relay(database, publisher).run_once() == 0
    assert heard(queues, queue) == []


def test_events_go_out_in_the_order_in_which_they_were_stored(
    database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    numbers = list(range(2 * BATCH + 20))
    for start in range(0, len(numbers), 10):
        store(database, *numbers[start : start + 10])
    relay = Relay(database, publisher)
    assert [relay.run_once() for _ in range(4)] == [BATCH, BATCH, 20, 0]
    assert heard(queues, queue) == numbers


def test_a_crash_between_publishing_and_marking_sends_again_and_loses_nothing(
    vhost: str, database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    store(database, 1, 2)
    with pytest.raises(Crash):
        Relay(database, DiesBeforeMarking(vhost)).run_once()
    successor = Relay(database, publisher)
    assert successor.run_once() == 0, "the lease of the one that died has not lapsed yet"
    lapse(database)
    assert successor.run_once() == 2
    assert heard(queues, queue) == [1, 2, 1, 2]
    assert waiting(database) == 0


def test_a_crash_before_publishing_loses_nothing(
    vhost: str, database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    store(database, 1)
    with pytest.raises(Crash):
        Relay(database, DiesBeforePublishing(vhost)).run_once()
    lapse(database)
    assert Relay(database, publisher).run_once() == 1
    assert heard(queues, queue) == [1]


def test_of_two_relays_one_leads_until_it_lets_go(
    database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    first, second = Relay(database, publisher), Relay(database, publisher)
    assert first.run_once() == 0
    store(database, 1)
    assert second.run_once() == 0
    assert first.run_once() == 1
    store(database, 2)
    second.release()  # it has nothing to let go
    assert second.run_once() == 0
    first.release()
    assert second.run_once() == 1
    assert first.run_once() == 0
    assert heard(queues, queue) == [1, 2]


def test_an_event_that_nothing_is_bound_for_counts_as_sent_and_is_counted(
    database: Database[Document], publisher: Publisher, queues: Queues
) -> None:
    elsewhere = queues.bind("cdr.events", "cdr.usage.rated.v1")
    before = counted("tikker_outbox_unroutable_total"), counted("tikker_outbox_sent_total")
    store(database, 1, 2)
    assert Relay(database, publisher).run_once() == 2
    after = counted("tikker_outbox_unroutable_total"), counted("tikker_outbox_sent_total")
    assert (after[0] - before[0], after[1] - before[1]) == (2, 2)
    assert waiting(database) == 0
    assert queues.depth(elsewhere) == 0


def test_an_event_that_nothing_is_bound_for_is_kept_by_the_broker(
    database: Database[Document], publisher: Publisher, queues: Queues
) -> None:
    """By the alternate exchange in the broker's policies; then it is no longer unroutable."""
    queues.channel.exchange_declare("unrouted", "fanout")
    kept = queues.channel.queue_declare("", exclusive=True).queue
    queues.channel.queue_bind(kept, "unrouted")
    queues.channel.exchange_declare(
        "cdr.events",
        "topic",
        durable=True,
        auto_delete=False,
        arguments={"alternate-exchange": "unrouted"},
    )
    before = counted("tikker_outbox_unroutable_total")
    store(database, 1)
    assert Relay(database, publisher).run_once() == 1
    assert counted("tikker_outbox_unroutable_total") == before
    assert heard(queues, kept) == [1]


def test_while_the_broker_is_away_events_wait(
    database: Database[Document], publisher: Publisher, queues: Queues, queue: str
) -> None:
    store(database, 1)
    relay = Relay(database, publisher)
    publisher._uri, good = "amqp://guest:guest@127.0.0.1:9/", publisher._uri
    with pytest.raises(DependencyDown):
        relay.run_once()
    assert waiting(database) == 1
    publisher._uri = good
    assert relay.run_once() == 1
    assert heard(queues, queue) == [1]


def test_the_lag_is_the_age_of_the_oldest_that_waits(
    database: Database[Document], publisher: Publisher, queue: str
) -> None:
    store(database, 1)
    old = database["outbox"].find_one()
    assert old is not None
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    database["outbox"].delete_one({"_id": old["_id"]})
    database["outbox"].insert_one({**old, "_id": type(old["_id"]).from_datetime(hour_ago)})
    store(database, 2)
    relay = Relay(database, publisher)
    relay.run_once()
    assert 3590 < counted("tikker_outbox_lag_seconds") < 3700
    relay.run_once()
    assert counted("tikker_outbox_lag_seconds") == 0


def test_the_next_batch_is_found_by_an_index_and_what_was_sent_is_dropped_in_time(
    database: Database[Document],
) -> None:
    store(database, 1)
    plan = database["outbox"].find({"waiting": True}).sort("_id", 1).limit(BATCH).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    indexes: Sequence[Any] = list(database["outbox"].list_indexes())
    assert [i["expireAfterSeconds"] for i in indexes if "sent_at" in i["key"]] == [outbox.KEEP_SENT_SECONDS]


def test_messages_of_strangers_in_the_publisher_do_not_concern_the_relay(publisher: Publisher) -> None:
    """The relay shares its publisher with answers to calls."""
    publisher.send(Message("amq.topic", "nowhere", b"x"))
    publisher.publish([])
