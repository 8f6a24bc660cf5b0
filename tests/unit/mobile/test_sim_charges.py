"""What carriers' answers about SIM cards cost a customer, and what is known of a card that comes back; the
real commands, with a database in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mobile.domain.sim import Order, OrderState
from services.mobile.domain.subscriptions import SimTerm
from services.mobile.store import Changes, Store
from services.mobile.usecases.orders import request_sim_block, take_answer, time_out
from services.mobile.usecases.subscriptions import change_sim
from shared.acting import Acting
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

    def ask(self, block: bool) -> str:
        """The ID of the order."""
        who = (self.store, self.clock, STAFF, "mobi", PATIENCE)
        reply = request_sim_block(*who, subscription_id="one", block=block, command_id=self._command())
        return str(reply["id"])

    def answer(self, order_id: str, result: str) -> None:
        body = msgspec.json.encode({"command_id": order_id, "result": result})
        take_answer(self.store, self.clock, "mobi", body)

    def wait(self) -> None:
        """Until the carrier's time is up."""
        self.now += PATIENCE
        time_out(self.store, self.clock)

    def put_in(self, card: str) -> str:
        """Another card; what a list says of it: blocked or not."""
        sealer = Sealer({})  # there is no PUK to seal
        who = (self.store, sealer, self.clock, STAFF)
        command = self._command()
        reply = change_sim(*who, subscription_id="one", sim_number=card, puk="", command_id=command)
        return str(reply["blocked"])

    def keep(self, orders: Sequence[Order]) -> None:
        def work(changes: Changes) -> None:
            for order in orders:
                changes.add_order(order)

        self.store.in_one(NOW, work)

    @property
    def state(self) -> str:
        found = self.store.subscription("one")
        assert found is not None
        return found.sim_state.name

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
