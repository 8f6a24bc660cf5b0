"""Whose a number is from when to when: one customer's at most, at every moment."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pbx.domain.numbers import Assignment, Term, assign, changed, end
from shared.days import day_of, midnight
from shared.errors import Conflict, Invalid

FIRST_DAY = date(2026, 3, 20)  # the clock goes forward on the 29th
DAYS = 20


def term(start: str, stop: str | None = None) -> Term:
    return Term(midnight(date.fromisoformat(start)), midnight(date.fromisoformat(stop)) if stop else None)


def held(id: str, term: Term) -> Assignment:
    return Assignment(id, f"customer of {id}", "+31850001611", term)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC)),  # the day that has 23 hours
        ("2026-03-30", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("2026-10-25", datetime(2026, 10, 24, 22, tzinfo=UTC)),  # the day that has 25 hours
        ("2026-10-26", datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_in_amsterdam(day: str, moment: datetime) -> None:
    assert midnight(date.fromisoformat(day)) == moment
    assert day_of(moment) == date.fromisoformat(day)
    assert day_of(moment - timedelta(microseconds=1)) == date.fromisoformat(day) - timedelta(days=1)


JANUARY, EMPTY = term("2026-01-01", "2026-02-01"), term("2026-01-15", "2026-01-15")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (JANUARY, term("2026-02-01"), False),
        (JANUARY, term("2026-01-31"), True),
        (JANUARY, term("2025-12-01", "2026-01-01"), False),
        (JANUARY, term("2025-12-01", "2026-01-02"), True),
        (JANUARY, term("2026-01-10", "2026-01-11"), True),
        (JANUARY, JANUARY, True),
        (term("2025-01-01"), term("2027-01-01"), True),
        (JANUARY, EMPTY, False),
        (EMPTY, EMPTY, False),
        (EMPTY, term("2020-01-01"), False),
    ],
)
def test_terms_are_half_open_and_an_empty_one_overlaps_nothing(
    one: Term, other: Term, together: bool
) -> None:
    assert one.overlaps(other) is other.overlaps(one) is together


def test_a_term_does_not_end_before_it_starts() -> None:
    with pytest.raises(Invalid) as refused:
        term("2026-01-02", "2026-01-01")
    assert refused.value.fields == {"valid_to": ["Het einde ligt voor het begin."]}


def test_a_number_that_is_taken_is_refused_with_the_days_on_which_it_is() -> None:
    with pytest.raises(Conflict, match=r"^\+31850001611 is al toegewezen van 01-01-2026 tot 01-02-2026\.$"):
        assign([held("first", JANUARY)], held("second", term("2026-01-31")))
    with pytest.raises(Conflict, match=r"vanaf 01-03-2026\.$"):
        assign([held("first", term("2026-03-01"))], held("second", term("2026-01-31")))


def test_an_end_counts_a_revision_only_when_it_changes_something() -> None:
    ended = end([], held("first", term("2026-01-01")), midnight(date(2026, 2, 1)))
    assert (ended.revision, ended.term) == (2, JANUARY)
    assert end([ended], ended, midnight(date(2026, 2, 1))) is ended
    assert end([ended], ended, midnight(date(2026, 1, 1))).revision == 3


def test_others_are_told_everything_but_the_customer_who_is_in_the_envelope() -> None:
    event = changed(held("first", JANUARY))
    assert (event.assignment_id, event.revision, event.number) == ("first", 1, "+31850001611")
    assert (event.valid_from, event.valid_to, event.subject) == (JANUARY.start, JANUARY.end, "none")


day_numbers = st.integers(0, DAYS - 1)
orders = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), day_numbers, st.none() | day_numbers),
        st.tuples(st.just("end"), st.integers(0, 9), day_numbers),
    ),
    max_size=12,
)


def day(number: int) -> datetime:
    return midnight(FIRST_DAY + timedelta(days=number))


def days_of(term: Term) -> set[int]:
    """The days on which it holds, counted one by one."""
    return {n for n in range(DAYS + 1) if term.start <= day(n) and (term.end is None or day(n) < term.end)}


def carry_out(history: list[Assignment], order: tuple[str, int, int | None]) -> list[Assignment]:
    """The history after an order; raises what the order is refused with."""
    kind, which, last = order
    stop = None if last is None else day(last)
    if kind == "assign":
        return [*history, assign(history, held(f"{len(history)}", Term(day(which), stop)))]
    if stop is None or which >= len(history):
        return history
    return [end(history, a, stop) if n == which else a for n, a in enumerate(history)]


@given(orders)
def test_no_sequence_of_orders_makes_assignments_overlap(orders: list[tuple[str, int, int | None]]) -> None:
    history: list[Assignment] = []
    for order in orders:
        try:
            history = carry_out(history, order)
        except (Conflict, Invalid):
            continue
        taken = [n for assignment in history for n in days_of(assignment.term)]
        assert len(taken) == len(set(taken))


@given(orders, day_numbers, st.none() | st.integers(1, DAYS))
def test_a_number_is_refused_only_on_days_on_which_it_is_taken(
    orders: list[tuple[str, int, int | None]], first: int, length: int | None
) -> None:
    history: list[Assignment] = []
    for order in orders:
        with suppress(Conflict, Invalid):
            history = carry_out(history, order)
    wanted = Term(day(first), None if length is None else day(first + length))
    taken = any(days_of(assignment.term) & days_of(wanted) for assignment in history)
    try:
        assign(history, held("wanted", wanted))
        refused = False
    except Conflict:
        refused = True
    assert refused is taken
