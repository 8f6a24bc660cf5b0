"""Where a call that is at the proxy goes now, and where after what it ran into."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, Protocol

import msgspec
from msgspec import structs

from services.pbx.domain.abroad import PRESET, goes_abroad
from services.pbx.domain.config import Config
from services.pbx.domain.edge.orders import MOST_LEGS, Maker, Order, Stage
from services.pbx.domain.routing import Call, Plan, State, plan
from services.pbx.domain.routing.classes import normalise
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.replay import Record
from services.pbx.domain.routing.values import Direction
from services.pbx.domain.settings import Which
from services.pbx.store import Store
from services.pbx.store.phones import Phone
from services.pbx.usecases.abroad import take
from services.pbx.usecases.publishing import effective
from shared.ids import new_id

KEPT_CONFIGS = 500
KEPT_CALLS = 5000
BUSY, GONE = "busy", "gone"


class Keep(Protocol):
    """Has a decision stored, without waiting for it."""

    def __call__(self, call_id: str, fields: Mapping[str, Any], at: datetime) -> None: ...


@dataclass(frozen=True)
class Question:
    """A call at the proxy: ``source`` user (``sender`` is a SIP user who gave the password) or trunk."""

    source: str
    sender: str
    called: str
    name: str = ""
    call_id: str = ""


@dataclass(frozen=True)
class Live:
    """A call that we have decided about, for when it runs into something."""

    maker: Maker
    record: Record
    found: Plan
    stages: tuple[Stage, ...]
    given: int
    used: int


class Router:
    """Decides calls; keeps configurations by revision and the calls of late. Threads may share it."""

    def __init__(self, store: Store, clock: Callable[[], datetime], keep: Keep, abroad: int = PRESET) -> None:
        """``abroad``: calls there at once, of customers for whom staff chose nothing else."""
        self._store = store
        self._abroad = abroad
        self._clock = clock
        self._keep = keep
        self._lock = Lock()
        self._configs: OrderedDict[str, tuple[tuple[int, frozenset[str]], Config]] = OrderedDict()
        self._live: OrderedDict[str, Live] = OrderedDict()

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

    def again(self, call_id: str, stage_id: str, cause: str) -> Order | None:
        """What is left for a call whose stage ended so: its telephones are ``busy`` or ``gone``. None when
        the order that the proxy has still stands."""
        live = self._live.get(call_id)
        at = next((i for i, s in enumerate(live.stages) if s.id == stage_id), None) if live else None
        if live is None or at is None:
            return None
        failed = live.stages[at]
        who = frozenset(name.partition(":")[2] for name in failed.rings if ":" in name)
        if not who:
            return None
        state = _with(live.record.state, who, cause)
        record = structs.replace(live.record, state=state)
        used = live.used + sum(len(stage.targets) for stage in live.stages[: at + 1])
        spent = (live.given, min(used, MOST_LEGS - 1))
        record, found, order = self._planned(call_id, live.maker, record, *spent)
        if found.steps[: failed.step] != live.found.steps[: failed.step]:
            return None
        left = _left(order.stages, failed)
        given = live.given + len(order.stages)
        now = replace(live, record=record, found=found, stages=left, given=given, used=used)
        self._remember(call_id, now)
        self._keep_again(call_id, live, record, left)
        return structs.replace(order, stages=left)

    def _decide(self, call_id: str, customer: str, call: Call, question: Question, now: datetime) -> Order:
        config = self._config(customer)
        phones = self._store.phones_of(customer, now)
        if directory(config).find(call.called)[0] is not None and call.direction is Direction.OUT:
            call = structs.replace(call, direction=Direction.INTERNAL)
        state = self._state(customer, phones, now)
        maker = Maker(config, customer, call, _registered(phones))
        record = Record(call=call, at=now, state=state, revision=config.revision)
        record, found, order = self._planned(call_id, maker, record)
        self._remember(call_id, Live(maker, record, found, order.stages, len(order.stages), 0))
        self._keep(call_id, _decision(maker, question, record, order, found), now)
        return order

    def _planned(
        self, call_id: str, maker: Maker, record: Record, first: int = 0, used: int = 0
    ) -> tuple[Record, Plan, Order]:
        """A plan and its order; without what goes abroad when the customer has as many calls there as it
        may have, which the state of the record then says."""
        found = plan(maker.config, record.call, record.at, record.state)
        order = maker.order(call_id, found, first, used)
        if not goes_abroad(order.stages):
            return record, found, order
        full = take(self._store, self._abroad, maker.customer_id, call_id, order.stages, self._clock())
        if full is None:
            return record, found, order
        record = structs.replace(record, state=structs.replace(record.state, full=full))
        found = plan(maker.config, record.call, record.at, record.state)
        return record, found, maker.order(call_id, found, first, used)

    def _config(self, customer: str) -> Config:
        """What is published, with what a suspicion of fraud blocks."""
        blocks = frozenset(block.alert_id for block in self._store.fraud_blocks(customer))
        mark = (self._store.settings_revision(customer), blocks)
        with self._lock:
            known = self._configs.get(customer)
        if known is None or known[0] != mark:
            known = (mark, effective(self._store, customer, Which.PUBLISHED)[1])
            with self._lock:
                self._configs[customer] = known
                while len(self._configs) > KEPT_CONFIGS:
                    self._configs.popitem(last=False)
        return known[1]

    def _state(self, customer: str, phones: list[Phone], now: datetime) -> State:
        answers = self._store.group_answers(customer)
        return State(
            registered=frozenset(_bare(p.owner) for p in phones if p.registered and p.owner),
            busy=frozenset(_bare(who) for who in self._store.busy_people(customer, now)),
            last_answered={row["group_id"]: row["last"] for row in answers},
            last_answered_at={row["group_id"]: row["members"] for row in answers},
        )

    def _remember(self, call_id: str, live: Live) -> None:
        with self._lock:
            self._live[call_id] = live
            self._live.move_to_end(call_id)
            while len(self._live) > KEPT_CALLS:
                self._live.popitem(last=False)

    def _keep_again(self, call_id: str, live: Live, record: Record, left: tuple[Stage, ...]) -> None:
        stages = {stage.id: stage for stage in (*live.stages, *left)}
        fields = {"record": msgspec.json.encode(record), "stages": _stages(tuple(stages.values()))}
        self._keep(call_id, fields, record.at)


def _bare(owner: str) -> str:
    return owner.partition(":")[2]


def _with(state: State, who: frozenset[str], cause: str) -> State:
    if cause == BUSY:
        return structs.replace(state, busy=state.busy | who)
    return structs.replace(state, registered=state.registered - who)


def _left(stages: tuple[Stage, ...], failed: Stage) -> tuple[Stage, ...]:
    """The stages from where the failed one was on; who just said *busy* with call waiting rings no more."""
    left = [stage for stage in stages if stage.step >= failed.step]
    while left and left[0].rings <= failed.rings:
        left.pop(0)
    return tuple(left)


def _registered(phones: list[Phone]) -> Callable[[str], tuple[str, ...]]:
    by_owner: dict[str, list[str]] = {}
    for phone in phones:
        if phone.registered and phone.owner:
            by_owner.setdefault(phone.owner, []).append(phone.sip_user)
    return lambda who: tuple(by_owner.get(who, ()))


def _decision(maker: Maker, question: Question, record: Record, order: Order, found: Plan) -> dict[str, Any]:
    """What is kept of a decision, to show and to plan it again."""
    caller, called = record.call.caller, normalise(question.called)
    named = (normalise(question.sender), maker.own, called)
    numbers = {number for number in named if number.startswith(("+", "ext:", "nl:"))}
    people = {who for stage in order.stages for who in stage.rings if ":" in who}
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
        "stages": _stages(order.stages),
        "planned": {"code": found.code, "end": found.end.value, "reason": found.reason},
        "people": sorted(people),
        "numbers": sorted(numbers),
    }


def _stages(stages: tuple[Stage, ...]) -> list[dict[str, Any]]:
    return [{"id": s.id, "seconds": s.ms // 1000, "who": sorted(s.rings), "name": s.name} for s in stages]
