"""What phones ask of the database: short questions with indexes, and marks that may be lost."""

from __future__ import annotations

from datetime import datetime

import msgspec
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from services.provisioning.domain import lockout
from services.provisioning.domain.device import Device, Fetched, Person, Rendered
from services.provisioning.domain.lockout import Tries
from services.provisioning.store import rows
from shared.mongo import Document

_QUICK = WriteConcern(w=1)


class Desk:
    """For the listener; thread-safe, as its client is."""

    def __init__(self, db: Database[Document]) -> None:
        quick = db.with_options(write_concern=_QUICK)
        self._db = db
        self._marks, self._tries, self._sources = quick["devices"], db["tries"], db["sources"]
        self._nonces = quick["nonces"]

    def by_config_user(self, config_user: str) -> Device | None:
        row = self._db["devices"].find_one({"config_user": config_user})
        return rows.device_of(row) if row else None

    def by_book(self, book: str) -> Device | None:
        row = self._db["devices"].find_one({"book": book}, {"rendered": 0, "secrets": 0})
        return rows.device_of(row) if row else None

    def by_sip_user(self, sip_user: str) -> Device | None:
        row = self._db["devices"].find_one({"sip_user": sip_user}, {"rendered": 0})
        return rows.device_of(row) if row else None

    def people(self, customer_id: str) -> list[Person]:
        return [rows.person_of(row) for row in self._db["people"].find({"customer_id": customer_id})]

    def tries(self, mac: str, source: str) -> Tries | None:
        row = self._tries.find_one({"_id": f"{mac}|{source}"})
        return _tries(row) if row else None

    def wrong(self, mac: str, source: str, now: datetime) -> Tries:
        """Count a wrong try; what stands then."""
        key = f"{mac}|{source}"
        while True:
            row = self._tries.find_one({"_id": key})
            after = lockout.wrong(_tries(row) if row else None, now)
            new = {**msgspec.to_builtins(after, builtin_types=(datetime,)), "at": now}
            if row is None:
                try:
                    self._tries.insert_one({"_id": key, "version": 1, **new})
                except DuplicateKeyError:
                    continue
                self._count_mac(source, now)
                return after
            wanted = {"_id": key, "version": row["version"]}
            if self._tries.update_one(wanted, {"$set": new, "$inc": {"version": 1}}).matched_count:
                return after

    def right(self, mac: str, source: str) -> None:
        """Forget wrong tries before a right one."""
        self._tries.delete_one({"_id": f"{mac}|{source}"})

    def tries_too_many(self, source: str) -> bool:
        """Whether an address has tried too many different MAC addresses with wrong passwords."""
        row = self._sources.find_one({"_id": source})
        return row is not None and row["macs"] > lockout.MOST_MACS

    def _count_mac(self, source: str, now: datetime) -> None:
        self._sources.update_one(
            {"_id": source}, {"$inc": {"macs": 1}, "$setOnInsert": {"at": now}}, upsert=True
        )

    def use_nonce(self, nonce: str, count: str, now: datetime) -> bool:
        """Whether this count of a nonce is used for the first time."""
        try:
            self._nonces.insert_one({"_id": f"{nonce}|{count}", "at": now})
        except DuplicateKeyError:
            return False
        return True

    def fetched(self, device: Device, fetched: Fetched) -> None:
        """Mark when, from where and what the phone got."""
        new = {"fetched": msgspec.to_builtins(fetched, builtin_types=(datetime,))}
        self._marks.update_one({"_id": device.id}, {"$set": new})

    def emptied(self, device: Device) -> None:
        """The phone was told to empty its keys; not when the device changed meanwhile."""
        wanted = {"_id": device.id, "revision": device.revision}
        self._marks.update_one(wanted, {"$set": {"emptying": False}})

    def keep(self, device: Device, rendered: Rendered) -> None:
        """Keep a file that was made anew, unless the device or its file changed meanwhile: the same text may
        have been made of other news in between."""
        old = device.rendered
        wanted = {
            "_id": device.id,
            "revision": device.revision,
            "rendered.etag": old.etag if old else None,
            "rendered.made_from": old.made_from if old else None,
        }
        self._marks.update_one(wanted, {"$set": {"rendered": msgspec.to_builtins(rendered)}})


def _tries(row: Document) -> Tries:
    return msgspec.convert({k: v for k, v in row.items() if k in Tries.__struct_fields__}, Tries)
