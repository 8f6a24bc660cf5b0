"""Calls that we have decided about, for when they go on: in memory, else as they were stored, so that any
copy of the listener can answer for a call of another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec
from msgspec import structs

from services.pbx.domain.config import Config, OutgoingBlocks
from services.pbx.domain.edge.orders import Maker
from services.pbx.domain.edge.stages import Stage
from services.pbx.domain.routing import Plan
from services.pbx.domain.routing.replay import Record, replay
from services.pbx.domain.settings import Which
from services.pbx.store import Store
from services.pbx.store.phones import Phone
from services.pbx.usecases.publishing import effective

KEPT_CONFIGS = 500
KEPT_CALLS = 5000


@dataclass(frozen=True)
class Live:
    """``stages``: those that were ordered last, of ``given`` in all and with ``used`` legs spent; ``turn``:
    how many decisions there were before; ``begin``: the step from which on a call of the media server rings
    (None: it is the caller's own)."""

    maker: Maker
    record: Record
    found: Plan
    stages: tuple[Stage, ...] = ()
    given: int = 0
    used: int = 0
    turn: int = 0
    begin: int | None = None


class NotYet(Exception):
    """The decision that is asked about is not stored yet; asking again helps."""


class LiveCalls:
    """Calls by their ID. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._live: OrderedDict[str, Live] = OrderedDict()
        self._configs: OrderedDict[str, tuple[tuple[int, frozenset[str]], Config]] = OrderedDict()

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

    def find(self, call_id: str, turn: int) -> Live | None:
        """The newest that is known of a call, of this turn or later; None when there is no such call. Raises
        NotYet when the turn is not there yet."""
        here = self.get(call_id)
        row = self._store.decided(call_id)
        if row is not None and "record" in row and (here is None or row.get("turn", 0) > here.turn):
            here = self._restored(row)
        if here is not None and here.turn < turn:
            raise NotYet
        return here

    def config(self, customer: str) -> Config:
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

    def _restored(self, row: dict[str, Any]) -> Live:
        record = msgspec.json.decode(row["record"], type=Record)
        customer = str(row["customer_id"])
        config = self._store.published_then(customer, record.revision) or self.config(customer)
        config = structs.replace(config, outgoing=OutgoingBlocks(**row["outgoing"]))
        phones = registered(self._store.phones_of(customer, record.at))
        maker = Maker(config, customer, record.call, phones)
        given = len(row.get("stages", ())) + len(row.get("later", {}))
        return Live(maker, record, replay(config, record), given=given, turn=row.get("turn", 0))


def registered(phones: list[Phone]) -> Callable[[str], tuple[str, ...]]:
    """The SIP users of ``user:ID`` and ``line:ID`` that are registered."""
    by_owner: dict[str, list[str]] = {}
    for phone in phones:
        if phone.registered and phone.owner:
            by_owner.setdefault(phone.owner, []).append(phone.sip_user)
    return lambda who: tuple(by_owner.get(who, ()))
