"""Telephony settings: one document per customer, and the versions that were published."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.pbx.domain.config import Config
from services.pbx.domain.renaming import people_of
from services.pbx.domain.settings import Publication, Settings
from services.pbx.domain.test_calls import TestCall
from services.pbx.store.base import Reading, Transaction
from shared.mongo import Document

INDEXES = {
    "versions": [IndexModel([("customer_id", ASCENDING), ("revision", DESCENDING)], unique=True)],
}
LONGEST_HISTORY = 200


@dataclass(frozen=True)
class Version:
    """A configuration that was published; ``kind``: publish, roll_back or at_once."""

    revision: int
    publication: Publication
    kind: str


class _Named(msgspec.Struct):
    id: str


class _People(msgspec.Struct):
    """What is read of a version to know who was in it."""

    users: tuple[_Named, ...] = ()
    lines: tuple[_Named, ...] = ()


class SettingsChanges(Transaction):
    """What commands do with settings."""

    def settings(self, customer_id: str) -> Settings:
        """As they stand; empty when there are none yet."""
        row = self._db["settings"].find_one({"_id": customer_id}, session=self._session)
        return _settings(customer_id, row)

    def settings_after(self, customer_id: str, limit: int) -> list[Settings]:
        """The next settings by their customer's ID."""
        rows = self._db["settings"].find({"_id": {"$gt": customer_id}}, session=self._session)
        return [_settings(str(row["_id"]), row) for row in rows.sort("_id", ASCENDING).limit(limit)]

    def people_had(self, settings: Settings, ids: Collection[str]) -> frozenset[str]:
        """Those of these IDs that are of users or lines that this customer has, or had in any version."""
        known = (settings.published, settings.draft, settings.put_away)
        found = frozenset().union(*(people_of(config) for config in known if config is not None))
        missing = frozenset(ids) - found
        rows = self._db["versions"].find({"customer_id": settings.customer_id}, session=self._session)
        for row in rows.sort("revision", DESCENDING) if missing else ():
            people = msgspec.json.decode(zlib.decompress(row["config"]), type=_People)
            missing -= {one.id for one in (*people.users, *people.lines)}
            if not missing:
                break
        return frozenset(ids) - missing

    def save_settings(self, old: Settings, new: Settings) -> None:
        """Store new settings in place of old ones, read in this transaction: of two commands at once the
        second collides here and runs again."""
        row = _row(new)
        where = {"_id": old.customer_id, "revision": old.revision}
        self._db["settings"].replace_one(where, row, upsert=old.revision == 0, session=self._session)

    def touch(self, customer_id: str) -> None:
        """Keep the settings to this transaction without changing them."""
        self._db["settings"].update_one({"_id": customer_id}, {"$inc": {"holds": 1}}, session=self._session)

    def keep_version(self, settings: Settings, kind: str) -> None:
        """Remember what is published now."""
        packed = zlib.compress(msgspec.json.encode(settings.published))
        row = {
            "_id": f"{settings.customer_id}:{settings.published.revision}",
            "customer_id": settings.customer_id,
            "revision": settings.published.revision,
            "kind": kind,
            "config": packed,
            **_publication_row(settings.publication),
        }
        self._db["versions"].insert_one(row, session=self._session)

    def version(self, customer_id: str, revision: int) -> Config | None:
        """A configuration that was published."""
        wanted = {"customer_id": customer_id, "revision": revision}
        row = self._db["versions"].find_one(wanted, session=self._session)
        return _unpacked(row["config"]) if row else None


class SettingsReads(Reading):
    """What is asked about settings."""

    def settings(self, customer_id: str) -> Settings:
        """As they stand; empty when there are none yet."""
        return _settings(customer_id, self._db["settings"].find_one({"_id": customer_id}))

    def history(self, customer_id: str) -> list[Version]:
        """The newest versions first."""
        rows = self._db["versions"].find({"customer_id": customer_id}, {"config": 0})
        newest = rows.sort("revision", DESCENDING).limit(LONGEST_HISTORY)
        return [Version(row["revision"], _publication(row), row["kind"]) for row in newest]


def _row(settings: Settings) -> Document:
    draft, away = settings.draft, settings.put_away
    return {
        "_id": settings.customer_id,
        "revision": settings.revision,
        "enabled": settings.enabled,
        "published": msgspec.to_builtins(settings.published),
        **_publication_row(settings.publication),
        "draft": msgspec.to_builtins(draft) if draft is not None else None,
        "draft_since": settings.draft_since,
        "touched": dict(settings.touched),
        "test_calls": msgspec.to_builtins(settings.test_calls),
        "put_away": zlib.compress(msgspec.json.encode(away)) if away is not None else None,
    }


def _settings(customer_id: str, row: Mapping[str, Any] | None) -> Settings:
    if row is None:
        return Settings(customer_id)
    return Settings(
        customer_id=customer_id,
        revision=row["revision"],
        enabled=row["enabled"],
        published=msgspec.convert(row["published"], Config),
        publication=_publication(row),
        draft=msgspec.convert(row["draft"], Config) if row["draft"] is not None else None,
        draft_since=row["draft_since"],
        touched=row["touched"],
        test_calls=msgspec.convert(row["test_calls"], tuple[TestCall, ...]),
        put_away=_unpacked(row["put_away"]) if row.get("put_away") is not None else None,
    )


def _unpacked(packed: bytes) -> Config:
    return msgspec.json.decode(zlib.decompress(packed), type=Config)


def _publication_row(publication: Publication) -> Document:
    return {"at": publication.at, "by": publication.by, "note": publication.note}


def _publication(row: Mapping[str, Any]) -> Publication:
    return Publication(row["at"], row["by"], row["note"])
