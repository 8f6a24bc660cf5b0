"""What was sent against what stands: whatever is missing, doubled or other than it should be is found."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from chaos import ledger
from chaos.ledger import Finding, Found, Ordered, Sums, Wrong
from chaos.traffic import Told

GOOD = {
    "c1-1": Told(0, 0, {1: 500}),
    "c1-2": Told(0, 3, {1: 500, 2: 700}),
    "c1-3": Told(1, 1, {1: 40}, other=80),
}
BAD = {"c1-4": ("no_rate", 2)}


def as_it_should_be() -> Found:
    found = Found(rows={"c1-1": Sums(1, 500), "c1-2": Sums(1, 700), "c1-3": Sums(1, 80)})
    found.booked = {0: Sums(2, 1200), 1: Sums(1, 80)}
    found.counters = dict(found.booked)
    found.quarantine = Counter({("c1-3", "contradiction"): 1, ("c1-4", "no_rate"): 1})
    found.unreadable, found.empty = 2, 1
    return found


def usage(found: Found) -> list[Finding]:
    return ledger.usage(GOOD, BAD, 2, 5, found)


def test_all_is_well_when_everything_is_there_once() -> None:
    assert usage(as_it_should_be()) == []


def test_a_row_that_is_missing_is_lost_by_the_fault_during_which_it_was_sent() -> None:
    found = as_it_should_be()
    del found.rows["c1-2"]

    assert usage(found) == [Finding(Wrong.LOST, "c1-2 in the rows", 3)]


def test_a_row_that_is_there_twice_is_doubled() -> None:
    found = as_it_should_be()
    found.rows["c1-1"] = Sums(2, 1000)

    assert usage(found) == [Finding(Wrong.DOUBLED, "c1-1 in the rows: 2", 0)]


def test_another_amount_is_told_to_the_smallest_unit() -> None:
    found = as_it_should_be()
    found.rows["c1-2"] = Sums(1, 701)

    assert [(each.wrong, each.window) for each in usage(found)] == [(Wrong.DIFFERS, 3)]


def test_quarantine_holds_each_bad_event_once_and_for_its_reason() -> None:
    found = as_it_should_be()
    found.quarantine = Counter({("c1-3", "contradiction"): 2, ("c1-4", "fault"): 1, ("c1-1", "schema"): 1})
    found.unreadable, found.empty = 1, 0

    wrong = Counter(each.wrong for each in usage(found))

    assert wrong == {Wrong.DOUBLED: 1, Wrong.DIFFERS: 2, Wrong.LOST: 3}


def test_counters_are_the_sum_of_the_rows() -> None:
    found = as_it_should_be()
    found.counters[1] = Sums(1, 79)

    assert [each.wrong for each in usage(found)] == [Wrong.DIFFERS]


def test_what_nobody_sent_is_found() -> None:
    found = as_it_should_be()
    found.rows["c1-99"] = Sums(1, 5)

    assert usage(found) == [Finding(Wrong.DOUBLED, "c1-99 was never sent")]


def test_a_command_has_its_effect_once_everywhere() -> None:
    orders = [Ordered("a", 0, True), Ordered("b", 1, True), Ordered("c", 2, True)]
    effects = {"here": Counter(a=1, b=2, c=1), "there": Counter(a=1, b=1)}

    found = ledger.commands(orders, effects)

    assert found == [Finding(Wrong.DOUBLED, "b here: 2", 1), Finding(Wrong.LOST, "c there", 2)]


def test_a_command_that_was_never_answered_may_have_its_effect_or_not_but_not_twice() -> None:
    orders = [Ordered(name, 0, False) for name in "abc"]

    found = ledger.commands(orders, {"here": Counter(a=0, b=1, c=2)})

    assert [each.what for each in found] == ["c here: 2"]


def test_a_command_that_was_refused_or_answered_in_two_ways_is_a_finding() -> None:
    orders = [Ordered("a", 0, True, differs=True), Ordered("b", 0, False, refused="Conflict: taken")]

    assert [each.wrong for each in ledger.commands(orders, {})] == [Wrong.DOUBLED, Wrong.LOST]


@settings(max_examples=50)
@given(st.integers(1, 30), st.data())
def test_numbers_have_neither_gap_nor_double(last: int, data: st.DataObject) -> None:
    whole = list(range(1, last + 1))
    gone = data.draw(st.sampled_from(whole))

    assert ledger.numbers({"F 2026": whole}) == []
    assert [each.wrong for each in ledger.numbers({"F": [*whole, gone]})] == [Wrong.DOUBLED]
    holes = ledger.numbers({"F": [place for place in whole if place != gone]})
    assert [each.wrong for each in holes] == ([] if gone == last else [Wrong.LOST])


def test_mails_and_invoices_are_there_once_and_nothing_else_is() -> None:
    there = Counter({"one": 1, "two": 2, "stranger": 1})

    found = ledger.once_each("mail", ["one", "two", "three"], there)

    assert [str(each) for each in found] == [
        "doubled: mail two: 2",
        "lost: mail three",
        "doubled: mail stranger, unasked",
    ]
    assert ledger.at_most_once("mail", Counter(one=1, two=3)) == [Finding(Wrong.DOUBLED, "mail two: 3")]
