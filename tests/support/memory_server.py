"""The server behind the MongoDB in memory, and its sessions: snapshots, write conflicts, commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymongo.errors import OperationFailure

from tests.support.memory_operators import Document

WRITE_CONFLICT, NO_TRANSACTION = 112, 251
GONE = object()


def conflict() -> OperationFailure:
    return _transient(OperationFailure("write conflict", WRITE_CONFLICT))


def _transient(problem: OperationFailure) -> OperationFailure:
    problem._add_error_label("TransientTransactionError")
    return problem


class Server:
    """What all connections share. ``step(name)``, before an operation, may raise or let others run;
    ``after(name)``, after a write outside a transaction, may raise; ``wait`` lets others run until something
    may have changed; ``owner`` says who works now."""

    def __init__(
        self,
        step: Callable[[str], None] = lambda name: None,
        wait: Callable[[], None] = lambda: None,
        owner: Callable[[], Any] = lambda: None,
        after: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.step, self.wait, self.owner, self.after = step, wait, owner, after
        self.data: dict[str, dict[Any, Document]] = {}
        self.versions: dict[tuple[str, Any], int] = {}
        self.version = 0
        self.open: list[Session] = []
        self.unique: dict[str, list[tuple[str, ...]]] = {}

    def make_unique(self, collection: str, *fields: str) -> None:
        """No two documents share the values of these fields, where all are there."""
        self.unique.setdefault(collection, []).append(fields)

    def abandon(self, owner: Any) -> None:
        """End the transactions of a process that is gone, as the server does by itself after a while."""
        for session in [each for each in self.open if each.owner == owner]:
            session.rollback()

    def writer_of(self, key: tuple[str, Any], but: Session | None) -> Session | None:
        return next((each for each in self.open if each is not but and key in each.writes), None)

    def put(self, key: tuple[str, Any], document: Any) -> None:
        self.version += 1
        self.versions[key] = self.version
        rows = self.data.setdefault(key[0], {})
        if document is GONE:
            rows.pop(key[1], None)
        else:
            rows[key[1]] = document


class Session:
    """A client session, with at most one transaction at a time."""

    operation_time = None
    """A majority has at once what is committed: there is nothing to wait for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.owner = server.owner()
        self.snapshot: dict[str, dict[Any, Document]] | None = None
        self.began = 0
        self.writes: dict[tuple[str, Any], Any] = {}
        self.state = "none"

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.rollback()

    def start_transaction(self, *_: object) -> None:
        self.snapshot, self.writes, self.state = None, {}, "started"

    @property
    def in_transaction(self) -> bool:
        return self.state == "started"

    def commit_transaction(self) -> None:
        """As often as one likes: a commit whose answer was lost is asked for again."""
        self.server.step("commit")
        if self.state == "committed":
            return
        self._require()
        for key, document in self.writes.items():
            self.server.put(key, document)
        self._end("committed")
        self.server.step("committed")

    def abort_transaction(self) -> None:
        self.server.step("abort")
        self.rollback()

    def rollback(self) -> None:
        if self.state == "started":
            self._end("aborted")

    def rows(self, collection: str) -> dict[Any, Document]:
        """What the transaction sees."""
        self._require()
        if self.snapshot is None:
            self.snapshot = {name: dict(rows) for name, rows in self.server.data.items()}
            self.began = self.server.version
            self.server.open.append(self)
        return self.snapshot.setdefault(collection, {})

    def write(self, key: tuple[str, Any], document: Any) -> None:
        rows = self.rows(key[0])
        if self.server.versions.get(key, 0) > self.began or self.server.writer_of(key, self):
            self.rollback()
            raise conflict()
        self.writes[key] = document
        if document is GONE:
            rows.pop(key[1], None)
        else:
            rows[key[1]] = document

    def _require(self) -> None:
        if self.state != "started":
            raise _transient(OperationFailure("no such transaction", NO_TRANSACTION))

    def _end(self, state: str) -> None:
        self.state, self.writes = state, {}
        if self in self.server.open:
            self.server.open.remove(self)
