"""Subscriptions and the numbers they have had: no number in two of them at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mobile.domain.numbers import mobile_number
from services.mobile.domain.shares import changed
from services.mobile.domain.subscriptions import (
    NumberTerm,
    ProductTerm,
    Subscription,
    change_number,
    end,
    refuse_taken,
)
from services.mobile.domain.terms import Terms
from shared.days import midnight
from shared.errors import Conflict, Invalid

FIRST_DAY = date(2026, 10, 15)  # the clock goes back on the 25th
DAYS = 20
NUMBERS = ("+31600000111", "+31600000112", "+31600000113")


def day(number: int) -> datetime:
    return midnight(FIRST_DAY + timedelta(days=number))


def subscription(id: str = "one", number: str = NUMBERS[0], start: int = 0) -> Subscription:
    return Subscription(
        id=id,
        customer_id="bakery",
        active_from=day(start),
        numbers=(NumberTerm(number, day(start)),),
        products=(ProductTerm("data_only", day(start)),),
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("06-00 00 01 11", "+31600000111"),
        ("0031600000111", "+31600000111"),
        ("+31 6 00000111", "+31600000111"),
        ("0970-0000 0000", "+3197000000000"),
    ],
)
def test_a_number_is_stored_as_e164(typed: str, stored: str) -> None:
    assert mobile_number(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "06-00 00 01 1", "085-000 16 11", "066-000 00 00", "+32 470 00 00 00", "alpha"]
)
def test_what_is_no_dutch_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="geen mobiel nummer"):
        mobile_number(typed)


def test_a_changed_number_follows_the_one_before_without_a_gap() -> None:
    after = change_number(subscription(), NUMBERS[1], day(5))
    assert after.numbers == (NumberTerm(NUMBERS[0], day(0), day(5)), NumberTerm(NUMBERS[1], day(5)))
    assert after.revision == 2
    assert [after.number_at(day(n)) for n in (-1, 0, 4, 5, 9)] == [*[NUMBERS[0]] * 3, *[NUMBERS[1]] * 2]


def test_a_number_changes_after_its_start_to_another_and_before_the_end() -> None:
    with pytest.raises(Invalid) as same:
        change_number(subscription(), NUMBERS[0], day(5))
    assert list(same.value.fields) == ["number"]
    with pytest.raises(Invalid, match="Niet alles is goed ingevuld") as early:
        change_number(subscription(start=5), NUMBERS[1], day(5))
    sentence = "Kies een dag na 20-10-2026, toen het huidige nummer inging."
    assert early.value.fields == {"valid_from": [sentence]}
    ended = end(subscription(), day(9))
    with pytest.raises(Conflict, match="beëindigd op 24-10-2026"):
        change_number(ended, NUMBERS[1], day(9))
    assert change_number(ended, NUMBERS[1], day(8)).numbers[-1] == NumberTerm(NUMBERS[1], day(8), day(9))


def test_a_number_is_taken_by_another_subscription_and_never_by_its_own_past() -> None:
    before = subscription()
    away = change_number(before, NUMBERS[1], day(5))
    back = change_number(away, NUMBERS[0], day(9))
    refuse_taken(back, [away])
    with pytest.raises(Conflict, match=r"^\+31600000111 hoort dan al bij een ander abonnement\.$"):
        refuse_taken(back, [away, subscription("two", NUMBERS[0], start=10)])


def test_an_end_takes_the_numbers_with_it_also_those_that_would_have_come() -> None:
    planned = change_number(subscription(), NUMBERS[1], day(9))
    ended = end(planned, day(5))
    assert ended.numbers == (NumberTerm(NUMBERS[0], day(0), day(5)),)
    assert (ended.ended_at, ended.revision) == (day(5), 3)
    with pytest.raises(Conflict, match="al beëindigd op 20-10-2026"):
        end(ended, day(6))


def test_an_end_at_the_start_means_that_it_never_was() -> None:
    never = end(subscription(start=3), day(3))
    assert (never.numbers, never.number_at(day(9))) == ((), None)
    with pytest.raises(Conflict):
        change_number(never, NUMBERS[1], day(1))
    with pytest.raises(Invalid) as early:
        end(subscription(start=3), day(2))
    assert early.value.fields == {"ended_at": ["Het einde ligt voor het begin."]}


def test_others_are_told_the_whole_history() -> None:
    event = changed(replace(change_number(subscription(), NUMBERS[1], day(5)), label="Bezorgfiets"), Terms())
    assert (event.subscription_id, event.revision, event.product) == ("one", 2, "data_only")
    assert (event.active_from, event.ended_at, event.label) == (day(0), None, "Bezorgfiets")
    assert [(n.number, n.valid_from, n.valid_to) for n in event.numbers] == [
        (NUMBERS[0], day(0), day(5)),
        (NUMBERS[1], day(5), None),
    ]


orders = st.lists(
    st.tuples(
        st.sampled_from(["create", "change", "end"]),
        st.integers(0, 4),  # which subscription
        st.sampled_from(NUMBERS),
        st.integers(0, DAYS - 1),
    ),
    max_size=15,
)


def days_of(term: NumberTerm) -> set[int]:
    """The days on which it holds, counted one by one."""
    return {n for n in range(DAYS + 1) if term.start <= day(n) and (term.end is None or day(n) < term.end)}


@given(orders)
def test_no_sequence_of_orders_gives_a_number_to_two_subscriptions_at_once(
    steps: list[tuple[str, int, str, int]],
) -> None:
    stored: dict[str, Subscription] = {}
    for kind, which, number, at in steps:
        known = stored.get(str(which))
        if (kind == "create") is (known is not None):
            continue
        try:
            if known is None:
                new = subscription(str(which), number, at)
            else:
                new = change_number(known, number, day(at)) if kind == "change" else end(known, day(at))
            refuse_taken(new, stored.values())
        except (Conflict, Invalid):
            continue
        stored[new.id] = new
        _nothing_overlaps(list(stored.values()))
        _no_gaps(new)


def _nothing_overlaps(subscriptions: list[Subscription]) -> None:
    taken = [(t.number, n) for s in subscriptions for t in s.numbers for n in days_of(t)]
    assert len(taken) == len(set(taken))


def _no_gaps(found: Subscription) -> None:
    edges = [found.active_from, *(t.end for t in found.numbers)]
    assert [t.start for t in found.numbers] == edges[:-1]
    assert edges[-1] == found.ended_at
