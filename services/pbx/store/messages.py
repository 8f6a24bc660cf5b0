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
KEPT_TAKEN = timedelta(hours=1)
"""How long a greeting waits for its owner to say that it is right."""
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

    def message(self, customer_id: str, message_id: str) -> Message | None:
        wanted = {"_id": message_id, "customer_id": customer_id}
        return _message(self._db["messages"].find_one(wanted, {"sound": 0}, session=self._session))

    def keep_message(self, message: Message, sound: bytes) -> bool:
        """False when it was kept before."""
        if self.message(message.customer_id, message.id) is not None:
            return False
        row = {"_id": message.id, **{k: v for k, v in vars(message).items() if k != "id"}}
        row |= {"sound": Binary(sound), "heard_at": None, "gone_at": message.at + KEPT}
        self._db["messages"].insert_one(row, session=self._session)
        return True

    def remove_message(self, customer_id: str, message_id: str) -> None:
        wanted = {"_id": message_id, "customer_id": customer_id}
        self._db["messages"].delete_one(wanted, session=self._session)


class MessageReads(Reading):
    """What is asked about messages."""

    def messages(self, customer_id: str, owner: str) -> list[Message]:
        """The newest first."""
        wanted = {"customer_id": customer_id, "owner": owner}
        rows = self._db["messages"].find(wanted, {"sound": 0}).sort("at", DESCENDING)
        return [message for row in rows if (message := _message(row))]

    def message_sound(self, customer_id: str, message_id: str) -> bytes | None:
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


def _message(row: Document | None) -> Message | None:
    if row is None:
        return None
    fields = ("customer_id", "owner", "caller", "at", "seconds")
    return Message(id=row["_id"], **{name: row[name] for name in fields})


def _sound(row: Document | None) -> bytes | None:
    return bytes(row["sound"]) if row else None
