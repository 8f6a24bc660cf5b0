"""Looking at what a service could not handle, and trying it again: nothing lost, nothing said wrongly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.acting import Acting
from shared.bus.burial import ATTEMPT, DELAYS, REASON
from shared.bus.dead_letters import SAMPLES, SHOWN_BYTES, DeadLetters
from shared.errors import DependencyDown, Forbidden, NotFound
from shared.events import decode
from shared.ids import new_id
from shared.publisher import Publisher
from shared.rpc_client import RpcClient
from tests.contract.scene import CUSTOMER, EVENTS, QUEUE, RPC_QUEUE, Scene, body_of
from tests.contract.toy.service import Rang
from tests.support.processes import until

DEAD = f"{QUEUE}.dead"


@pytest.fixture(autouse=True)
def no_dead_letters(toy: Scene) -> Iterator[None]:
    """Those of a test are its own."""
    toy.queues.channel.queue_purge(DEAD)
    yield
    toy.queues.channel.queue_purge(DEAD)


def letters(toy: Scene, uri: str = "") -> DeadLetters:
    publisher = Publisher(toy.amqp_uri)
    return DeadLetters(uri or toy.amqp_uri, "toy", [QUEUE, RPC_QUEUE], publisher)


def buried(toy: Scene, count: int) -> list[str]:
    """IDs of events that the toy could not handle, in the order in which they lie in the dead letters.

    One after the other: the toy handles events side by side, and buries first what ends first.
    """
    about: list[str] = []
    for number in range(1, count + 1):
        about.append(toy.ring("never"))
        dead(toy, number)
    return about


def dead(toy: Scene, count: int) -> None:
    """Wait until there are so many dead letters."""
    until(lambda: toy.queues.depth(DEAD) == count, what=f"{count} dead letters")


@pytest.mark.feature("ID-12")
def test_looking_tells_how_many_and_why_and_takes_nothing_away(toy: Scene) -> None:
    about = buried(toy, SAMPLES + 1)
    for _ in range(2):
        events, calls = letters(toy).look()
        assert (events["queue"], events["messages"], events["can_retry"]) == (QUEUE, SAMPLES + 1, True)
        assert len(events["samples"]) == SAMPLES
        first = events["samples"][0]
        assert first["reason"] == "Permanent: this can never be"
        assert first["died_at"].startswith("20") and about[0] in first["body"]
        dead(toy, SAMPLES + 1)  # all of them are back in their queue
        assert (calls["queue"], calls["messages"], calls["can_retry"]) == (RPC_QUEUE, 0, False)


@pytest.mark.feature("ID-12")
def test_a_retry_runs_each_once_more_and_without_the_notes_of_its_burial(toy: Scene) -> None:
    about = buried(toy, 3)
    assert letters(toy).retry(QUEUE, 2) == 2
    for one in about[:2]:
        toy.wrote(one, "start", "start")
    assert toy.diary(about[2]) == ["start"], "the limit holds, and the oldest go first"
    dead(toy, 3)  # those that failed again, and the one that stayed


def test_a_retried_message_begins_its_delays_anew(toy: Scene) -> None:
    about = new_id()
    headers = {ATTEMPT: len(DELAYS), REASON: "too often"}
    toy.queues.publish("toy.queues", DEAD, body_of(about, "later"), headers=headers)
    assert letters(toy).retry(QUEUE, 10) == 1
    delayed = toy.in_queue(f"{QUEUE}.retry.{DELAYS[0][0]}")
    assert (decode(delayed.body, Rang).data.id, delayed.headers[ATTEMPT]) == (about, 1)


def test_a_sample_is_cut_and_readable_whatever_is_in_it(toy: Scene) -> None:
    toy.queues.publish(EVENTS, Rang.name, b"\xff\x00" * SHOWN_BYTES)
    dead(toy, 1)
    (sample,) = letters(toy).look()[0]["samples"]
    assert len(sample["body"]) == SHOWN_BYTES
    assert sample["reason"].startswith("not a toy.bell.rang.v1")


@pytest.mark.parametrize("queue", [RPC_QUEUE, "identity.on_changed", DEAD, ""])
def test_what_is_not_a_queue_of_its_own_is_not_touched(toy: Scene, queue: str) -> None:
    with pytest.raises(NotFound):
        letters(toy).retry(queue, 1)


def test_a_broker_that_is_away_is_said_to_be(toy: Scene) -> None:
    with pytest.raises(DependencyDown):
        letters(toy, "amqp://nobody:x@127.0.0.1:1/none").look()


@pytest.mark.feature("ID-12")
def test_every_service_answers_it_to_the_operator_alone(toy: Scene) -> None:
    buried(toy, 1)
    caller = RpcClient(toy.queues.uri, toy.keyring.signer("cli"))
    rows = caller.call("toy", "dead_letters", Acting(kind="staff", scope="operator"))
    with pytest.raises(Forbidden):
        caller.call("toy", "dead_letters", Acting(kind="staff", scope="partner", customer_id=CUSTOMER))
    caller.close()
    assert [(row["queue"], row["messages"]) for row in rows] == [(QUEUE, 1), (RPC_QUEUE, 0)]
