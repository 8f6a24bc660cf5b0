"""What happens when several ask at once, and when the service is told to stop meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial

from shared.errors import Conflict, Unavailable
from shared.ids import new_id
from tests.integration.pbx.at_once import at_once
from tests.integration.pbx.conftest import Pbx
from tests.support.processes import until

FIRST, LAST, NUMBER = "+31850001600", "+31850001699", "+31850001611"
CALLERS = 8


def test_of_many_who_want_a_number_at_once_one_gets_it(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    for number in ("+31850001611", "+31850001612", "+31850001613"):
        answers = at_once([partial(pbx.assign, new_id(), number) for _ in range(CALLERS)])
        assert Counter(type(answer) for answer in answers) == {list: 1, Conflict: CALLERS - 1}
    assert len(pbx.staff("assignments")["rows"]) == 3
    assert {event.data.number for event in pbx.events(3)} == {f"+3185000161{n}" for n in (1, 2, 3)}


def test_lists_of_numbers_that_cross_are_assigned_whole_or_not_at_all(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    every = [f"+318500016{n:02d}" for n in range(20)]
    customers = [new_id() for _ in range(CALLERS)]
    orders = [every if n % 2 else every[::-1] for n in range(CALLERS)]
    answers = at_once([partial(pbx.assign, c, *order) for c, order in zip(customers, orders, strict=True)])
    (winner,) = [c for c, answer in zip(customers, answers, strict=True) if not isinstance(answer, Conflict)]
    rows = pbx.staff("assignments")["rows"]
    assert [row["number"] for row in rows] == every
    assert {row["customer_id"] for row in rows} == {winner}


def test_an_end_moved_later_and_a_new_assignment_do_not_both_win(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    for number in ("+31850001621", "+31850001622", "+31850001623"):
        assignment = pbx.assign(new_id(), number, valid_to="2026-07-01")[0]["id"]
        answers = at_once(
            [
                partial(pbx.end, assignment, "2026-09-01"),
                partial(pbx.assign, new_id(), number, valid_from="2026-08-01"),
            ]
        )
        assert [isinstance(answer, Conflict) for answer in answers].count(True) == 1


def test_a_command_that_is_sent_many_times_at_once_has_one_effect_and_one_answer(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    asked = {"customer_id": new_id(), "numbers": [NUMBER], "valid_from": "2026-01-01"}
    answers = at_once([partial(pbx.staff, "assign_numbers", command_id=new_id(), **asked)] * CALLERS)
    assert answers == [answers[0]] * CALLERS
    assert len(pbx.staff("assignments")["rows"]) == len(pbx.events(1)) == 1


def test_of_ranges_that_overlap_one_is_added(pbx: Pbx) -> None:
    firsts = [f"+318500016{n:02d}" for n in range(CALLERS)]
    answers = at_once([partial(pbx.command, "add_range", first=first, last=LAST) for first in firsts])
    assert sum(isinstance(answer, Conflict) for answer in answers) == CALLERS - 1
    assert len(pbx.staff("ranges")["rows"]) == 1


def test_sigterm_amid_commands_ends_with_0_and_every_command_that_was_done_is_told(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    answered: list[str] = []
    refused = threading.Event()

    def keep_assigning(caller: int) -> None:
        for number in range(25):
            try:
                row = pbx.assign(new_id(), f"+318500016{number * 4 + caller:02d}")[0]
            except Unavailable:
                refused.set()
                return
            answered.append(row["id"])

    threads = [threading.Thread(target=keep_assigning, args=(caller,)) for caller in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(answered) >= 4, what="some commands done")
    assert pbx.process.terminate() == 0
    for thread in threads:
        thread.join(30)
    assert refused.is_set()  # else it was over before the stop

    pbx.process.start()
    pbx.process.wait_ready()
    stored = {row["id"] for row in pbx.staff("assignments")["rows"]}
    assert set(answered) <= stored
    assert {event.data.assignment_id for event in pbx.events(len(stored))} == stored
