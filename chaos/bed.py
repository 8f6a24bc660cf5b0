"""A whole system that may be hurt: every process as in production, a broker, and a database of three.

All of it runs under the process manager of ``./tikker up``, which starts again what was killed.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.database import Database

from chaos.members import Members, Volume
from cli import broker, mongo, packages, processes, readiness, secrets, topology, uris
from cli.house import House
from cli.lifecycle import launch, only_one, stop
from cli.mongod import is_bundled
from cli.node import Node
from cli.ports import LOCALHOST, Ports, unused_base
from cli.problems import Problem
from cli.program import SERVICES
from cli.secrets import ADMIN, Secrets
from cli.state import State
from cli.supervise import Supervisor
from cli.testbed import MEMORY, MEMORY_NEEDED_BYTES
from cli.waiting import wait_until

Json = dict[str, Any]
Say = Callable[[str], None]

READY_SECONDS = 600  # of a busy machine; a quiet one needs half a minute
BROKER_SECONDS = 90
PATIENCE_MS = 3000
BROKER = "broker"
OURS = tuple(process.name for process in processes.PROCESSES)


@dataclass(frozen=True)
class Bed:
    """``no_volume``: why no disk can be filled here, or ""."""

    state: State
    house: House
    supervisor: Supervisor
    members: Members
    volume: Volume
    no_volume: str
    client: MongoClient[Json]

    def pid(self, name: str) -> int:
        """Of the process of this name; 0 while it does not run."""
        return int(self.supervisor.processes().get(name, {}).get("pid", 0))

    def signal(self, name: str, number: signal.Signals, whole: bool = False) -> int:
        """To the process of this name, or (``whole``) to its children as well; its ID."""
        pid = self.pid(name)
        if pid:
            with suppress(ProcessLookupError):
                (os.killpg if whole else os.kill)(pid, number)
        return pid

    def is_another(self, name: str, than: int) -> bool:
        return self.pid(name) not in (0, than)

    def not_ready(self) -> dict[str, str]:
        """Which processes of ours are not ready, and why."""
        return {name: why for name, why in readiness.of_processes(self.house).items() if why}

    def is_ready(self, name: str) -> bool:
        return not readiness.reason(processes.health_port(name, self.house))

    def broker_accepts(self) -> bool:
        return broker.refusal(self.house.amqp_uri("cli")) is None

    def database(self, name: str) -> Database[Json]:
        """With an administrator's eyes."""
        return self.client.get_database(name)

    def api(self, method: str, path: str, body: object = None) -> Any:
        """One call to RabbitMQ's management API. Raises OSError."""
        account = f"{ADMIN}:{self.house.keys.amqp(ADMIN)}"
        address = f"http://{account}@{LOCALHOST}:{self.house.ports.management}"
        return broker.call_api(address, method, path, body)

    def queues(self, vhost: str) -> dict[str, int]:
        """How many messages of each queue wait or are in hand. Raises OSError."""
        return {row["name"]: int(row.get("messages", 0)) - _leaving(row) for row in self._queues(vhost)}

    def leaving(self, vhost: str) -> int:
        """How many messages are on their way to the dead letters. Raises OSError."""
        return sum(map(_leaving, self._queues(vhost)))

    def held_up(self, vhost: str) -> list[str]:
        """What the broker knows of each queue that is not empty. Raises OSError."""
        return [
            f"{row['name']}: {row.get('messages_ready')} ready, {row.get('messages_unacknowledged')} in hand"
            for row in self._queues(vhost)
            if row.get("messages")
        ]

    def _queues(self, vhost: str) -> list[Json]:
        path = f"/queues/{quote(vhost, safe='')}?disable_stats=true&enable_queue_totals=true"
        rows: list[Json] = self.api("GET", path)
        return rows

    def admin_uri(self, vhost: str) -> str:
        host = f"{LOCALHOST}:{self.house.ports.broker}"
        return uris.amqp(host, ADMIN, self.house.keys.amqp(ADMIN), vhost)


