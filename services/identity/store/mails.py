"""The queue of mails. Who sends one has claimed it first, so one process at a time does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from services.identity.domain.mails import Letter, Mail, Queued, State
from shared import outbox
from shared.events import Event, MailFailed, MailSent, wrap
from shared.ids import new_id
from shared.logging import correlation_id
from shared.mongo import Document, transact

CLAIMED_FOR = timedelta(minutes=5)
"""A process that dies while it sends leaves its mail to others after this long."""
KEEP_SENT = timedelta(days=30)
KEEP_FAILED = timedelta(days=90)

INDEXES = {
    "mails": [
        IndexModel(
            [("dedupe_key", ASCENDING), ("user_id", ASCENDING)],
            unique=True,
            partialFilterExpression={"dedupe_key": {"$type": "string"}},
        ),
        IndexModel([("next_try", ASCENDING)], partialFilterExpression={"state": State.QUEUED.value}),
        IndexModel([("state", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("customer_id", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
    ]
}


@dataclass(frozen=True)
class Claimed:
    """A mail in our hands until we settle it, or the claim lapses."""

    mail: Queued
    claim: str


class MailBook:
    """Mails that wait, and what became of those of the last weeks."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._mails = db["mails"]

    def queue(self, letters: Iterable[Mail], at: datetime) -> None:
        """Have mails sent; a user who got one with the same dedupe key gets no other."""
        for letter in letters:
            try:
                queue(self._db, letter, at)
            except DuplicateKeyError:
                if letter.dedupe_key is None:
                    raise

    def claim(self, now: datetime) -> Claimed | None:
        """The mail that has been due longest, with this try counted; None when none is due."""
        claim = new_id()
        row = self._mails.find_one_and_update(
            {"state": State.QUEUED.value, "next_try": {"$lte": now}},
            {"$set": {"claim": claim, "next_try": now + CLAIMED_FOR}, "$inc": {"tries": 1}},
            sort=[("next_try", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return Claimed(_queued(row), claim) if row else None

    def sent(self, done: Claimed, at: datetime) -> None:
        """The mail server has it. What it said is forgotten."""
        mail = done.mail
        forgotten: Document = {"error": "", "parameters": {}, "files": []}
        values = {"state": State.SENT.value, "expires_at": at + KEEP_SENT, **forgotten}
        event = MailSent(
            mail_id=mail.id,
            letter=mail.letter.value,
            user_id=mail.user_id,
            tries=mail.tries,
            dedupe_key=mail.dedupe_key,
        )
        self._settle(done, values, event, at)

    def failed(self, done: Claimed, reason: str, at: datetime) -> None:
        """It is not tried again, unless staff ask for it."""
        mail = done.mail
        values = {"state": State.FAILED.value, "expires_at": at + KEEP_FAILED, "error": reason}
        event = MailFailed(
            mail_id=mail.id,
            letter=mail.letter.value,
            user_id=mail.user_id,
            tries=mail.tries,
            reason=reason,
            dedupe_key=mail.dedupe_key,
        )
        self._settle(done, values, event, at)

    def postpone(self, done: Claimed, reason: str, until: datetime) -> None:
        values = {"$set": {"next_try": until, "error": reason}, "$unset": {"claim": ""}}
        self._mails.update_one(_ours(done), values)

    def drop(self, done: Claimed) -> None:
        """Nobody needs it any more."""
        self._mails.delete_one(_ours(done))

    def page(
        self, state: State, before: str, limit: int, customer_ids: Sequence[str] | None = None
    ) -> list[Queued]:
        """Newest first, those queued before the mail ``before`` (an ID; empty: all) to users of these
        companies (None: of all)."""
        wanted: Document = {"state": state.value}
        if customer_ids is not None:
            wanted["customer_id"] = {"$in": list(customer_ids)}
        if before:
            wanted["_id"] = {"$lt": ObjectId(before)}
        return [_queued(row) for row in self._mails.find(wanted).sort("_id", DESCENDING).limit(limit)]

    def _settle(self, done: Claimed, values: Document, event: Event, at: datetime) -> None:
        """Unless the claim had lapsed and another has the mail now."""

        def work(session: ClientSession) -> None:
            change = {"$set": values, "$unset": {"claim": "", "next_try": ""}}
            if self._mails.update_one(_ours(done), change, session=session).matched_count:
                outbox.add(self._db, session, wrap(event, done.mail.customer_id, at))

        transact(self._db, work)


def queue(db: Database[Document], letter: Mail, at: datetime, session: ClientSession | None = None) -> None:
    """Raises DuplicateKeyError for a dedupe key that was there."""
    row = {
        "_id": ObjectId(),
        **asdict(letter),
        "state": State.QUEUED.value,
        "tries": 0,
        "created_at": at,
        "next_try": at,
        "error": "",
        "correlation_id": correlation_id(),
    }
    db["mails"].insert_one(row, session=session)


def requeue_failed(
    db: Database[Document], mail_id: str, at: datetime, session: ClientSession
) -> Queued | None:
    row = db["mails"].find_one({"_id": ObjectId(mail_id)}, session=session)
    if row is None:
        return None
    if row["state"] == State.FAILED.value:
        anew = {"state": State.QUEUED.value, "tries": 0, "next_try": at}
        change = {"$set": anew, "$unset": {"expires_at": ""}}
        db["mails"].update_one({"_id": row["_id"]}, change, session=session)
    return _queued(row)


def _ours(done: Claimed) -> Document:
    return {"_id": ObjectId(done.mail.id), "claim": done.claim}


def _queued(row: dict[str, Any]) -> Queued:
    return Queued(
        id=str(row["_id"]),
        letter=Letter(row["letter"]),
        to=row["to"],
        user_id=row["user_id"],
        customer_id=row["customer_id"],
        language=row["language"],
        parameters=row["parameters"],
        dedupe_key=row["dedupe_key"],
        files=tuple(row.get("files", ())),
        state=State(row["state"]),
        tries=row["tries"],
        created_at=row["created_at"],
        correlation_id=row["correlation_id"],
        next_try=row.get("next_try"),
        error=row["error"],
    )
