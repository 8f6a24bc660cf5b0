"""One set of cdr's processes for all tests here; each test has customers and numbers of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import amqp
import pytest
from pymongo.read_concern import ReadConcern

from services.cdr import store
from shared import mongo
from shared.publisher import Publisher, open_connection
from shared.rpc_client import RpcClient
from tests.integration.cdr.scene import PLAN, Cdr
from tests.support.broker import Broker
from tests.support.keys import Keyring
from tests.support.processes import Process, python
from tests.support.standing import Kept

MODULES = {
    "cdr": "services.cdr",
    "cdr-ingester": "services.cdr.ingester",
    "cdr-worker": "services.cdr.worker",
}
CARRIERS = ("vasco", "mobi")


@pytest.fixture(scope="session")
def cdr(
    broker: Broker, mongo_admin: Any, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cdr]:
    name = f"t_cdr_{uuid.uuid4().hex[:12]}"
    portal, ingest = (broker.make_vhost(f"{name}-{which}") for which in ("portal", "ingest"))
    declare_ingest(ingest)
    environment = {"AMQP_URI": portal, "INGEST_AMQP_URI": ingest, "MONGO_URI": database_uri(name)}
    environment |= keyring.environment("cdr")
    processes = start(environment, tmp_path_factory.mktemp("cdr"))
    clients = [RpcClient(portal, keyring.signer(issuer)) for issuer in ("gateway", "cli")]
    publishers = [Publisher(portal), Publisher(ingest, seconds=20)]
    codec = mongo_admin.codec_options.with_options(tz_aware=True)
    # As the processes read: what is seen here, they see as well.
    database = mongo_admin.get_database(name, codec_options=codec, read_concern=ReadConcern("majority"))
    try:
        for process in processes.values():
            process.wait_ready()
        made = Cdr(publishers[0], publishers[1], clients[0], clients[1], database, portal, ingest, processes)
        imported = made.staff("import_plan", name="default", valid_from="2020-01-01", csv=PLAN)
        assert imported["version"], imported
        yield made
    finally:
        for client in clients:
            client.close()
        for publisher in publishers:
            publisher.close()
        for process in processes.values():
            process.kill()
        mongo_admin.drop_database(name)
        for which in ("portal", "ingest"):
            broker.drop_vhost(f"{name}-{which}")


@pytest.fixture(scope="session")
def kept_db(mongo_admin: Any) -> Iterator[tuple[Any, Kept]]:
    name = f"t_cdr_{uuid.uuid4().hex[:12]}"
    database = mongo.connect(database_uri(name), timeout_ms=20_000)
    store.prepare(database)
    kept = Kept(mongo_admin, name)
    kept.remember()
    yield database, kept
    database.client.close()
    mongo_admin.drop_database(name)


@pytest.fixture
def db(kept_db: tuple[Any, Kept]) -> Any:
    """A database of cdr without processes, empty but for what its preparation leaves."""
    database, kept = kept_db
    kept.put_back()
    return database


def database_uri(name: str) -> str:
    """The address of a database on the test server, with the administrator's account if there is one."""
    head, _, options = os.environ["TEST_MONGO_URI"].partition("?")
    source = "" if "@" not in head or "authSource" in options else "&authSource=admin"
    return f"{head.rpartition('/')[0]}/{name}?{options}{source}"


def declare_ingest(uri: str) -> None:
    """What set-up makes in the carriers' virtual host."""
    connection = open_connection(uri)
    channel: amqp.Channel = connection.channel()
    channel.queue_declare("usage", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    for carrier in CARRIERS:
        channel.exchange_declare(f"carrier.{carrier}", "topic", durable=True, auto_delete=False)
        channel.queue_bind("usage", f"carrier.{carrier}", "#")
    connection.close()


def start(environment: dict[str, str], folder: Path) -> dict[str, Process]:
    return {
        name: Process(python("-m", module), environment, folder / f"{name}.log")
        for name, module in MODULES.items()
    }
