"""Suspicions of fraud that block a class of calls, and users' passwords and PIN codes, which are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from services.pbx.domain.secrets import SECRETS
from services.pbx.store.base import Reading, Transaction

INDEXES = {
    "fraud_alerts": [IndexModel([("customer_id", ASCENDING), ("lifted", ASCENDING)])],
    "user_secrets": [IndexModel([("customer_id", ASCENDING)])],
}


@dataclass(frozen=True)
class FraudBlock:
    """A class of outgoing calls that is blocked beside what the customer chose; ``call_class`` as cdr names
    it."""

    alert_id: str
    call_class: str
    since: datetime


class AlertChanges(Transaction):
    """What events and commands do with alerts and secrets."""

    def block(self, customer_id: str, block: FraudBlock) -> bool:
        """Keep a block; False when the alert is known, for it may have been lifted before we heard of it."""
        row = {"customer_id": customer_id, "call_class": block.call_class, "since": block.since}
        wanted = {"_id": block.alert_id}
        done = self._db["fraud_alerts"].update_one(
            wanted, {"$setOnInsert": {**row, "lifted": False}}, upsert=True, session=self._session
        )
        return done.upserted_id is not None

    def lift(self, customer_id: str, alert_id: str, call_class: str) -> bool:
        """End a block, also one that we have not heard of yet; False when that changed nothing."""
        known = self._db["fraud_alerts"].find_one({"_id": alert_id}, session=self._session)
        row = {"customer_id": customer_id, "call_class": call_class, "since": self.at, "lifted": True}
        if known is None:
            self._db["fraud_alerts"].insert_one({"_id": alert_id, **row}, session=self._session)
            return False
        wanted = {"_id": alert_id, "customer_id": customer_id, "lifted": False}
        done = self._db["fraud_alerts"].update_one(wanted, {"$set": {"lifted": True}}, session=self._session)
        return done.modified_count == 1

    def set_secret(self, customer_id: str, user_id: str, kind: str, sealed: str) -> None:
        self._db["user_secrets"].update_one(
            {"_id": user_id, "customer_id": customer_id},
            {"$set": {kind: sealed, f"{kind}_at": self.at}},
            upsert=True,
            session=self._session,
        )

    def drop_secrets(self, customer_id: str, user_id: str) -> None:
        wanted = {"_id": user_id, "customer_id": customer_id}
        self._db["user_secrets"].delete_one(wanted, session=self._session)


class AlertReads(Reading):
    """Which blocks hold, and who has a password or PIN code."""

    def fraud_blocks(self, customer_id: str) -> list[FraudBlock]:
        rows = self._db["fraud_alerts"].find({"customer_id": customer_id, "lifted": False})
        return [FraudBlock(r["_id"], r["call_class"], r["since"]) for r in rows.sort("since", ASCENDING)]

    def secrets_set(self, customer_id: str) -> dict[str, Mapping[str, bool]]:
        """Which secrets each user has; users without any are not in it."""
        rows = self._db["user_secrets"].find({"customer_id": customer_id})
        return {row["_id"]: {kind: kind in row for kind in SECRETS} for row in rows}
