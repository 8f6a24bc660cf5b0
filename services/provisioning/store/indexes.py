"""Collections and their indexes."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from services.provisioning.domain.authentication import NONCE_SECONDS
from services.provisioning.domain.lockout import FORGOTTEN, LONGEST_LOCK, MACS_WINDOW
from shared import commands, mongo, outbox, tenancy
from shared.mongo import Document

INDEXES = {
    "devices": [
        IndexModel([("config_user", ASCENDING)], unique=True),
        IndexModel([("sip_user", ASCENDING)], unique=True),
        IndexModel([("book", ASCENDING)], unique=True),
        # Within a customer: see docs/decisions on a MAC address of somebody else.
        IndexModel(
            [("customer_id", ASCENDING), ("mac", ASCENDING)],
            unique=True,
            partialFilterExpression={"mac": {"$type": "string"}},
            name="mac",
        ),
        IndexModel([("customer_id", ASCENDING), ("user_id", ASCENDING)]),
        IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)]),
    ],
    "customers": [IndexModel([("parent_id", ASCENDING)])],
    "people": [IndexModel([("customer_id", ASCENDING)])],
    "refreshes": [IndexModel([("since", ASCENDING)])],
    "tries": [
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int((FORGOTTEN + LONGEST_LOCK).total_seconds()))
    ],
    "sources": [IndexModel([("at", ASCENDING)], expireAfterSeconds=int(MACS_WINDOW.total_seconds()))],
    "nonces": [IndexModel([("at", ASCENDING)], expireAfterSeconds=2 * NONCE_SECONDS)],
    "registrations": [IndexModel([("at", ASCENDING)])],
}


tenancy.common("registrations")
"""By SIP user, which is random, and read of devices that were looked up with the customer."""


def prepare(db: Database[Document]) -> None:
    """Make what is missing."""

    def work() -> None:
        for collection, indexes in INDEXES.items():
            db[collection].create_indexes(indexes)
        commands.ensure_indexes(db)
        outbox.ensure_indexes(db)

    mongo.prepare(work)
