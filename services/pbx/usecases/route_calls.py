"""Where a call that is at the proxy goes now, and where after what it ran into."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import msgspec
from msgspec import structs

from services.pbx.domain.abroad import PRESET, goes_abroad
from services.pbx.domain.edge.orders import REASONS, Maker
from services.pbx.domain.edge.position import Position
from services.pbx.domain.edge.stages import MOST_LEGS, Order, Stage
from services.pbx.domain.routing import Call, Plan, State, plan
from services.pbx.domain.routing.classes import normalise
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.replay import Record
from services.pbx.domain.routing.values import Direction, Ring
from services.pbx.store import Store
from services.pbx.store.phones import Phone
from services.pbx.usecases.abroad import take
from services.pbx.usecases.live_calls import (
    Live,
    LiveCalls,
    Ordered,
    ordered,
    part_of,
    registered,
    stage_rows,
)
from shared.ids import new_id

BUSY, GONE = "busy", "gone"
TELEPHONES = ("user:", "line:")
"""What begins with one of these has telephones of ours; others speak, or are outside."""


class Keep(Protocol):
    """Has a decision stored, without waiting for it; ``people`` are added to those that it is about."""

    def __call__(
        self, call_id: str, fields: Mapping[str, Any], at: datetime, people: Collection[str] = ()
    ) -> None: ...


@dataclass(frozen=True)
class Question:
    """A call at the proxy: ``source`` user (``sender`` is a SIP user who gave the password) or trunk."""

    source: str
    sender: str
    called: str
    name: str = ""
    call_id: str = ""


class Router:
    """Decides calls. Threads may share it."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        keep: Keep,
        live: LiveCalls | None = None,
        abroad: int = PRESET,
    ) -> None:
        """``abroad``: calls there at once, of customers for whom staff chose nothing else."""
        self._store = store
        self._abroad = abroad
        self._clock = clock
        self._keep = keep
        self._live = live or LiveCalls(store)

    def route(self, question: Question) -> Order:
        """The order for a new call."""
        now = self._clock()
        call_id = new_id()
        if question.source == "trunk":
            called = normalise(question.called)
            customer = self._store.owner_of(called, now)
            if customer is None:
                return Order(call=call_id, code=404, reason="Not Found")
            call = Call(caller=question.sender, called=called)
            return self._decide(call_id, customer, call, question, now)
        phone = self._store.phone(question.sender, now)
        if phone is None or not phone.owner:
            return Order(call=call_id, code=403, reason="Forbidden")
        call = Call(caller=phone.owner, called=question.called, direction=Direction.OUT)
        return self._decide(call_id, phone.customer_id, call, question, now)

    def onward(self, call_id: str, at: Position) -> Order:
        """The telephones that ring now for a caller who is with the media server: an order of its own, for
        the call that the media server makes. Raises NotYet."""
        live = self._live.find(call_id, at.turn)
        call = structs.replace(live.record.call, key_presses=at.keys)
        record = structs.replace(live.record, call=call)
        phones = registered(self._store.phones_of(live.maker.customer_id, self._clock()))
        maker = Maker(live.maker.config, live.maker.customer_id, call, phones)
        part = part_of(call_id, live.turn, at.step)
        offer_ms = record.offer_ms(at.step, self._clock())
        make = partial(maker.onward, part, begin=at.step, first=live.given, offer_ms=offer_ms)
        record, found, order = self._planned(maker, record, make, at.step)
        turn, given = live.turn + (record.state != live.record.state), live.given + len(order.stages)
        now = Live(maker, record, found, given=given, turn=turn, begin=at.step)
        self._live.remember(call_id, live)
        self._remember_again(part, now, order.stages)
        return order

    def again(self, call_id: str, stage_id: str, cause: str) -> Order | None:
        """What is left for a call whose stage ended so: its telephones are ``busy`` or ``gone``. None when
        the order that the proxy has still stands."""
        known = self._live.ordered(call_id, stage_id)
        if known is None:
            return None
        live, failed = known
        who = frozenset(name.partition(":")[2] for name in failed.rings if name.startswith(TELEPHONES))
        if not who:
            return None
        step = live.found.steps[failed.step] if failed.step < len(live.found.steps) else None
        group = step.group if isinstance(step, Ring) else None
        record = structs.replace(live.record, state=_with(live.record.state, who, cause, group or ""))
        used = min(failed.spent, MOST_LEGS - 1)
        now = replace(live, record=record, turn=live.turn + 1)
        make = partial(self._order_again, call_id, now, failed, used)
        record, found, order = self._planned(live.maker, record, make, failed.step)
        if found.steps[: failed.step] != live.found.steps[: failed.step]:
            return None
        left, given = _left(order.stages, failed), live.given + len(order.stages)
        self._remember_again(call_id, replace(now, record=record, found=found, given=given), left, used)
        return structs.replace(order, stages=left)

    def _order_again(self, call_id: str, now: Live, failed: Ordered, used: int, found: Plan) -> Order:
        if now.begin is None:
            return now.maker.order(call_id, found, first=now.given, used=used, turn=now.turn)
        offer_ms = now.record.offer_ms(now.begin, self._clock())
        return now.maker.onward(call_id, found, failed.step, first=now.given, used=used, offer_ms=offer_ms)

    def _remember_again(self, call_id: str, now: Live, stages: tuple[Stage, ...], used: int = 0) -> None:
        """What was learned holds for the caller's own call as well, when it is one of the media server: then
        it is stored before it is answered, as the media server may ask another copy next."""
        rows = stage_rows(stages, used)
        now = replace(now, stages=ordered(rows))
        self._live.remember(call_id, now)
        own = call_id.partition(".")[0]
        if now.begin is not None:
            before = self._live.get(own)
            stages_before = before.stages if before is not None else ()
            self._live.remember(own, replace(now, stages=stages_before, begin=None))
        later = {f"later.{row['id']}": row for row in rows}  # each a field of its own: they come in any order
        fields = {"record": msgspec.json.encode(now.record), "turn": now.turn, **later}
        keep = self._keep if now.begin is None else self._store.keep_decision
        keep(own, fields, now.record.at, _people(stages))

    def _decide(self, call_id: str, customer: str, call: Call, question: Question, now: datetime) -> Order:
        config = self._live.config(customer, now)
        phones = self._store.phones_of(customer, now)
        if directory(config).find(call.called)[0] is not None and call.direction is Direction.OUT:
            call = structs.replace(call, direction=Direction.INTERNAL)
        state = self.state(customer, phones, now)
        maker = Maker(config, customer, call, registered(phones))
        record = Record(call=call, at=now, state=state, revision=config.revision)
        record, found, order = self._planned(maker, record, partial(maker.order, call_id))
        stages = ordered(stage_rows(order.stages))
        self._live.remember(call_id, Live(maker, record, found, stages, len(stages)))
        self._keep(call_id, _decision(maker, question, record, order, found), now)
        return order

    def _planned(
        self, maker: Maker, record: Record, make: Callable[[Plan], Order], begin: int = 0
    ) -> tuple[Record, Plan, Order]:
        """A plan and what ``make`` orders by it; without what goes abroad when the customer has as many calls
        there as it may have, which the state of the record then says. Steps before ``begin`` have happened:
        where they would have been others, nobody rings."""
        found = plan(maker.config, record.call, record.at, record.state)
        order = make(found)
        if not goes_abroad(order.stages):
            return record, found, order
        full = take(self._store, self._abroad, maker.customer_id, order.call, order.stages, self._clock())
        if full is None:
            return record, found, order
        told = structs.replace(record, state=structs.replace(record.state, full=full))
        other = plan(maker.config, told.call, told.at, told.state)
        if other.steps[:begin] != found.steps[:begin]:
            return record, found, structs.replace(order, stages=(), code=480, reason=REASONS[480])
        return told, other, make(other)

    def state(self, customer: str, phones: list[Phone], now: datetime) -> State:
        """Who can be reached now, and how the groups' last calls went."""
        answers = self._store.group_answers(customer)
        return State(
            registered=frozenset(_bare(p.owner) for p in phones if p.registered and p.owner),
            busy=frozenset(_bare(who) for who in self._store.busy_people(customer, now)),
            last_answered={row["group_id"]: row["last"] for row in answers},
            last_answered_at={row["group_id"]: row["members"] for row in answers},
        )


