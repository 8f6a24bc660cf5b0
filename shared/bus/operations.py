"""What staff ask of every service, whatever its domain: a base class for the services' own.

``dead_letters`` and ``retry_dead_letters`` are about the queues of the service that is asked; who
asks must be of the operator. A retry is told to the audit log.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from nameko.extensions import DependencyProvider
from nameko.rpc import Rpc
from pymongo.database import Database

from shared import audit, mongo, outbox
from shared.acting import Acting
from shared.bus.dead_letters import MOST, DeadLetters
from shared.bus.extensions import Provide, SharedPublisher
from shared.bus.listen import Listener
from shared.bus.rpc import rpc
from shared.events.audit import Subject
from shared.mongo import Document
from shared.schema import Base, length


class RetryDeadLetters(Base):
    """``queue``: one that ``dead_letters`` named; ``limit``: at most so many of its oldest messages."""

    queue = fields.String(required=True, validate=length(1, 200))
    limit = fields.Integer(load_default=MOST, strict=True, validate=validate.Range(1, MOST))
    command_id = fields.String(required=True, validate=length(8, 64))


class OwnDeadLetters(DependencyProvider):
    """Hands :class:`DeadLetters` of all queues that this service consumes to the workers."""

    publishing = SharedPublisher()

    def get_dependency(self, worker_ctx: Any) -> DeadLetters:
        service = self.container.service_name
        extensions = list(self.container.extensions)
        queues = [each.queue.name for each in extensions if isinstance(each, Listener)]
        calls = [f"rpc-{service}"] if any(isinstance(each, Rpc) for each in extensions) else []
        uri = self.container.config["AMQP_URI"]
        return DeadLetters(uri, service, [*queues, *calls], self.publishing.publisher)


class Operations:
    """Methods that every service has."""

    name: str
    own_dead_letters: DeadLetters = OwnDeadLetters()
    own_database: Database[Document] = Provide(mongo.connect)

    @rpc(kinds=("staff",))
    def dead_letters(self, acting: Acting) -> list[dict[str, Any]]:
        acting.require_staff()
        return self.own_dead_letters.look()

    @rpc(RetryDeadLetters, kinds=("staff",))
    def retry_dead_letters(self, acting: Acting, queue: str, limit: int, command_id: str) -> dict[str, int]:
        """Twice with the same command tries again twice: what consumes a queue takes an event once."""
        acting.require_staff()
        moved = self.own_dead_letters.retry(queue, limit)
        if moved:
            self._record(acting, queue, moved)
        return {"moved": moved}

    def _record(self, acting: Acting, queue: str, moved: int) -> None:
        subject = Subject(kind="queue", id=queue, name=queue)
        told = audit.entry(
            self.name, acting, None, "dead_letters.retried", subject, after={"messages": moved}
        )
        db = self.own_database
        mongo.transact(db, lambda session: outbox.add(db, session, told))
