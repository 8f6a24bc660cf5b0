"""Tokens of programs, by the digest of what was shown once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import msgspec
from pymongo import ASCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.identity.domain.tokens import KEPT_AFTER, TOLD_EVERY, Token
from shared import tenancy
from shared.mongo import Document

INDEXES = {
    "tokens": [
        IndexModel([("key", ASCENDING)], unique=True),
        IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=int(KEPT_AFTER.total_seconds())),
    ]
}


class TokenBook:
    """Verbs on tokens; within a transaction when there is a ``session``."""

    def __init__(self, db: Database[Document], session: ClientSession | None = None) -> None:
        self._tokens = db["tokens"]
        self._session = session

    def with_key(self, key: str) -> Token | None:
        return _token(self._tokens.find_one({"key": key}, session=self._session))

    def of_user(self, user_id: str) -> list[Token]:
        """Newest first, also those that have expired not long ago."""
        rows = self._tokens.find({"user_id": user_id}, session=self._session).sort("created_at", -1)
        return [token for row in rows if (token := _token(row))]

    def find(self, user_id: str, token_id: str) -> Token | None:
        return _token(self._tokens.find_one({"_id": token_id, "user_id": user_id}, session=self._session))

    def add(self, token: Token) -> None:
        row = asdict(token)
        self._tokens.insert_one({"_id": row.pop("id"), **row}, session=self._session)

    def remove(self, token: Token) -> None:
        self._tokens.delete_one({"_id": token.id, "user_id": token.user_id}, session=self._session)

    def remove_of(self, user_id: str) -> None:
        self._tokens.delete_many(tenancy.own({"user_id": user_id}), session=self._session)

    def used(self, token: Token, address: str, now: datetime) -> None:
        """Write down that it was used, unless that was done a moment ago."""
        quiet = {"_id": token.id, "used_at": {"$not": {"$gt": now - TOLD_EVERY}}}
        self._tokens.update_one(quiet, {"$set": {"used_at": now, "used_from": address}})


def _token(row: Document | None) -> Token | None:
    return msgspec.convert({**row, "id": row["_id"]}, Token) if row else None
