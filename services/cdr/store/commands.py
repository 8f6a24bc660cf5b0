"""Changes that people ask for: once per command ID, told to the audit log in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import commands, outbox
from shared.acting import Acting
from shared.events import Envelope
from shared.mongo import Document, transact


@dataclass(frozen=True)
class Changes:
    """A transaction; the stores write in its ``session``."""

    db: Database[Document]
    session: ClientSession

    def tell(self, *envelopes: Envelope[Any]) -> None:
        """Publish these events when it is committed."""
        outbox.add(self.db, self.session, *envelopes)


class Commands:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    def once(
        self,
        acting: Acting,
        command_id: str,
        request: tuple[object, ...],
        work: Callable[[Changes], Document],
        now: datetime | None = None,
    ) -> Document:
        """Run ``work`` in a transaction, or give its answer again. Conflict for an ID that asked something
        else; each person has IDs of their own."""
        key = f"{acting.kind}:{acting.customer_id or ''}:{acting.user_id or acting.username}:{command_id}"
        at = now or datetime.now(UTC)
        return commands.once(self._db, key, request, at, lambda s: work(Changes(self._db, s)))

    def tell(self, session: ClientSession, *envelopes: Envelope[Any]) -> None:
        """Publish these events when the transaction of ``session`` is committed."""
        outbox.add(self._db, session, *envelopes)

    def run(self, work: Callable[[Changes], Any]) -> Any:
        """One transaction, for what nobody asked for by a command."""
        return transact(self._db, lambda session: work(Changes(self._db, session)))
