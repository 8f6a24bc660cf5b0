"""Calls that we have decided about, for when they go on: in memory, else as they were stored, so that any
copy of the listener can answer for a call of another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, TypeAlias

import msgspec
from msgspec import structs

from services.pbx.domain.config import Config, OutgoingBlocks
from services.pbx.domain.edge.orders import Maker
from services.pbx.domain.edge.stages import Stage
from services.pbx.domain.held import with_held
from services.pbx.domain.routing import Plan
from services.pbx.domain.routing.replay import Record, replay
from services.pbx.domain.settings import Which
from services.pbx.store import Store
from services.pbx.store.phones import Phone
from services.pbx.usecases.publishing import effective

KEPT_CONFIGS = 500
KEPT_CALLS = 5000
Mark: TypeAlias = tuple[int, frozenset[str], frozenset[str]]
"""What a configuration that is kept was made of: its revision, blocks for fraud, the numbers held."""


@dataclass(frozen=True)
class Ordered:
    """What has to be known of a stage when it fails: who rang, at which ``step`` of the plan, and how many
    legs of the proxy's transaction were ``spent`` by then."""

    id: str
    rings: frozenset[str]
    step: int
    spent: int


@dataclass(frozen=True)
class Live:
    """``stages``: those that were ordered, the last ones at least, of ``given`` in all; ``turn``: how many
    decisions there were before; ``begin``: the step from which on a call of the media server rings (None: it
    is the caller's own)."""

    maker: Maker
    record: Record
    found: Plan
    stages: tuple[Ordered, ...] = ()
    given: int = 0
    turn: int = 0
    begin: int | None = None

    def stage(self, stage_id: str) -> Ordered | None:
        return next((stage for stage in self.stages if stage.id == stage_id), None)


class NotYet(Exception):
    """The call or the decision that is asked about is not stored yet; asking again helps. That there is no
    such call at all looks the same."""


class LiveCalls:
    """Calls by their ID. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._live: OrderedDict[str, Live] = OrderedDict()
        self._configs: OrderedDict[str, tuple[Mark, Config]] = OrderedDict()

    def get(self, call_id: str) -> Live | None:
        """A call of ours of late."""
        with self._lock:
            return self._live.get(call_id)

    def remember(self, call_id: str, live: Live) -> None:
        with self._lock:
            self._live[call_id] = live
            self._live.move_to_end(call_id)
            while len(self._live) > KEPT_CALLS:
                self._live.popitem(last=False)

    def find(self, call_id: str, turn: int) -> Live:
        """The newest that is known of a call, of this turn or later. Raises NotYet."""
        here = self.get(call_id)
        row = self._store.decided(call_id)
        if row is not None and "record" in row:
            if here is None or row.get("turn", 0) > here.turn:
                here = self._restored(row)
            else:
                here = replace(here, given=max(here.given, _given(row)))
        if here is None or here.turn < turn:
            raise NotYet
        return here

    def ordered(self, call_id: str, stage_id: str) -> tuple[Live, Ordered] | None:
        """A call, or a part of one (``call.part``), with a stage that was ordered for it by any copy."""
        here = self.get(call_id)
        stage = here.stage(stage_id) if here is not None else None
        if here is None or stage is None:
            own, _dot, part = call_id.partition(".")
            row = self._store.decided(own)
            if row is None or "record" not in row:
                return None
            here = replace(self._restored(row), begin=_begin(part))
            stage = here.stage(stage_id)
        return (here, stage) if stage is not None else None

    def config(self, customer: str, now: datetime) -> Config:
        """What is published, with what a suspicion of fraud blocks and without numbers that are not the
        customer's now."""
        blocks = frozenset(block.alert_id for block in self._store.fraud_blocks(customer))
        held = self._store.numbers_held(customer, now)
        mark = (self._store.settings_revision(customer), blocks, held)
        with self._lock:
            known = self._configs.get(customer)
        if known is None or known[0] != mark:
            known = (mark, with_held(effective(self._store, customer, Which.PUBLISHED)[1], held))
            with self._lock:
                self._configs[customer] = known
                while len(self._configs) > KEPT_CONFIGS:
                    self._configs.popitem(last=False)
        return known[1]

    def _restored(self, row: dict[str, Any]) -> Live:
        record = msgspec.json.decode(row["record"], type=Record)
        customer = str(row["customer_id"])
        config = self._store.published_then(customer, record.revision) or self.config(customer, record.at)
        config = with_held(config, self._store.numbers_held(customer, record.at))
        config = structs.replace(config, outgoing=msgspec.convert(row["outgoing"], OutgoingBlocks))
        phones = registered(self._store.phones_of(customer, record.at))
        maker = Maker(config, customer, record.call, phones)
        stages, turn = ordered(_rows(row)), row.get("turn", 0)
        return Live(maker, record, replay(config, record), stages, given=_given(row), turn=turn)


def stage_rows(stages: Iterable[Stage], used: int = 0) -> list[dict[str, Any]]:
    """Stages as they are stored; ``used``: legs that were spent before them."""
    rows = []
    for stage in stages:
        used += len(stage.targets)
        seconds, who = stage.ms // 1000, sorted(stage.rings)
        row = {"id": stage.id, "seconds": seconds, "who": who, "name": stage.name}
        rows.append({**row, "step": stage.step, "spent": used})
    return rows


def ordered(rows: Iterable[dict[str, Any]]) -> tuple[Ordered, ...]:
    """Stages as they were stored; without those of calls from before an upgrade, which say too little."""
    return tuple(
        Ordered(row["id"], frozenset(row["who"]), row["step"], row["spent"]) for row in rows if "spent" in row
    )


def _rows(row: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return (*row.get("stages", ()), *row.get("later", {}).values())


def _given(row: dict[str, Any]) -> int:
    """How many IDs of stages are given away; not every stage that got one was kept."""
    return max((int(stage["id"][1:]) + 1 for stage in _rows(row)), default=0)


def part_of(call_id: str, turn: int, step: int) -> str:
    """The ID of a call that the media server makes for a caller of ours, from this step on."""
    return f"{call_id}.{turn}x{step}"


def _begin(part: str) -> int | None:
    """The step in the ID of a part; None: it is the caller's own call."""
    step = part.partition("x")[2]
    return int(step) if step.isdigit() else None


def registered(phones: list[Phone]) -> Callable[[str], tuple[str, ...]]:
    """The SIP users of ``user:ID`` and ``line:ID`` that are registered."""
    by_owner: dict[str, list[str]] = {}
    for phone in phones:
        if phone.registered and phone.owner:
            by_owner.setdefault(phone.owner, []).append(phone.sip_user)
    return lambda who: tuple(by_owner.get(who, ()))
