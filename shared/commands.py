"""A command that runs twice has one effect, and gives its first answer again.

Callers give each change an ID of their own. The answer is kept beside the effect, in the same
transaction, for 30 days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from shared import tenancy
from shared.errors import Conflict
from shared.mongo import Document, transact
from shared.words import gettext

KEEP_SECONDS = 30 * 24 * 3600


def ensure_indexes(db: Database[Document]) -> None:
    db["commands"].create_index([("at", ASCENDING)], expireAfterSeconds=KEEP_SECONDS)


def once(
    db: Database[Document],
    command_id: str,
    request: tuple[object, ...],
    at: datetime,
    work: Callable[[ClientSession], Document],
) -> Document:
    """Run ``work`` in one transaction, unless the command has run: then its answer again.

    ``request`` says what the command asks, without secrets: its digest is kept. Conflict when the ID
    was used for something else, or by another customer.
    """
    digest = hashlib.sha256(repr(request).encode()).hexdigest()
    customer = tenancy.bound()
    wanted: Document = {"_id": command_id}
    if customer is not None:
        wanted["customer_id"] = {
            "$in": [customer, None]
        }  # releases before this one did not keep whose it was

    def run(session: ClientSession) -> Document:
        done = db["commands"].find_one(wanted, session=session)
        if done and done["request"] != digest:
            raise Conflict(gettext("Deze opdracht is al gebruikt voor iets anders."))
        if done:
            return dict(done["answer"])
        answer = work(session)
        row = {"_id": command_id, "customer_id": customer, "request": digest, "answer": answer, "at": at}
        try:
            db["commands"].insert_one(row, session=session)
        except DuplicateKeyError as problem:
            raise Conflict(gettext("Deze opdracht is al gebruikt voor iets anders.")) from problem
        return answer

    return transact(db, run)
