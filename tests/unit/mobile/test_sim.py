"""Orders about SIM cards: what the carrier says counts, whenever it says it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mobile.domain import sim
from services.mobile.domain.sim import Order, OrderState, SimState, state_of
from services.mobile.domain.subscriptions import change_sim
from shared.errors import Conflict, Invalid
from tests.unit.mobile.people import NOW, subscription

pytestmark = pytest.mark.feature("MOB-07")

CARD = "8931000000000000111"


def order(sequence: int = 1, block: bool = True, **fields: Any) -> Order:
    wanted: dict[str, Any] = {
        "id": f"order {sequence}",
        "sequence": sequence,
        "customer_id": "bakery",
        "subscription_id": "one",
        "number": "+31600000111",
        "sim_number": CARD,
        "carrier": "mobi",
        "block": block,
        "cost": "7.50",
        "by": "bram",
        "requested_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
    }
    return Order(**{**wanted, **fields})


def done(made: Order) -> Order:
    return sim.answered(made, True, "", NOW)


def refused(made: Order) -> Order:
    return sim.answered(made, False, "Onbekend.", NOW)


@pytest.mark.parametrize(
    ("orders", "name", "mark"),
    [
        ([], "active", "no"),
        ([order()], "blocking", "blocking"),
        ([done(order())], "blocked", "yes"),
        ([refused(order())], "refused", "no"),
        ([sim.expired(order())], "timed_out", "no"),
        ([done(order()), order(2, block=False)], "unblocking", "unblocking"),
        ([done(order()), done(order(2, block=False))], "active", "no"),
        ([done(order()), refused(order(2, block=False))], "refused", "yes"),
        ([done(order(sim_number="another card"))], "active", "no"),
    ],
)
def test_what_is_said_of_a_card(orders: list[Order], name: str, mark: str) -> None:
    state = state_of(orders, CARD)
    assert (state.name, state.mark) == (name, mark)


def test_what_may_be_asked_next() -> None:
    sim.refuse_needless(SimState(), True)
    for orders, block in (
        ([], False),
        ([done(order())], True),
        ([order()], False),
    ):
        with pytest.raises(Conflict):
            sim.refuse_needless(state_of(orders, CARD), block)
    for block in (True, False):  # nobody knows for sure
        sim.refuse_needless(state_of([sim.expired(order())], CARD), block)
    sim.refuse_needless(state_of([order()], CARD), True)  # the same again: it is that one


def test_a_confirmation_goes_before_a_refusal_and_a_time_out_before_neither() -> None:
    late = done(sim.expired(order()))
    assert (late.state, late.answered_at) == (OrderState.CONFIRMED, NOW)
    assert done(refused(order())).state is OrderState.CONFIRMED
    assert refused(done(order())).state is OrderState.CONFIRMED
    assert sim.expired(done(order())).state is OrderState.CONFIRMED
    assert refused(sim.expired(order())).reason == "Onbekend."


def test_a_new_card_is_not_blocked() -> None:
    old = subscription(sim_state=state_of([done(order())], CARD))
    new = change_sim(old, "8931000000000000222", "", SimState(), NOW)
    assert (new.sim_state, new.sim_number) == (SimState(), "8931000000000000222")
    assert [term.end for term in new.sims] == [NOW, None]
    with pytest.raises(Invalid):
        change_sim(new, "8931000000000000222", "", SimState(), NOW)


steps = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["done", "refused", "late", "silent"])), min_size=1, max_size=6
)


@settings(max_examples=100)
@given(steps, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_answers_never_change_the_state(
    wanted: list[tuple[bool, str]], chance: random.Random
) -> None:
    made = [order(number, block) for number, (block, _) in enumerate(wanted, start=1)]
    answers = [
        (each.id, fate != "refused") for each, (_, fate) in zip(made, wanted, strict=True) if fate != "silent"
    ]
    plain, disturbed = list(answers), answers + chance.choices(answers, k=len(answers)) if answers else []
    chance.shuffle(disturbed)
    first, second = _played(made, wanted, plain), _played(made, wanted, disturbed)
    assert [each.state for each in first] == [each.state for each in second]
    assert state_of(first, CARD) == state_of(second, CARD)


def _played(
    made: list[Order], wanted: list[tuple[bool, str]], answers: list[tuple[str, bool]]
) -> list[Order]:
    orders = [
        sim.expired(each) if fate in ("late", "silent") else each
        for each, (_, fate) in zip(made, wanted, strict=True)
    ]
    for order_id, is_done in answers:
        place = next(index for index, each in enumerate(orders) if each.id == order_id)
        orders[place] = sim.answered(orders[place], is_done, "", NOW)
    return orders


def charged(made: Order) -> Order:
    return replace(done(made), charged=True)


@pytest.mark.parametrize(
    ("orders", "due"),
    [
        ([], []),
        ([order(), sim.expired(order(2)), refused(order(3))], []),
        ([done(order())], [1]),
        ([done(order()), done(order(2))], [1]),
        ([charged(order()), done(order(2))], []),
        ([done(order()), charged(order(2))], []),
        ([charged(order()), refused(order(2, block=False)), done(order(3))], []),
        ([charged(order()), done(order(2, block=False, cost="0.00")), done(order(3))], [3]),
        ([done(order(3)), charged(order()), done(order(2, block=False))], [2, 3]),
        ([done(order(cost="0.00")), done(order(2))], [2]),
        ([charged(order(sim_number="another card")), done(order(2))], [2]),
        ([done(order(sim_number="another card"))], []),
    ],
)
def test_what_is_due_is_one_order_of_each_row_of_the_same_that_was_done(
    orders: list[Order], due: list[int]
) -> None:
    assert [each.sequence for each in sim.due(orders, CARD)] == due
