"""A broker and a database that a test may kill: its own, under a process manager that starts them again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from cli import processes, testbed
from cli.house import House
from cli.state import State
from cli.supervise import Supervisor
from cli.topology import INGESTER
from shared.publisher import open_connection
from tests.support.processes import Process, until

Json = dict[str, Any]
PATIENCE_MS = 1000


@dataclass
class Bed:
    """``kill`` takes ``mongod`` or ``broker``; what is killed comes back by itself."""

    house: House
    folder: Path
    admin_mongo_uri: str
    supervisor: Supervisor
    started: list[Process] = field(default_factory=list)

    def start(self, name: str) -> Process:
        """One of our processes, with the account and the rights that it has in earnest."""
        (process,) = [p for p in processes.PROCESSES if p.name == name]
        environment = processes.environment(process, self.house)
        self.started.append(Process(process.command, environment, self.folder / f"{name}.log"))
        return self.started[-1]

    def kill(self, name: str) -> int:
        """kill -9; the process ID that is no more."""
        pid = int(self.supervisor.processes()[name]["pid"])
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_for_another(self, name: str, than: int) -> None:
        """Until the process manager has started it again."""

        def again() -> bool:
            info = self.supervisor.processes().get(name, {})
            return info.get("pid") not in (None, 0, than)

        until(again, what=f"another {name}")

    def database(self, service: str) -> Database[Json]:
        client: MongoClient[Json] = MongoClient(
            self.admin_mongo_uri,
            tz_aware=True,
            serverSelectionTimeoutMS=PATIENCE_MS,
            timeoutMS=5 * PATIENCE_MS,
        )
        name = service + self.house.database_suffix
        return client.get_database(name, read_concern=ReadConcern("majority"))

    def depth(self, queue: str) -> int:
        """Messages ready in a queue of the carriers' virtual host, exactly."""
        connection = open_connection(self.house.ingest_uri(INGESTER))
        try:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)
        finally:
            connection.close()


@contextmanager
def running(folder: Path) -> Iterator[Bed]:
    """The bed, made in ``folder``; TIKKER_STATE must point there."""
    state = State.from_environment().test
    with testbed.running(state, keep=False) as stores, stores.house("fault") as house:
        bed = Bed(house, folder, stores.mongo_uri, Supervisor(state))
        try:
            yield bed
        finally:
            for process in bed.started:
                process.kill()
