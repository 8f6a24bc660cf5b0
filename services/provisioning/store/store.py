"""The service's database: commands, events and what pages read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

import msgspec
from pymongo import ASCENDING
from pymongo.database import Database

from services.provisioning.domain.device import Device, Person
from services.provisioning.domain.registrations import Contact
from services.provisioning.store import rows
from services.provisioning.store.changes import Changes
from services.provisioning.store.finding import Finding
from services.provisioning.store.indexes import prepare
from shared import commands, mongo, tenancy
from shared.mongo import Document, Lease

Result = TypeVar("Result")

AT_ONCE = 100
"""Devices of a customer that are read together; each has its file with it."""


class Store:
    """Devices, people, registrations."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self.finding = Finding(db)
        self.lease = Lease(db, "refreshing")

    @classmethod
    def open(cls) -> Store:
        """The store of this process, with its indexes."""
        db = mongo.connect()
        prepare(db)
        return cls(db)

    def once(
        self, command_id: str, request: tuple[object, ...], at: datetime, work: Callable[[Changes], Document]
    ) -> Document:
        """Run ``work`` in one transaction, at most once: see :func:`shared.commands.once`."""
        return commands.once(
            self._db, command_id, request, at, lambda session: work(Changes(self._db, session, at))
        )

    def in_one(self, at: datetime, work: Callable[[Changes], Result]) -> Result:
        """Run ``work`` in one transaction."""
        return mongo.transact(self._db, lambda session: work(Changes(self._db, session, at)))

    def device(self, customer_id: str, device_id: str) -> Device | None:
        row = self._db["devices"].find_one({"_id": device_id, "customer_id": customer_id})
        return rows.device_of(row) if row else None

    def any_device(self, device_id: str) -> Device | None:
        row = self._db["devices"].find_one({"_id": device_id})
        return rows.device_of(row) if row else None

    def devices(
        self,
        customer_id: str | None,
        after: str | None,
        limit: int,
        user_id: str | None = None,
        line_id: str | None = None,
    ) -> list[Device]:
        """Of one customer or of all, oldest first; of one user or line, with "" those of nobody."""
        wanted: Document = {} if customer_id is None else {"customer_id": customer_id}
        if "" in (user_id, line_id):
            wanted |= {"user_id": "", "line_id": ""}
        elif user_id is not None:
            wanted["user_id"] = user_id
        elif line_id is not None:
            wanted["line_id"] = line_id
        if after is not None:
            last = self._db["devices"].find_one(tenancy.own({"_id": after}), {"created_at": 1})
            if last is None:
                return []
            at = last["created_at"]
            wanted["$or"] = [{"created_at": {"$gt": at}}, {"created_at": at, "_id": {"$gt": after}}]
        found = self._db["devices"].find(wanted, rows.SHOWN)
        found = found.sort([("created_at", ASCENDING), ("_id", ASCENDING)]).limit(limit)
        return [rows.shown_device_of(row) for row in found]

    def all_of(self, customer_id: str) -> Iterator[list[Device]]:
        """All devices of a customer, whole, some at a time: read when they are asked for."""
        found = self._db["devices"].find({"customer_id": customer_id}).batch_size(AT_ONCE)
        while some := list(islice(found, AT_ONCE)):
            yield [rows.device_of(row) for row in some]

    def sealed_after(self, device_id: str, limit: int) -> list[Device]:
        """The next devices by ID, whole."""
        found = self._db["devices"].find({"_id": {"$gt": device_id}}).sort("_id", ASCENDING).limit(limit)
        return [rows.device_of(row) for row in found]

    def reseal(self, old: Device, new: Device) -> bool:
        """Put other seals on the same secrets; False when the device changed meanwhile."""
        wanted: Document = {"_id": old.id, "secrets": old.secrets}
        wanted["rendered"] = msgspec.to_builtins(old.rendered)
        values = {"secrets": new.secrets, "rendered": msgspec.to_builtins(new.rendered)}
        return bool(self._db["devices"].update_one(wanted, {"$set": values}).matched_count)

    def people(self, customer_id: str) -> list[Person]:
        return [rows.person_of(row) for row in self._db["people"].find({"customer_id": customer_id})]

    def people_with(self, ids: Iterable[str]) -> dict[str, Person]:
        """Users and lines by ID."""
        found = self._db["people"].find(tenancy.own({"_id": {"$in": list(ids)}}))
        return {row["_id"]: rows.person_of(row) for row in found}

    def person(self, user_id: str) -> Person | None:
        row = self._db["people"].find_one(tenancy.own({"_id": user_id}))
        return rows.person_of(row) if row else None

    def contacts(self, sip_users: Iterable[str]) -> dict[str, tuple[Contact, ...]]:
        """By SIP user; absent: never heard of."""
        found = self._db["registrations"].find({"_id": {"$in": list(sip_users)}})
        return {row["_id"]: rows.contacts_of(row) for row in found}

    def due(self, before: datetime, limit: int) -> list[tuple[str, int]]:
        """Customers whose files may be others since ``before``, with how often that was said."""
        found = self._db["refreshes"].find({"since": {"$lte": before}}).sort("since", ASCENDING).limit(limit)
        return [(row["_id"], row["count"]) for row in found]

    def refreshed(self, customer_id: str, count: int) -> None:
        """Done, unless it was said again meanwhile."""
        self._db["refreshes"].update_one({"_id": customer_id, "count": count}, {"$unset": {"since": 1}})

    def republish(self, after: str, limit: int, at: datetime) -> list[Device]:
        """Tell others of the next devices by ID, as they stand."""

        def run(changes: Changes) -> list[Device]:
            batch = self.sealed_after(after, limit)
            for device in batch:
                changes.tell_device(device)
            return batch

        return self.in_one(at, run)
