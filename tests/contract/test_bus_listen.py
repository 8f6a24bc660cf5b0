"""What becomes of an event when its handler succeeds, fails, asks for later, or misses what it needs.

Stock nameko acks an event whose handler raised (it is gone), or with ``requeue_on_error`` delivers it
again thousands of times a second.
"""

from __future__ import annotations

import pytest

from shared.bus.burial import ATTEMPT, DELAYS, REASON
from shared.events import decode
from tests.contract.scene import QUEUE, Scene
from tests.contract.toy.service import Rang
from tests.support.processes import until

DEAD = f"{QUEUE}.dead"
WAITING = [f"{QUEUE}.retry.{name}" for name, _ in DELAYS]


def test_a_handled_event_is_counted_and_leaves_nothing_behind(toy: Scene) -> None:
    before = toy.counted("handled")
    toy.wrote(toy.ring(), "start", "end")
    until(lambda: toy.counted("handled") == before + 1, what="the count")
    assert [q for q in (QUEUE, DEAD, *WAITING) if toy.queues.depth(q)] == []


@pytest.mark.parametrize(
    ("act", "reason"),
    [("fail", "ValueError: the handler broke"), ("never", "Permanent: this can never be")],
)
def test_an_event_whose_handler_raises_runs_once_and_goes_to_the_dead_letters(
    toy: Scene, act: str, reason: str
) -> None:
    about = toy.ring(act)
    buried = toy.in_queue(DEAD)
    assert buried.headers[REASON] == reason
    assert decode(buried.body, Rang).data.id == about
    assert toy.diary(about) == ["start"]


def test_a_transient_failure_climbs_the_ladder_of_delays_and_ends_in_the_dead_letters(toy: Scene) -> None:
    about = toy.ring("later")
    for attempt, queue in enumerate(WAITING, start=1):
        waiting = toy.in_queue(queue)
        assert waiting.headers[ATTEMPT] == attempt
        assert waiting.headers[REASON] == "not just now"
        assert toy.diary(about) == ["start"] * attempt
        toy.queues.publish("toy.queues", QUEUE, waiting.body, headers=waiting.headers)  # its time is up
    buried = toy.in_queue(DEAD)
    assert buried.headers[REASON] == "Transient: not just now"
    assert toy.diary(about) == ["start"] * (len(DELAYS) + 1)


@pytest.mark.parametrize("queue", WAITING)
def test_what_has_waited_comes_back_to_its_own_queue(toy: Scene, queue: str) -> None:
    """The message brings a shorter time of its own; the broker takes the lesser of the two."""
    about = toy.ring(exchange="toy.queues", key=queue, expiration="1")
    toy.wrote(about, "start", "end")


def test_a_reason_of_any_length_does_not_cost_the_message(toy: Scene) -> None:
    toy.ring("later, at length")
    waiting = toy.in_queue(WAITING[0])
    assert waiting.headers[REASON].startswith("not now not now")


@pytest.mark.parametrize("act", ["dependency", "database"])
def test_while_a_dependency_is_down_the_event_stays_in_hand_and_spends_no_attempt(
    toy: Scene, act: str
) -> None:
    before = toy.counted("paused")
    about = toy.ring(act)
    until(lambda: toy.counted("paused") > before, what="a pause")
    toy.flag(f"up-{about}")
    until(lambda: toy.diary(about)[-1:] == ["end"], what="the event handled")
    assert toy.diary(about).count("end") == 1
    assert [q for q in (DEAD, *WAITING) if toy.queues.depth(q)] == []


def test_a_dependency_that_is_down_does_not_hold_up_what_does_not_need_it(toy: Scene) -> None:
    held = toy.ring("dependency")
    until(lambda: toy.diary(held), what="the first try")
    toy.wrote(toy.ring(), "start", "end")
    toy.flag(f"up-{held}")
    until(lambda: toy.diary(held)[-1:] == ["end"], what="the event handled")


@pytest.mark.parametrize(
    ("attempt", "place"),
    [(None, WAITING[0]), (0, WAITING[0]), (3, WAITING[3]), (4, DEAD)]
    + [(nonsense, DEAD) for nonsense in (-1, 4.5, "many", 2**40, [1], {"a": 1})],
)
def test_an_attempt_count_that_is_nonsense_counts_as_spent(toy: Scene, attempt: object, place: str) -> None:
    toy.ring("later", headers={ATTEMPT: attempt})
    assert toy.filled(DEAD, *WAITING) == place
    toy.in_queue(place)


def test_what_a_handler_logs_carries_the_correlation_id_of_the_event(toy: Scene) -> None:
    about = toy.ring("log")
    line = toy.logged("acting", about=about)
    assert line["correlation_id"] == f"cause-of-{about}"
    assert line["process"] == "toy"