def _leaving(row: Json) -> int:
    """What nobody can be given any more, as its time is up (a call whose caller has stopped waiting) or it
    was handed out too often. A quorum queue counts it until the dead letters have confirmed it, which the
    broker tries again by itself only after three minutes."""
    total, ready = row.get("messages", 0), row.get("messages_ready", 0)
    return max(int(total) - int(ready) - int(row.get("messages_unacknowledged", 0)), 0)


@contextmanager
def running(state: State, say: Say) -> Iterator[Bed]:
    """The bed, with empty data; gone afterwards but for its logs."""
    with only_one(state):
        _end(state)
        state.create()
        volume, no_volume = _volume(state)
        try:
            bed = _begin(state, volume, no_volume, say)
        except BaseException:
            _end(state)
            raise
    try:
        yield bed
    finally:
        bed.client.close()
        for name in (*bed.members.names, BROKER, *OURS):  # one that is frozen would not hear us
            bed.signal(name, signal.SIGCONT, whole=True)
        _end(state)


def _data(state: State) -> Path:
    """In memory where there is room: a slow disk is not what is tried here."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED_BYTES:
            return MEMORY / f"tikker-{state.digest}"
    return state.mongo / "data"


def _volume(state: State) -> tuple[Volume, str]:
    volume = Volume(_data(state) / "volume")
    return volume, volume.mount()


def _begin(state: State, volume: Volume, no_volume: str, say: Say) -> Bed:
    kept, ports = secrets.load(state.secrets), Ports(unused_base())
    key, password = kept.text("TIKKER_MONGO_KEYFILE"), kept.mongo(ADMIN)
    members = Members(state, ports.base, key, password, _data(state))
    house = House(
        base_port=ports.base,
        amqp_host=f"{LOCALHOST}:{ports.broker}",
        mongo_hosts=members.hosts,
        mail=str(state.mail),
        secrets=dict(kept.values),
    )
    node = _node(state, ports, kept)
    say("a broker, three databases and all processes start")
    programs = [*node.programs(), *members.programs(), *processes.programs(house)]
    supervisor = launch(state, programs, dies_with_us=True)
    members.begin()
    mongo.wait_for_primary(members.admin_uri, READY_SECONDS)
    mongo.admit_services(members.admin_uri, topology.DATABASE_USERS, kept.mongo)
    bed = Bed(state, house, supervisor, members, volume, no_volume, _client(members))
    if not wait_until(bed.broker_accepts, BROKER_SECONDS):
        raise Problem(f"the broker does not start: see {state.logs}/broker.log")
    supervisor.start_group(SERVICES)
    if not wait_until(lambda: not bed.not_ready(), READY_SECONDS):
        name, why = next(iter(bed.not_ready().items()), ("", ""))
        raise Problem(f"{name} is not ready ({why}): see {state.logs / name}.log")
    house.save(state.house)
    return bed


def _node(state: State, ports: Ports, kept: Secrets) -> Node:
    packages.ensure_rabbitmq(state)
    if is_bundled():
        packages.ensure_curl_library(state)
    document, cookie = topology.definitions(kept.amqp, ADMIN), kept.text("TIKKER_ERLANG_COOKIE")
    node = Node(state, ports, cookie, document, management=True, disk_free="50MB", stop_seconds=1)
    node.write_files()
    return node


def _client(members: Members) -> MongoClient[Json]:
    return MongoClient(
        members.admin_uri,
        tz_aware=True,
        readConcernLevel="majority",
        serverSelectionTimeoutMS=PATIENCE_MS,
        timeoutMS=5 * PATIENCE_MS,
    )


def _end(state: State) -> None:
    stop(state)
    Volume(_data(state) / "volume").unmount()
    for folder in (state.rabbitmq, state.mongo, state.mail, MEMORY / f"tikker-{state.digest}"):
        shutil.rmtree(folder, ignore_errors=True)
