"""Links with which somebody chooses a password, by the digest of their token."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from pymongo import ASCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.identity.domain.links import Link, Purpose
from shared.mongo import Document

INDEXES = {"links": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)]}


class LinkBook:
    """All links that have not been used or expired."""

    def __init__(self, db: Database[Document]) -> None:
        self._links = db["links"]

    def add(self, link: Link) -> None:
        row = asdict(link)
        self._links.insert_one({"_id": row.pop("key"), **row})

    def find(self, key: str) -> Link | None:
        return _link(self._links.find_one({"_id": key}))


def take(db: Database[Document], key: str, session: ClientSession) -> Link | None:
    return _link(db["links"].find_one_and_delete({"_id": key}, session=session))


def _link(row: Document | None) -> Link | None:
    if row is None:
        return None
    until: datetime = row["until"]
    return Link(
        key=row["_id"],
        purpose=Purpose(row["purpose"]),
        customer_id=row["customer_id"],
        user_id=row["user_id"],
        email=row["email"],
        password_epoch=row["password_epoch"],
        until=until,
    )
