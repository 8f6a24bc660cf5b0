"""What carriers' answers about SIM cards cost a customer, and what is known of a card that comes back; the
real commands, with a database in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mobile.domain.sim import Order, OrderState, SimState
from services.mobile.domain.subscriptions import SimTerm
from services.mobile.store import Changes, Store
from services.mobile.usecases.orders import request_sim_block, take_answer, time_out
from services.mobile.usecases.subscriptions import change_sim, create_subscription
from shared.acting import Acting
from shared.errors import Conflict
from shared.events import decode
from shared.events.charge import MobileChargeRequested
from shared.sealing import Sealer
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.mobile.people import NOW, START, subscription

pytestmark = pytest.mark.feature("MOB-07")

STAFF = Acting(kind="staff", scope="operator", username="pim")
PATIENCE = timedelta(minutes=15)
OWN, OTHER = "8931000000000000111", "8931000000000000222"
BLOCK_COST, UNBLOCK_COST = "7.50", "2.50"


class Desk:
    """One subscription with its card, and a carrier that answers when the test says so."""

    def __init__(self) -> None:
        self.db = Database(Server())
        self.store = Store(cast(Any, self.db))
        self.now = NOW
        self.commands = 0
        made = replace(subscription(), sims=(SimTerm(OWN, START),))
        self.store.in_one(NOW, lambda changes: changes.store(made))

    def clock(self) -> datetime:
        return self.now

    def ask(self, block: bool, subscription_id: str = "one") -> str:
        """The ID of the order."""
        who = (self.store, self.clock, STAFF, "mobi", PATIENCE)
        asked = {"subscription_id": subscription_id, "block": block, "command_id": self._command()}
        return str(request_sim_block(*who, **asked)["id"])

    def answer(self, order_id: str, result: str) -> None:
        body = msgspec.json.encode({"command_id": order_id, "result": result})
        take_answer(self.store, self.clock, "mobi", body)

    def wait(self) -> None:
        """Until the carrier's time is up."""
        self.now += PATIENCE
        time_out(self.store, self.clock)

    def put_in(self, card: str, subscription_id: str = "one") -> str:
        """Another card, a minute later; what a list says of it: blocked or not."""
        self.now += timedelta(minutes=1)
        sealer = Sealer({})  # there is no PUK to seal
        who = (self.store, sealer, self.clock, STAFF)
        command = self._command()
        reply = change_sim(*who, subscription_id=subscription_id, sim_number=card, puk="", command_id=command)
        return str(reply["blocked"])

    def another(self) -> None:
        """A subscription of somebody else, without a card."""
        made = replace(subscription(), id="two", customer_id="florist", sims=())
        self.store.in_one(NOW, lambda changes: changes.store(made))

    def keep(self, orders: Sequence[Order]) -> None:
        def work(changes: Changes) -> None:
            for order in orders:
                changes.add_order(order)

        self.store.in_one(NOW, work)

    @property
    def state(self) -> str:
        return self.state_in("one").name

    def state_in(self, subscription_id: str) -> SimState:
        found = self.store.subscription(subscription_id)
        assert found is not None
        return found.sim_state

    @property
    def charges(self) -> list[MobileChargeRequested]:
        rows = self.db["outbox"].find({"name": MobileChargeRequested.name})
        return [decode(bytes(row["body"]), MobileChargeRequested).data for row in rows]

    @property
    def orders(self) -> list[Order]:
        return sorted(self.store.history("one", 100), key=lambda order: order.sequence)

    def _command(self) -> str:
        self.commands += 1
        return f"command {self.commands}"


