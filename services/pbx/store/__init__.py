"""MongoDB of pbx. A command's reads and writes are :class:`Changes`, in one transaction; the rest is
:class:`Store`. One file per concept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pymongo.client_session import ClientSession

from services.pbx.store import abroad, alerts, calls, messages, numbers, phones, settings, sounds
from services.pbx.store.abroad import AbroadChanges, AbroadReads
from services.pbx.store.alerts import AlertChanges, AlertReads, FraudBlock
from services.pbx.store.calls import CallChanges, CallReads
from services.pbx.store.messages import MessageChanges, MessageReads
from services.pbx.store.numbers import NumberChanges, NumberReads
from services.pbx.store.phones import PhoneChanges, PhoneReads
from services.pbx.store.settings import SettingsChanges, SettingsReads, Version
from services.pbx.store.sounds import Sound, SoundChanges, SoundReads
from shared import commands, mongo, outbox
from shared.mongo import Document

Result = TypeVar("Result")

__all__ = ["Changes", "FraudBlock", "Sound", "Store", "Version"]


class Changes(
    NumberChanges,
    SettingsChanges,
    SoundChanges,
    AlertChanges,
    PhoneChanges,
    CallChanges,
    MessageChanges,
    AbroadChanges,
):
    """What one command reads and writes, in its transaction."""


class Store(
    NumberReads,
    SettingsReads,
    SoundReads,
    AlertReads,
    PhoneReads,
    CallReads,
    MessageReads,
    AbroadReads,
):
    """The service's database."""

    @classmethod
    def open(cls) -> Store:
        """The store of this process, with its indexes."""
        store = cls(mongo.connect())

        def work() -> None:
            for part in (numbers, settings, sounds, alerts, phones, calls, messages):
                for collection, indexes in part.INDEXES.items():
                    store._db[collection].create_indexes(indexes)
            mongo.make_collections(store._db, ("settings", abroad.NAME, f"{sounds.BUCKET}.files"))
            commands.ensure_indexes(store._db)
            outbox.ensure_indexes(store._db)

        mongo.prepare(work)
        return store

    def once(
        self, command_id: str, request: tuple[object, ...], at: datetime, work: Callable[[Changes], Document]
    ) -> Document:
        """Run ``work`` in one transaction, at most once: see :func:`shared.commands.once`."""
        return commands.once(
            self._db, command_id, request, at, lambda session: work(Changes(self._db, session, at))
        )

    def in_one(
        self, at: datetime, work: Callable[[Changes], Result], patience: float | None = None
    ) -> Result:
        """Run ``work`` in one transaction; it may be asked again, so its effect must be idempotent.
        ``patience``: seconds, see :func:`shared.mongo.transact`."""

        def run(session: ClientSession) -> Result:
            return work(Changes(self._db, session, at))

        return mongo.transact(self._db, run, patience)