def _bare(owner: str) -> str:
    return owner.partition(":")[2]


def _with(state: State, who: frozenset[str], cause: str, group: str) -> State:
    """What is known now that those who rang were busy or gone; of an offer, within its group alone."""
    there = state.of(group)
    if cause == BUSY:
        there = structs.replace(there, busy=there.busy | who)
    else:
        there = structs.replace(there, registered=there.registered - who)
    if group in state.offered:
        return structs.replace(state, offered={**state.offered, group: there})
    return structs.replace(state, registered=there.registered, busy=there.busy)


def _left(stages: tuple[Stage, ...], failed: Ordered) -> tuple[Stage, ...]:
    """The stages from where the failed one was on; who just said *busy* with call waiting rings no more."""
    left = [stage for stage in stages if stage.step >= failed.step]
    while left and left[0].rings <= failed.rings:
        left.pop(0)
    return tuple(left)


def _decision(maker: Maker, question: Question, record: Record, order: Order, found: Plan) -> dict[str, Any]:
    """What is kept of a decision, to show and to plan it again."""
    caller, called = record.call.caller, normalise(question.called)
    named = (normalise(question.sender), maker.own, called)
    numbers = {number for number in named if number.startswith(("+", "ext:", "nl:"))}
    people = _people(order.stages)
    if record.call.direction is not Direction.IN:
        people.add(caller)
    return {
        "customer_id": maker.customer_id,
        "at": record.at,
        "caller": maker.own or maker.sender if record.call.direction is Direction.IN else caller,
        "shown": maker.sender,
        "name": question.name[:100],
        "called": called or question.called[:40],
        "direction": record.call.direction.value,
        "sip_call_id": question.call_id[:200],
        "record": msgspec.json.encode(record),
        "revision": record.revision,
        "outgoing": structs.asdict(maker.config.outgoing),
        "stages": stage_rows(order.stages),
        "planned": {"code": found.code, "end": found.end.value, "reason": found.reason},
        "people": sorted(people),
        "numbers": sorted(numbers),
    }


def _people(stages: tuple[Stage, ...]) -> set[str]:
    """Users and lines whose telephones ring."""
    rung = {who for stage in stages for who in stage.rings}
    return {who for who in rung if who.startswith(TELEPHONES)}
