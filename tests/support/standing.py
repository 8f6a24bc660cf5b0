"""Services that many tests share: their processes stay, and what they keep is put back between tests.

To start a service costs a second of a core (imports, queues, indexes), to empty its database a hundredth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
from bson import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from shared.rpc_client import RpcClient
from tests.support.keys import Keyring
from tests.support.processes import Process, python, until

LEASES = "leases"
"""Who does a job now: the process that runs on."""
QUIET_SECONDS = 20.0
MOST_SETS = 2

Admin = pymongo.MongoClient[dict[str, Any]]


class Kept:
    """Databases that stay with their indexes, which take longest to make; what is in them is put back.

    ``but``: collections that stay as they are.
    """

    def __init__(self, admin: Admin, *names: str, but: Sequence[str] = ()) -> None:
        raw: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
        self._databases: list[Database[Any]] = [admin.get_database(name, raw) for name in names]
        self._but = but
        self._began: dict[tuple[str, str], list[RawBSONDocument]] = {}

    def remember(self) -> None:
        """What is there now is put back."""
        for database, name in self._collections():
            if rows := list(database[name].find()):
                self._began[database.name, name] = rows

    def put_back(self) -> None:
        """Nobody may write meanwhile."""
        for database, name in self._collections():
            collection, began = database[name], self._began.get((database.name, name))
            if began is None and collection.find_one({}, {"_id": 1}) is None:
                continue
            collection.delete_many({})
            if began:
                collection.insert_many(began)

    def _collections(self) -> list[tuple[Database[Any], str]]:
        named = [(each, name) for each in self._databases for name in each.list_collection_names()]
        return [(each, name) for each, name in named if name not in self._but and "system." not in name]


class StandingService:
    """A service's process and its databases, as they were when it had started."""

    def __init__(self, process: Process, admin: Admin) -> None:
        self.process = process
        name = database_name(process.environment["MONGO_URI"])
        self._db, self._log = admin[name], admin[audit_log_of(name)]["audit"]
        self._kept = Kept(admin, name, audit_log_of(name), but=(LEASES,))

    def remember(self) -> None:
        """What the process has made at its start is put back between tests."""
        self.process.wait_ready()
        until(self._is_quiet, QUIET_SECONDS, "quiet after the start")
        self._kept.remember()

    def put_back(self) -> None:
        """As it was: what a test left is gone, and nothing that it set going is under way."""
        try:
            until(self._is_quiet, QUIET_SECONDS, "quiet")
        except AssertionError:  # the test that failed left it so
            self.process.kill()
        self._kept.put_back()
        if self.process.popen.poll() is not None:
            self.process.start()
            self.process.wait_ready()

    def _is_quiet(self) -> bool:
        """Events are out, mails are not under way, and what was told of changes is in the audit log."""
        if self.process.popen.poll() is not None:
            return True
        if self._db["outbox"].find_one({"waiting": True}):
            return False
        return self.process.environment["TIKKER_ISSUER"] != "identity" or self._is_delivered()

    def _is_delivered(self) -> bool:
        now = datetime.now(UTC)
        due = {"state": "queued", "next_try": {"$lte": now}}
        if self._db["mails"].find_one({"$or": [{"claim": {"$exists": True}}, due]}):
            return False
        told = {"name": "identity.audit.recorded.v1"}
        events = [row["event_id"] for row in self._db["outbox"].find(told, {"event_id": 1})]
        return self._log.count_documents({"_id": {"$in": events}}) == len(events)


class Standing:
    """Services on one virtual host. ``uri``: its AMQP address; ``rpc(issuer)``: a client on it."""

    def __init__(self, uri: str, keyring: Keyring, admin: Admin, folder: Path) -> None:
        self.uri = uri
        self.services: dict[str, StandingService] = {}
        self._keyring, self._admin, self._folder = keyring, admin, folder
        self._clients: dict[str, RpcClient] = {}

    def start(self, name: str, mongo_uri: str, settings: Mapping[str, str]) -> None:
        """Begin to start a service on an empty database."""
        environment = {**self._keyring.environment(name), "AMQP_URI": self.uri, "MONGO_URI": mongo_uri}
        log = self._folder / f"{name}.log"
        process = Process(python("-m", f"services.{name}"), {**environment, **settings}, log)
        self.services[name] = StandingService(process, self._admin)

    def wait_ready(self) -> None:
        for service in self.services.values():
            service.remember()

    def put_back(self) -> None:
        for service in self.services.values():
            service.put_back()

    def process(self, name: str) -> Process:
        return self.services[name].process

    def database(self, name: str) -> Database[dict[str, Any]]:
        return self._admin[database_name(self.process(name).environment["MONGO_URI"])]

    def rpc(self, issuer: str) -> RpcClient:
        if issuer not in self._clients:
            self._clients[issuer] = RpcClient(self.uri, self._keyring.signer(issuer))
        return self._clients[issuer]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        for service in self.services.values():
            service.process.kill()


def database_name(mongo_uri: str) -> str:
    return mongo_uri.rpartition("/")[2].partition("?")[0]


def audit_log_of(database: str) -> str:
    """The second database that identity has."""
    return f"{database}_audit"


class Stand:
    """What stands now: the sets of services that were asked for last; an older one goes for a new one.

    Tests of a folder run after each other, so none is started twice, and no more stand than are used.
    """

    def __init__(self, begin: Callable[[Mapping[str, Mapping[str, str]]], Standing]) -> None:
        """``begin`` starts services and returns when they are ready."""
        self._begin = begin
        self._sets: dict[tuple[str, ...], Standing] = {}

    def __call__(self, services: Mapping[str, Mapping[str, str]]) -> Standing:
        """``stand({"pbx": {}})``: names and settings of their own."""
        names = tuple(services)
        if (found := self._sets.get(names)) is not None:
            found.put_back()
            return found
        while len(self._sets) >= MOST_SETS:
            self._sets.pop(next(iter(self._sets))).close()
        made = self._sets[names] = self._begin(services)
        return made

    def close(self) -> None:
        for each in self._sets.values():
            each.close()
