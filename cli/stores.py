"""Broker and database of one system: our own ones, or those that AMQP_URI and MONGO_URI give."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pymongo.errors import PyMongoError

from cli import broker, mongo, packages, topology, uris
from cli.house import House
from cli.mongod import Mongod, admit_administrator, is_bundled
from cli.node import Node
from cli.ports import LOCALHOST, Ports, accepts
from cli.problems import BrokenData, Problem
from cli.program import Program
from cli.secrets import ADMIN, Secrets
from cli.state import State
from cli.supervise import Supervisor
from cli.topology import Vhosts

START_SECONDS = 90
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Stores:
    """What runs for us (``node``, ``mongod``) or is given (administrator's URIs)."""

    state: State
    secrets: Secrets
    node: Node | None
    mongod: Mongod | None
    given_amqp: str = ""
    given_mongo: str = ""

    def ports(self) -> dict[str, int]:
        """What our own ones listen on, by purpose."""
        wanted: dict[str, int] = {}
        if self.node:
            ports = self.node.ports
            wanted |= {"broker": ports.broker, "Erlang's port mapper": ports.epmd, "Erlang": ports.erlang}
            if self.node.management:
                wanted["broker's management"] = ports.management
        if self.mongod:
            wanted["mongod"] = self.mongod.ports.mongo
        return wanted

    def check_given(self) -> None:
        """Raises Problem when what AMQP_URI or MONGO_URI gives can not be used."""
        if self.given_amqp:
            broker.management_uri(self.given_amqp)
            why = broker.refusal(self.given_amqp)
            if why:
                raise Problem(f"the broker in AMQP_URI does not let us in: {why[:200]}")
        if self.given_mongo:
            self._join_given_mongo()

    def install(self) -> None:
        if self.node:
            packages.ensure_rabbitmq(self.state)
        if self.mongod and is_bundled():
            packages.ensure_curl_library(self.state)

    def programs(self) -> list[Program]:
        """Writes their files and says how each is started."""
        listed: list[Program] = []
        if self.node:
            self.node.write_files()
            listed += self.node.programs()
        if self.mongod:
            self.mongod.write_files()
            listed.append(self.mongod.program())
        return listed

    def wait(self, supervisor: Supervisor) -> None:
        """Until both let us in and are set up. Raises BrokenData when one does not come up."""
        if self.mongod:
            watch = _Watch(supervisor, "mongod", "MongoDB", self.state, self.mongod.data)
            watch.until(self._mongod_is_open)
        if self.node:
            uri = uris.amqp(
                f"{LOCALHOST}:{self.node.ports.broker}", ADMIN, self.secrets.amqp(ADMIN), self._admin_vhost()
            )
            watch = _Watch(supervisor, "broker", "RabbitMQ", self.state, self.state.rabbitmq / "data")
            watch.until(lambda: broker.refusal(uri) is None)

    def admin_mongo_uri(self) -> str:
        if not self.mongod:
            return self.given_mongo
        host = f"{LOCALHOST}:{self.mongod.ports.mongo}"
        return uris.mongo(host, ADMIN, self.secrets.mongo(ADMIN), "")

    def _admin_vhost(self) -> str:
        return self.node.definitions["permissions"][-1]["vhost"] if self.node else "/"

    def _mongod_is_open(self) -> bool:
        assert self.mongod
        if not accepts(self.mongod.ports.mongo):
            return False
        try:
            admit_administrator(self.mongod.ports.mongo, ADMIN, self.secrets.mongo(ADMIN))
            mongo.wait_for_primary(self.admin_mongo_uri(), 5)
        except PyMongoError:  # a new replica set takes no user in its first moments
            return False
        return True

    def _join_given_mongo(self) -> None:
        try:
            mongo.wait_for_primary(self.given_mongo, 5)
        except PyMongoError as problem:
            hosts, _ = mongo.hosts_and_options(self.given_mongo)
            why = str(problem).partition(" (configured")[0]
            raise Problem(f"the database in MONGO_URI ({hosts}) does not let us in: {why[:200]}") from None


@dataclass(frozen=True)
class _Watch:
    """Waits for a store and tells a slow one from one that does not run."""

    supervisor: Supervisor
    process: str
    product: str
    state: State
    data: Path

    def until(self, is_up: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        first = 0
        while not is_up():
            info = self.supervisor.processes().get(self.process)
            pid = info["pid"] if info else 0
            first = first or pid
            failed = info is not None and (
                info["statename"] in ("BACKOFF", "FATAL") or (pid and pid != first)
            )
            if failed or time.monotonic() > deadline:
                raise BrokenData(
                    f"{self.product} does not start on its data in {self.data}: "
                    f"{self.state.logs / self.process}.log says why. "
                    "If that data may go, remove the folder and start again."
                )
            time.sleep(POLL_SECONDS)


def own_or_given(state: State, ports: Ports, secrets: Secrets) -> Stores:
    """The stores of ``./tikker up``; AMQP_URI and MONGO_URI hold an administrator's account there."""
    given_amqp, given_mongo = os.environ.get("AMQP_URI", ""), os.environ.get("MONGO_URI", "")
    node = mongod = None
    if not given_amqp:
        document = topology.definitions(secrets.amqp, ADMIN)
        node = Node(state, ports, secrets.text("TIKKER_ERLANG_COOKIE"), document)
    if not given_mongo:
        mongod = Mongod(state, ports, secrets.text("TIKKER_MONGO_KEYFILE"), state.mongo / "data")
    return Stores(state, secrets, node, mongod, given_amqp, given_mongo)


def house(stores: Stores, ports: Ports) -> House:
    """What the processes are told about these stores."""
    broker_at = urlsplit(stores.given_amqp)
    given_host = f"{broker_at.hostname}:{broker_at.port or 5672}"
    own_mongo = f"{LOCALHOST}:{ports.mongo}", f"replicaSet={uris.REPLICA_SET}"
    hosts, options = mongo.hosts_and_options(stores.given_mongo) if stores.given_mongo else own_mongo
    return House(
        base_port=ports.base,
        amqp_host=given_host if stores.given_amqp else f"{LOCALHOST}:{ports.broker}",
        amqp_scheme=broker_at.scheme or "amqp",
        mongo_hosts=hosts,
        mongo_options=options,
        mail=str(stores.state.mail),
        secrets=dict(stores.secrets.values),
    )


def set_up(stores: Stores, vhosts: Vhosts | None = None) -> None:
    """Users, rights and topology. Our own node has loaded its definitions by itself."""
    mongo.admit_services(stores.admin_mongo_uri(), topology.DATABASE_USERS, stores.secrets.mongo)
    if stores.given_amqp:
        document = topology.definitions(stores.secrets.amqp, vhosts=vhosts)
        broker.post_definitions(broker.management_uri(stores.given_amqp), document)
