"""A broker and a database for tests: started for a run, or kept between runs.

A test process finds them in three settings, all with an administrator's account:
TEST_AMQP_URI (vhost ``/``), TEST_RABBITMQ_API (management, ``http://user:password@host:port/api``) and
TEST_MONGO_URI. :class:`Testbed` reads these and gives each test worker vhosts and databases of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pymongo import MongoClient

from cli import broker, mongo, secrets, topology, uris
from cli.house import House
from cli.lifecycle import launch, only_one, stop
from cli.mongod import Mongod
from cli.node import Node
from cli.ports import LOCALHOST, Ports, unused_base
from cli.secrets import ADMIN, Secrets
from cli.state import State, write_private
from cli.stores import Stores
from cli.supervise import Supervisor
from cli.topology import Vhosts

MEMORY = Path("/dev/shm")
MEMORY_NEEDED_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Testbed:
    """Where the tests' broker and database are."""

    __test__ = False  # pytest: not a class of tests

    amqp_uri: str
    api_uri: str
    mongo_uri: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Testbed | None:
        """None when the settings are missing: then the tests were not started by ``./tikker test``."""
        try:
            return cls(
                environment["TEST_AMQP_URI"], environment["TEST_RABBITMQ_API"], environment["TEST_MONGO_URI"]
            )
        except KeyError:
            return None

    @property
    def settings(self) -> dict[str, str]:
        return {
            "TEST_AMQP_URI": self.amqp_uri,
            "TEST_RABBITMQ_API": self.api_uri,
            "TEST_MONGO_URI": self.mongo_uri,
        }

    def api(self, method: str, path: str, body: object = None) -> Any:
        """One call to RabbitMQ's management API; ``path`` begins behind ``/api``. Raises OSError."""
        return broker.call_api(self.api_uri, method, path, body)

    @contextmanager
    def house(self, worker: str, base_port: int = 0) -> Iterator[House]:
        """A whole house for one test worker: the real users, rights and topology; gone afterwards.

        Its vhosts are ``/<worker>/portal`` and ``/<worker>/ingest``, its databases ``<service>_<worker>``.
        """
        kept = _shared_secrets()
        vhosts = Vhosts(f"/{worker}/portal", f"/{worker}/ingest")
        self._drop(worker, vhosts)
        broker.post_definitions(self.api_uri, topology.definitions(kept.amqp, vhosts=vhosts))
        self._grant_databases(worker, kept)
        hosts, options = mongo.hosts_and_options(self.mongo_uri)
        parts = urlsplit(self.amqp_uri)
        try:
            yield House(
                base_port=base_port or unused_base(),
                amqp_host=f"{parts.hostname}:{parts.port}",
                mongo_hosts=hosts,
                mongo_options=options,
                mail=str(State.from_environment().test.mail),
                secrets=dict(kept.values),
                portal_vhost=vhosts.portal,
                ingest_vhost=vhosts.ingest,
                database_suffix=f"_{worker}",
            )
        finally:
            self._drop(worker, vhosts)

    def _grant_databases(self, worker: str, kept: Secrets) -> None:
        """Workers share the users; each adds the right to its own database."""
        mongo.admit_services(
            self.mongo_uri, topology.DATABASE_USERS, kept.mongo, lambda user: f"{user}_{worker}", keep=True
        )

    def _drop(self, worker: str, vhosts: Vhosts) -> None:
        for vhost in (vhosts.portal, vhosts.ingest):
            try:
                self.api("DELETE", f"/vhosts/{quote(vhost, safe='')}")
            except OSError as problem:
                if getattr(problem, "code", None) != 404:
                    raise
        with MongoClient[dict[str, Any]](self.mongo_uri) as client:
            for user in topology.DATABASE_USERS:
                client.drop_database(f"{user}_{worker}")
            client.drop_database(mongo.audit_database(f"{mongo.AUDIT_KEEPER}_{worker}"))


def _shared_secrets() -> Secrets:
    return secrets.load(State.from_environment().test.secrets)


def own_stores(state: State, ports: Ports) -> Stores:
    """The test bed's broker (with its management API) and mongod, in memory where there is room."""
    kept = secrets.load(state.secrets)
    document = topology.administrator(ADMIN, kept.amqp(ADMIN))
    node = Node(
        state,
        ports,
        kept.text("TIKKER_ERLANG_COOKIE"),
        document,
        management=True,
        disk_free="50MB",
        stop_seconds=1,  # its data go anyway
    )
    # Fail points and the sleep command; and nothing expires by the real clock in tests that have their own.
    flags = ("--setParameter", "enableTestCommands=1", "--setParameter", "ttlMonitorEnabled=false")
    mongod = Mongod(state, ports, kept.text("TIKKER_MONGO_KEYFILE"), _mongo_data(state), 0.5, flags)
    return Stores(state, kept, node, mongod)


def _mongo_data(state: State) -> Path:
    try:
        free = shutil.disk_usage(MEMORY).free
    except OSError:
        free = 0
    if free < MEMORY_NEEDED_BYTES:
        return state.mongo / "data"
    return MEMORY / f"tikker-{state.digest}"


@contextmanager
def running(state: State, keep: bool) -> Iterator[Testbed]:
    """The test bed, begun with empty data unless one was kept; stopped afterwards unless ``keep``."""
    with only_one(state):
        bed = _kept(state) or _begin(state, keep)
    try:
        yield bed
    finally:
        if not keep:
            end(state)


def _kept(state: State) -> Testbed | None:
    if Supervisor(state).pid() is None or not state.house.exists():
        return None
    lines = dict(line.split("=", 1) for line in state.house.read_text().splitlines())
    return Testbed.from_environment(lines)


def _begin(state: State, keep: bool) -> Testbed:
    end(state)
    state.create()
    ports = Ports(unused_base())
    ours = own_stores(state, ports)
    ours.install()
    try:
        ours.wait(launch(state, ours.programs(), dies_with_us=not keep))
    except BaseException:
        end(state)
        raise
    account = f"{ADMIN}:{ours.secrets.amqp(ADMIN)}"
    bed = Testbed(
        amqp_uri=uris.amqp(f"{LOCALHOST}:{ports.broker}", ADMIN, ours.secrets.amqp(ADMIN), "/"),
        api_uri=f"http://{account}@{LOCALHOST}:{ports.management}/api",
        mongo_uri=ours.admin_mongo_uri(),
    )
    write_private(state.house, "".join(f"{k}={v}\n" for k, v in bed.settings.items()))
    return bed


def end(state: State) -> bool:
    """Stop the test bed and drop its data; the logs stay. False when nothing ran."""
    stopped = stop(state)
    clear(state)
    return stopped


def clear(state: State) -> None:
    for folder in (state.rabbitmq, state.mongo, state.mail, MEMORY / f"tikker-{state.digest}"):
        shutil.rmtree(folder, ignore_errors=True)
