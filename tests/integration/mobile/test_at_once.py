"""What happens when several ask at once, and when the service is told to stop meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial

from shared.errors import Conflict, Unavailable
from shared.ids import new_id
from tests.integration.mobile.conftest import Mobile
from tests.integration.pbx.at_once import at_once
from tests.support.processes import until

CALLERS = 8


def test_of_many_who_want_a_number_at_once_one_gets_it(mobile: Mobile) -> None:
    for number in ("+31600000111", "+31600000112", "+31600000113"):
        answers = at_once([partial(mobile.create, new_id(), number) for _ in range(CALLERS)])
        assert Counter(type(answer) for answer in answers) == {dict: 1, Conflict: CALLERS - 1}
    assert len(mobile.staff("subscriptions")["rows"]) == len(mobile.events(3)) == 3


def test_subscriptions_that_change_to_one_number_at_once_do_not_share_it(mobile: Mobile) -> None:
    made = [mobile.create(new_id(), f"+3160000020{n}")["id"] for n in range(CALLERS)]
    changes = [partial(mobile.change_number, each, "+31600000300", "2026-06-01") for each in made]
    assert sum(isinstance(answer, Conflict) for answer in at_once(changes)) == CALLERS - 1


def test_one_subscription_changed_and_ended_at_once_ends_with_its_last_number(mobile: Mobile) -> None:
    made = mobile.create(new_id(), "+31600000111")["id"]
    answers = at_once(
        [
            partial(mobile.change_number, made, "+31600000112", "2026-03-01"),
            partial(mobile.end, made, "2026-06-01"),
        ]
    )
    assert sorted(answer["revision"] for answer in answers) == [2, 3]
    (row,) = mobile.staff("subscriptions")["rows"]
    assert [(n["number"], n["valid_to"]) for n in row["numbers"]] == [
        ("+31600000111", "2026-03-01"),
        ("+31600000112", "2026-06-01"),
    ]


def test_a_command_that_is_sent_many_times_at_once_has_one_effect_and_one_answer(mobile: Mobile) -> None:
    answers = at_once([partial(mobile.create, new_id(), "+31600000111", command_id=new_id())] * CALLERS)
    assert answers == [answers[0]] * CALLERS
    assert len(mobile.staff("subscriptions")["rows"]) == len(mobile.events(1)) == 1


def test_sigterm_amid_commands_ends_with_0_and_every_command_that_was_done_is_told(mobile: Mobile) -> None:
    answered: list[str] = []
    refused = threading.Event()

    def keep_creating(caller: int) -> None:
        for n in range(200):
            try:
                answered.append(mobile.create(new_id(), f"+316000{caller}{n:04d}")["id"])
            except Unavailable:
                refused.set()
                return

    threads = [threading.Thread(target=keep_creating, args=(caller,)) for caller in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(answered) >= 4, what="some commands done")
    assert mobile.process.terminate() == 0
    for thread in threads:
        thread.join(30)
    assert refused.is_set()  # else it was over before the stop

    mobile.process.start()
    mobile.process.wait_ready()
    stored = {row["id"] for row in mobile.staff("subscriptions", limit=1000)["rows"]}
    assert set(answered) <= stored
    assert {event.data.subscription_id for event in mobile.events(len(stored))} == stored