def test_a_block_that_turns_out_to_be_another_is_charged_when_the_late_answer_says_so() -> None:
    desk = Desk()
    first = desk.ask(True)
    desk.answer(first, "done")
    unblock = desk.ask(False)
    desk.wait()
    second = desk.ask(True)
    desk.answer(second, "done")
    assert [charge.charge_id for charge in desk.charges] == [first], (
        "as far as we know it was blocked already"
    )
    desk.now += timedelta(days=3)
    for _ in range(2):
        desk.answer(unblock, "done")
    assert [(charge.charge_id, charge.amount) for charge in desk.charges] == [
        (first, "7.50"),
        (second, "7.50"),
    ]
    assert [order.charged for order in desk.orders] == [True, False, True], "ending a block is free"
    assert desk.charges[1].day == "2026-11-23", "when it was blocked, not when we came to know"
    assert desk.state == "blocked"


fates = st.lists(
    st.tuples(st.booleans(), st.sampled_from([["done"], ["refused"], ["refused", "done"], []])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60)
@given(fates, st.booleans(), st.data())
def test_the_charges_do_not_depend_on_the_order_of_the_carriers_answers(
    wanted: list[tuple[bool, list[str]]], timed_out: bool, data: st.DataObject
) -> None:
    """Each row of the same that was done is paid once, whichever answer came first, late or twice."""
    answers = [(f"{n:032x}", result) for n, (_, told) in enumerate(wanted, start=1) for result in told]
    disturbed = data.draw(st.permutations(answers + answers))
    for given_answers in (answers, disturbed):
        desk = Desk()
        state = OrderState.TIMED_OUT if timed_out else OrderState.REQUESTED
        desk.keep([made(n, block, state) for n, (block, _) in enumerate(wanted, start=1)])
        for order_id, result in given_answers:
            desk.answer(order_id, result)
        done = [block for block, told in wanted if "done" in told]
        due = [BLOCK_COST if block else UNBLOCK_COST for block, _ in groupby(done)]
        assert sorted(charge.amount for charge in desk.charges) == sorted(due)
        assert {c.charge_id for c in desk.charges} == {order.id for order in desk.orders if order.charged}


def made(sequence: int, block: bool, state: OrderState) -> Order:
    return Order(
        id=f"{sequence:032x}",
        sequence=sequence,
        customer_id="bakery",
        subscription_id="one",
        number="+31600000111",
        sim_number=OWN,
        carrier="mobi",
        block=block,
        cost=BLOCK_COST if block else UNBLOCK_COST,
        by="bram",
        requested_at=NOW,
        expires_at=NOW + PATIENCE,
        state=state,
    )


def test_a_card_that_comes_back_is_as_the_carrier_left_it() -> None:
    desk = Desk()
    desk.answer(desk.ask(True), "done")
    assert desk.put_in(OTHER) == "no", "a card that nobody asked anything about"
    assert desk.put_in(OWN) == "yes"
    assert desk.state == "blocked"
    desk.answer(desk.ask(False), "done")
    assert desk.state == "active"


def test_two_clicks_on_a_card_that_comes_back_are_its_own_order_and_not_the_other_cards() -> None:
    desk = Desk()
    first = desk.ask(True)
    desk.put_in(OTHER)
    other = desk.ask(True)
    assert desk.put_in(OWN) == "blocking"
    assert desk.ask(True) == first != other


def test_a_blocked_card_that_moves_to_another_subscription_is_blocked_there_and_can_be_unblocked() -> None:
    desk = Desk()
    desk.another()
    desk.answer(desk.ask(True), "done")
    desk.put_in(OTHER)
    assert desk.put_in(OWN, "two") == "yes"
    assert desk.state_in("two") == SimState(blocked=True), "who blocked it, and why, is not theirs to know"
    with pytest.raises(Conflict):
        desk.ask(True, "two")
    unblock = desk.ask(False, "two")
    desk.answer(unblock, "refused")
    assert desk.state_in("two").blocked
    desk.answer(unblock, "done")
    assert desk.state_in("two").name == "active"
    desk.put_in("8931000000000000333", "two")
    assert desk.put_in(OWN) == "no"
    desk.answer(desk.ask(True), "done")
    assert [charge.subscription_id for charge in desk.charges] == ["one", "one"], "each block was one"


def test_a_new_subscription_with_a_card_that_is_blocked_shows_it() -> None:
    desk = Desk()
    desk.answer(desk.ask(True), "done")
    desk.put_in(OTHER)
    new = {"customer_id": "florist", "product": "zakelijk_mobiel", "number": "+31600000222", "label": ""}
    card = {"active_from": date(2026, 11, 23), "sim_number": OWN, "puk": "", "modules": []}
    who = (desk.store, Sealer({}), desk.clock, STAFF)
    made = create_subscription(*who, **new, **card, command_id="command new")  # type: ignore[arg-type]
    assert made["blocked"] == "yes"
    assert desk.state_in(made["id"]) == SimState(blocked=True)


def test_a_late_answer_about_a_card_that_moved_shows_where_the_card_is() -> None:
    desk = Desk()
    desk.another()
    first = desk.ask(True)
    desk.wait()
    desk.put_in(OTHER)
    assert desk.put_in(OWN, "two") == "no"
    second = desk.ask(True, "two")
    for order in (second, first):
        desk.answer(order, "done")
    assert (desk.state_in("two").name, desk.state) == ("blocked", "active")
    assert {(c.charge_id, c.subscription_id) for c in desk.charges} == {(first, "one"), (second, "two")}, (
        "each customer pays for what it asked, whoever was answered first"
    )


costs = st.sampled_from(["0.00", "2.50", "5.00", "7.50", "10.00"])


@settings(max_examples=60)
@given(fates, st.data())
def test_what_is_charged_does_not_depend_on_the_order_of_answers_when_terms_change_in_between(
    wanted: list[tuple[bool, list[str]]], data: st.DataObject
) -> None:
    """The lowest of what was said for the same, as nobody knew that it was not one."""
    told = [data.draw(costs) for _ in wanted]
    answers = [(f"{n:032x}", result) for n, (_, results) in enumerate(wanted, start=1) for result in results]
    found = []
    for given_answers in (answers, data.draw(st.permutations(answers + answers))):
        desk = Desk()
        asked = enumerate(zip(wanted, told, strict=True), start=1)
        desk.keep(
            [replace(made(n, block, OrderState.TIMED_OUT), cost=cost) for n, ((block, _), cost) in asked]
        )
        for order_id, result in given_answers:
            desk.answer(order_id, result)
        found.append(sorted(charge.amount for charge in desk.charges))
    assert found[0] == found[1]


def test_a_block_after_one_that_was_known_to_have_ended_costs_what_was_said_of_it() -> None:
    """A cost that was lower before does not count any more."""
    desk = Desk()
    first = replace(made(1, True, OrderState.TIMED_OUT), cost="5.00")
    desk.keep([first])
    desk.answer(first.id, "done")
    later = NOW + timedelta(days=1)
    unblock = replace(made(2, False, OrderState.TIMED_OUT), cost="0.00", requested_at=later)
    desk.keep([unblock])
    desk.now = later
    desk.answer(unblock.id, "done")
    again = replace(made(3, True, OrderState.TIMED_OUT), cost="7.50", requested_at=later + timedelta(days=1))
    desk.keep([again])
    desk.answer(again.id, "done")
    assert [charge.amount for charge in desk.charges] == ["5.00", "7.50"]


def test_a_block_that_was_refused_has_nothing_to_do_with_what_a_later_one_costs() -> None:
    desk = Desk()
    refused = replace(made(1, True, OrderState.TIMED_OUT), cost="5.00")
    desk.keep([refused])
    desk.answer(refused.id, "refused")
    later = replace(made(2, True, OrderState.TIMED_OUT), requested_at=NOW + timedelta(days=60))
    desk.keep([later])
    desk.answer(later.id, "done")
    assert [charge.amount for charge in desk.charges] == [BLOCK_COST]
