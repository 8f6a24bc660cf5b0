"""A MongoDB in memory: the methods, operators and errors that our stores use, and no other.

Documents are copied in and out. A transaction reads a snapshot, taken at its first operation, and loses by a
write conflict (error 112, ``TransientTransactionError``) when another one has written the same document
since or is about to; a write outside a transaction waits until that one has ended. Before each operation
``server.step`` is called, so a test can let something else happen there. What is not here raises: an
operator by KeyError, a method by AttributeError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from tests.support.memory_operators import Document, apply, copied, fields_of, matches, project, sort_key
from tests.support.memory_server import GONE, Server, Session

DUPLICATE_KEY = 11000


class Database:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = "memory"

    @property
    def client(self) -> Database:
        return self

    def start_session(self, snapshot: bool = False) -> Session:
        session = Session(self.server)
        if snapshot:
            session.start_transaction()
        return session

    def __getitem__(self, name: str) -> Collection:
        return Collection(self.server, name)


class Result:
    """Of a write."""

    def __init__(self, matched: int = 0, deleted: int = 0, upserted: Any = None) -> None:
        self.matched_count = self.modified_count = matched
        self.deleted_count = deleted
        self.upserted_id = upserted


class Found:
    """A cursor; the documents are those of the moment of ``find``."""

    def __init__(self, rows: list[Document], projection: Any) -> None:
        self._rows, self._projection = rows, projection

    def sort(self, by: Any, direction: int = 1) -> Found:
        for field, order in reversed([(by, direction)] if isinstance(by, str) else list(by)):
            self._rows.sort(key=lambda row, field=field: sort_key(row, field), reverse=order < 0)  # type: ignore[misc]
        return self

    def limit(self, most: int) -> Found:
        self._rows = self._rows[:most]
        return self

    def __iter__(self) -> Iterator[Document]:
        return iter([project(copied(row), self._projection) for row in self._rows])


class Collection:
    def __init__(self, server: Server, name: str) -> None:
        self._server, self.name = server, name

    def with_options(self, **_: Any) -> Collection:
        return self

    def find(
        self, wanted: Any = None, projection: Any = None, session: Any = None, sort: Any = None
    ) -> Found:
        self._server.step(f"find {self.name}")
        found = Found(self._matching(wanted or {}, session), projection)
        return found.sort(sort) if sort else found

    def find_one(
        self, wanted: Any = None, projection: Any = None, session: Any = None, sort: Any = None
    ) -> Document | None:
        return next(iter(self.find(wanted, projection, session, sort).limit(1)), None)

    def count_documents(self, wanted: Any, session: Any = None) -> int:
        self._server.step(f"count {self.name}")
        return len(self._matching(wanted, session))

    def estimated_document_count(self) -> int:
        return self.count_documents({})

    def insert_one(self, row: Document, session: Any = None) -> None:
        self._server.step(f"insert {self.name}")
        self._insert(row, session)

    def insert_many(self, rows: Iterable[Document], ordered: bool = True, session: Any = None) -> None:
        self._server.step(f"insert {self.name}")
        errors = []
        for index, row in enumerate(rows):
            try:
                self._insert(row, session)
            except DuplicateKeyError:
                errors.append({"index": index, "code": DUPLICATE_KEY})
                if ordered or session:
                    break
        if errors:
            raise BulkWriteError({"writeErrors": errors})

    def update_one(self, wanted: Any, change: Any, upsert: bool = False, session: Any = None) -> Result:
        self._server.step(f"update {self.name}")
        return self._update(wanted, change, upsert, session, most=1)

    def update_many(self, wanted: Any, change: Any, session: Any = None) -> Result:
        self._server.step(f"update {self.name}")
        return self._update(wanted, change, False, session)

    def replace_one(self, wanted: Any, row: Document, upsert: bool = False, session: Any = None) -> Result:
        self._server.step(f"replace {self.name}")
        return self._replace(wanted, row, upsert, session)

    def bulk_write(self, writes: Iterable[Any], ordered: bool = True, session: Any = None) -> None:
        self._server.step(f"bulk {self.name}")
        for one in writes:
            if isinstance(one, ReplaceOne):
                self._replace(one._filter, one._doc, bool(one._upsert), session)
            elif isinstance(one, UpdateOne):
                self._update(one._filter, one._doc, bool(one._upsert), session, most=1)
            else:
                raise KeyError(type(one).__name__)

    def find_one_and_update(
        self,
        wanted: Any,
        change: Any,
        projection: Any = None,
        sort: Any = None,
        upsert: bool = False,
        return_document: bool = False,
        session: Any = None,
    ) -> Document | None:
        self._server.step(f"update {self.name}")
        rows = self._to_write(wanted, session, sort)
        if not rows:
            new = self._upsert(wanted, change, session) if upsert else None
            return project(copied(new), projection) if new and return_document else None
        new = apply(rows[0], change)
        self._write(rows[0]["_id"], new, session)
        return project(copied(new if return_document else rows[0]), projection)

    def delete_one(self, wanted: Any, session: Any = None) -> Result:
        self._server.step(f"delete {self.name}")
        return self._delete(wanted, session, most=1)

    def delete_many(self, wanted: Any, session: Any = None) -> Result:
        self._server.step(f"delete {self.name}")
        return self._delete(wanted, session)

    def _matching(self, wanted: Mapping[str, Any], session: Session | None) -> list[Document]:
        rows = session.rows(self.name) if session else self._server.data.get(self.name, {})
        return [row for row in _candidates(rows, wanted.get("_id")) if matches(row, wanted)]

    def _to_write(self, wanted: Any, session: Session | None, sort: Any = None) -> list[Document]:
        """What matches, when no open transaction is about to change it."""
        while True:
            rows = self._matching(wanted, session)
            if session or not any(self._server.writer_of((self.name, row["_id"]), None) for row in rows):
                return Found(rows, None).sort(sort)._rows if sort else rows
            self._server.wait()

    def _insert(self, row: Document, session: Session | None) -> None:
        key = (self.name, row["_id"])
        while session is None and self._server.writer_of(key, None):
            self._server.wait()
        rows = session.rows(self.name) if session else self._server.data.get(self.name, {})
        if row["_id"] in rows or self._is_taken(row, rows):
            if session:
                session.rollback()
            raise DuplicateKeyError(f"{self.name} {row['_id']}", DUPLICATE_KEY, {"keyPattern": {"_id": 1}})
        self._write(row["_id"], copied(row), session)

    def _is_taken(self, row: Document, rows: Mapping[Any, Document]) -> bool:
        for fields in self._server.unique.get(self.name, ()):
            values = [row.get(field) for field in fields]
            if None not in values and any([r.get(f) for f in fields] == values for r in rows.values()):
                return True
        return False

    def _update(
        self, wanted: Any, change: Any, upsert: bool, session: Session | None, most: int | None = None
    ) -> Result:
        rows = self._to_write(wanted, session)[:most]
        for row in rows:
            self._write(row["_id"], apply(row, change), session)
        if not rows and upsert:
            try:
                return Result(upserted=self._upsert(wanted, change, session)["_id"])
            except DuplicateKeyError:
                # Another inserted it meanwhile: the server tries again if the query has equalities only.
                if session or fields_of(wanted) != wanted:
                    raise
                return self._update(wanted, change, upsert, session, most)
        return Result(matched=len(rows))

    def _upsert(self, wanted: Any, change: Any, session: Session | None) -> Document:
        row = apply(fields_of(wanted), change, inserting=True)
        self._insert(row, session)
        return row

    def _replace(self, wanted: Any, row: Document, upsert: bool, session: Session | None) -> Result:
        rows = self._to_write(wanted, session)[:1]
        new = {**fields_of(wanted), **copied(row)}
        if rows:
            self._write(rows[0]["_id"], new, session)
        elif upsert:
            self._insert(new, session)
        return Result(matched=len(rows))

    def _delete(self, wanted: Any, session: Session | None, most: int | None = None) -> Result:
        rows = self._to_write(wanted, session)[:most]
        for row in rows:
            self._write(row["_id"], GONE, session)
        return Result(deleted=len(rows))

    def _write(self, identity: Any, row: Any, session: Session | None) -> None:
        if session:
            session.write((self.name, identity), row)
        else:
            self._server.put((self.name, identity), row)
            self._server.after(self.name)


def _candidates(rows: Mapping[Any, Document], identity: Any) -> Iterable[Document]:
    """The documents that a condition on the ID leaves, where that is quick."""
    if isinstance(identity, Mapping):
        if list(identity) == ["$in"]:
            return [rows[each] for each in dict.fromkeys(identity["$in"]) if each in rows]
    elif identity is not None:
        return [rows[identity]] if identity in rows else []
    return list(rows.values())
