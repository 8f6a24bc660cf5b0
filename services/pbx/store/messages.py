"""What callers spoke: messages in voicemails, and greetings until their owner keeps them. A-law, within its
document, so that it goes with it when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import Binary
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.pbx.store.base import Reading, Transaction
from shared.mongo import Document

KEPT = timedelta(days=30)
KEPT_REMOVED = timedelta(days=1)
"""How long a message that its owner has removed can still be fetched for its mail: longer than identity tries
to send one (2 hours and 36 minutes, WAITS in services/identity/domain/mails.py)."""
KEPT_TAKEN = timedelta(hours=1)
"""How long a greeting waits for its owner to say that it is right."""
_THERE = {"removed_at": None}
INDEXES = {
    "messages": [
        IndexModel([("customer_id", ASCENDING), ("owner", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("gone_at", ASCENDING)], expireAfterSeconds=0),
    ],
    "taken": [IndexModel([("gone_at", ASCENDING)], expireAfterSeconds=0)],
}


@dataclass(frozen=True)
class Message:
    """A message for ``owner`` (``user:ID``, ``line:ID``): ``caller`` is a party in our notation, ``seconds``
    are whole ones."""

    id: str
    customer_id: str
    owner: str
    caller: str
    at: datetime
    seconds: int


class MessageChanges(Transaction):
    """What calls do with messages."""

    def keep_message(self, message: Message, sound: bytes) -> bool:
        """False when it was kept before, removed or not."""
        wanted = {"_id": message.id, "customer_id": message.customer_id}
        if self._db["messages"].find_one(wanted, {"at": 1}, session=self._session) is not None:
            return False
        row = {"_id": message.id, **{k: v for k, v in vars(message).items() if k != "id"}}
        row |= {"sound": Binary(sound), "heard_at": None, "gone_at": message.at + KEPT}
        self._db["messages"].insert_one(row, session=self._session)
        return True

    def remove_message(self, customer_id: str, message_id: str) -> Message | None:
        """Nobody hears it any more, and soon it has gone; None when it has already."""
        wanted = {"_id": message_id, "customer_id": customer_id, **_THERE}
        row = self._db["messages"].find_one(wanted, {"sound": 0}, session=self._session)
        if row is None:
            return None
        gone = min(row["gone_at"], self.at + KEPT_REMOVED)
        change = {"$set": {"removed_at": self.at, "gone_at": gone}}
        self._db["messages"].update_one(wanted, change, session=self._session)
        return _message(row)

    def take(self, customer_id: str, recording_id: str) -> bool:
        """A greeting that was spoken waits no more; False when it did not."""
        wanted = {"_id": recording_id, "customer_id": customer_id}
        return self._db["taken"].delete_one(wanted, session=self._session).deleted_count == 1


class MessageReads(Reading):
    """What is asked about messages."""

    def messages(self, customer_id: str, owner: str) -> list[Message]:
        """The newest first."""
        wanted = {"customer_id": customer_id, "owner": owner, **_THERE}
        rows = self._db["messages"].find(wanted, {"sound": 0}).sort("at", DESCENDING)
        return [_message(row) for row in rows]

    def message_sound(self, customer_id: str, message_id: str) -> bytes | None:
        """For who listens."""
        wanted = {"_id": message_id, "customer_id": customer_id, **_THERE}
        return _sound(self._db["messages"].find_one(wanted))

    def mailed_sound(self, customer_id: str, message_id: str) -> bytes | None:
        """For its mail, which goes out whether its owner has removed the message by then or not."""
        return _sound(self._db["messages"].find_one({"_id": message_id, "customer_id": customer_id}))

    def message_heard(self, customer_id: str, message_id: str, at: datetime) -> None:
        """The first time counts."""
        wanted = {"_id": message_id, "customer_id": customer_id, "heard_at": None}
        self._db["messages"].update_one(wanted, {"$set": {"heard_at": at}})

    def keep_taken(self, customer_id: str, recording_id: str, sound: bytes, at: datetime) -> None:
        """A greeting that was spoken; the same again replaces it."""
        row = {"customer_id": customer_id, "sound": Binary(sound), "gone_at": at + KEPT_TAKEN}
        self._db["taken"].replace_one({"_id": recording_id}, row, upsert=True)

    def taken_sound(self, customer_id: str, recording_id: str) -> bytes | None:
        return _sound(self._db["taken"].find_one({"_id": recording_id, "customer_id": customer_id}))


def _message(row: Document) -> Message:
    fields = ("customer_id", "owner", "caller", "at", "seconds")
    return Message(id=row["_id"], **{name: row[name] for name in fields})


def _sound(row: Document | None) -> bytes | None:
    return bytes(row["sound"]) if row else None
