"""A process that was killed in the middle of a change: the next one does not wait for MongoDB's minute."""

from __future__ import annotations

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared.mongo import Document
from tests.contract.scene import Scene

SOON_MS = 15_000


def test_a_transaction_that_nobody_goes_on_with_is_aborted_by_a_running_process(toy: Scene) -> None:
    with MongoClient[Document](toy.mongo_uri, appname="toy", timeoutMS=SOON_MS) as client:
        held = client.get_default_database()["held"]
        held.insert_one({"_id": 1})
        with client.start_session() as session:
            session.start_transaction()
            held.update_one({"_id": 1}, {"$set": {"by": "who was killed"}}, session=session)

            held.update_one({"_id": 1}, {"$set": {"by": "who came after"}})  # waits for the other to be gone

            with pytest.raises(PyMongoError):
                session.commit_transaction()
        assert held.find_one() == {"_id": 1, "by": "who came after"}
