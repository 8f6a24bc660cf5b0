"""A command that runs twice has one effect, and gives its first answer again.

Callers give each change an ID of their own. The answer is kept beside the effect, in the same
transaction, for 30 days. An ID is of whoever gave it: customers, and people, do not see or hinder each
other's, however easily guessed. See docs/decisions/0040 for what holds over an update.
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
from shared.errors import USED, Conflict
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

    ``request`` says what the command asks: its digest is kept. Of secrets it has a mark
    (:meth:`shared.sealing.Sealer.mark`), never the secret: digests of short ones are guessed. Conflict when
    the same caller used the ID for something else.
    """
    digest = digest_of(request)
    caller, customer = tenancy.caller(), tenancy.bound()
    key = f"{caller}:{command_id}" if caller else command_id

    def run(session: ClientSession) -> Document:
        done = _done(db, session, key, command_id, digest)
        if done:
            return dict(done["answer"])
        answer = work(session)
        row = {"_id": key, "customer_id": customer, "request": digest, "answer": answer, "at": at}
        try:
            db["commands"].insert_one(row, session=session)
        except DuplicateKeyError as problem:
            raise Conflict(_is_used()) from problem
        return answer

    return transact(db, run)


def digest_of(request: tuple[object, ...]) -> str:
    """What is kept of what a command asked."""
    return hashlib.sha256(repr(request).encode()).hexdigest()


def _done(
    db: Database[Document], session: ClientSession, key: str, command_id: str, digest: str
) -> Document | None:
    """The command when it has run. Releases before this one kept it under its ID alone: that one counts when
    it asked the same, else it is somebody else's."""
    wanted: Document = {"_id": {"$in": [key, command_id]}}
    customer = tenancy.bound()
    if customer is not None:
        wanted["customer_id"] = {"$in": [customer, None]}  # some releases did not keep whose it was
    found = {row["_id"]: row for row in db["commands"].find(wanted, session=session)}
    if key in found and found[key]["request"] != digest:
        raise Conflict(_is_used(), command=USED)
    before = found.get(command_id)
    return found.get(key) or (before if before and before["request"] == digest else None)


def _is_used() -> str:
    return gettext("Deze opdracht is al gebruikt voor iets anders.")
