"""What one command reads and writes, in its transaction: the base of the services' own verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import audit, outbox
from shared.acting import Acting
from shared.events import Event, wrap
from shared.events.audit import Subject
from shared.mongo import Document


class Transaction:
    """``at`` is the moment of the command; ``service`` is whose store it is, which the audit log is told."""

    service: ClassVar[str]

    def __init__(self, db: Database[Document], session: ClientSession, at: datetime) -> None:
        self._db = db
        self._session = session
        self.at = at

    @property
    def session(self) -> ClientSession:
        """For what others write in the same transaction."""
        return self._session

    def record(
        self,
        acting: Acting,
        customer_id: str | None,
        action: str,
        subject: Subject,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Tell the audit log what this command changed; ``customer_id`` None: of the house as a whole."""
        told = audit.entry(
            *(self.service, acting, customer_id, action, subject),
            before=before,
            after=after,
            reason=reason,
            at=self.at,
        )
        outbox.add(self._db, self._session, told)

    def tell(self, customer_id: str, *events: Event) -> None:
        """Queue events of this customer."""
        if events:
            outbox.add(self._db, self._session, *(wrap(event, customer_id, self.at) for event in events))


class Reading:
    """What is read outside a transaction."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
