"""The SIP edge as it runs: the proxy, pbx with its listener and bridge, and telephones of sipp. Who may
register is said by a stand-in for provisioning's listener."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pymongo import MongoClient

from cli import processes
from cli.house import House
from cli.testbed import Testbed
from cli.topology import EDGE, INGESTER
from services.pbx.bridge.resync import Proxy
from services.pbx.domain.config import Config
from services.pbx.domain.settings import Settings
from services.pbx.store import Store
from shared.acting import Acting, Signer
from shared.events import DeviceChanged, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient
from tests.support.broker import Queues
from tests.support.processes import Process, until
from tests.support.sipp import REALM, Phones, free_ports

COMPANY, SUPPORT, SALES, CARRIERS = "+31850001600", "+31850001611", "+31850001612", "+31850001700"
LINE_NUMBER = "+31850001613"
RUNNING = ("pbx", "pbx-listener", "pbx-bridge", "pbx-media", "kamailio")
"""The processes of the edge. Nothing rates usage here: the queue of the carriers' vhost keeps it."""


class Provisioning(ThreadingHTTPServer):
    """Stands in for provisioning's listener: the HA1 of who is in ``passwords``."""

    daemon_threads = True

    def __init__(self, port: int, token: str) -> None:
        self.passwords: dict[str, str] = {}
        self.down = False
        provisioning = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if provisioning.down:
                    self.send_error(503)
                    return
                sip_user = self.path.rpartition("/")[2]
                known = provisioning.passwords.get(sip_user)
                allowed = self.headers["Authorization"] == f"Bearer {token}"
                body = b"{}"
                if known and allowed:
                    ha1 = hashlib.md5(f"{sip_user}:{REALM}:{known}".encode()).hexdigest()
                    body = json.dumps({"ha1": ha1}).encode()
                self.send_response(200 if known and allowed else 404 if allowed else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", port), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@dataclass
class Edge:
    """``staff``: call pbx as the operator; ``account``: SIP user and password of a PBX's user."""

    house: House
    folder: Path
    started: dict[str, Process]
    provisioning: Provisioning
    cli: RpcClient
    gateway: RpcClient
    portal: Publisher
    proxy: Publisher
    ingest: Queues
    database: Any
    customer_id: str = field(default_factory=new_id)
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def staff(self, method: str, **fields: Any) -> Any:
        acting = Acting(kind="staff", scope="operator")
        return self.cli.call("pbx", method, acting, command_id=new_id(), timeout=15, **fields)

    def ask(self, method: str, **fields: Any) -> Any:
        """As the customer's own."""
        acting = Acting(
            kind="user", scope="customer", customer_id=self.customer_id, user_id=new_id(), roles=("settings",)
        )
        return self.gateway.call("pbx", method, acting, timeout=15, **fields)

    def publish(self, **changes: Any) -> None:
        """Publish a configuration; users have the telephones of ``accounts``."""
        self.staff("import_config", customer_id=self.customer_id, config=configuration(**changes))

    def device(self, user_id: str, line: bool = False) -> tuple[str, str]:
        """Give a user (or a line) a telephone; its SIP user and password."""
        sip_user, password = f"{user_id.replace('-', '')}x{len(self.accounts)}", new_id()
        self.provisioning.passwords[sip_user] = password
        owner = {"line_id" if line else "user_id": user_id}
        event = DeviceChanged(device_id=new_id(), revision=1, sip_user=sip_user, **owner)
        body = encode(wrap(event, self.customer_id))
        self.portal.publish([Message("provisioning.events", event.name, body)])
        until(lambda: self.database["phones"].find_one({"_id": sip_user}), what="the telephone at pbx")
        self.accounts[user_id] = (sip_user, password)
        return self.accounts[user_id]

    def register(self, phones: Phones, user_id: str, port: int) -> None:
        """A user's telephone registers, and pbx knows."""
        phones.register(self.accounts[user_id], port)
        wanted = {"_id": self.accounts[user_id][0], "state": "registered", "contact": {"$regex": f":{port}$"}}
        until(lambda: self.database["phones"].find_one(wanted), what="the registration at pbx")

    def rpc(self, method: str, *params: str) -> Any:
        """The proxy's JSON-RPC."""
        address = f"http://127.0.0.1:{self.house.ports.sip_rpc}/RPC"
        return Proxy(address, self.house.keys.text("TIKKER_EDGE_TOKEN"), REALM).call(method, *params)

    def forget(self, user_id: str) -> None:
        """The proxy forgets a registration and tells nobody, as when it was started again."""
        self.rpc("ul.rm", "location", self.accounts[user_id][0])

    def usage(self, to: str) -> dict[str, Any]:
        """The next usage event that was handed over about a call to this number."""
        while True:
            message = until(lambda: self.ingest.take("usage"), what="usage")
            for event in json.loads(message.body)["events"]:  # type: ignore[attr-defined]
                if event["to"] == to:
                    return dict(event)

    def calls(self, count: int) -> list[dict[str, Any]]:
        """The newest calls that are over, once there are so many."""

        def over() -> list[dict[str, Any]] | None:
            rows = self.ask("calls", limit=count)["rows"]
            done = len(rows) == count and all(row["outcome"] not in ("under_way",) for row in rows)
            return (
                rows
                if done and all(row["duration"] is not None or row["answered_by"] is None for row in rows)
                else None
            )

        return until(over, what=f"{count} calls")  # type: ignore[return-value]


def configuration(**changes: Any) -> dict[str, Any]:
    """A PBX whose telephones ring for a second at a time."""
    users = [
        _user(name, extension) for name, extension in (("Jan", "211"), ("Kees", "212"), ("Sandra", "213"))
    ]
    users[0] |= changes.pop("jan", {})
    users[2] |= changes.pop("sandra", {})
    groups = [
        {
            "id": "support",
            "name": "Support",
            "number": SUPPORT,
            "extension": "102",
            "members": ["user-211", "user-212", "user-213"],
            "next_rings": 2,
            **changes.pop("support", {}),
        },
    ]
    return {
        "ring_seconds": 1,
        "company": {"name": "Bakkerij Voorbeeld B.V.", "number": COMPANY, "show_name": True},
        "users": users,
        "groups": groups,
        **changes,
    }


def _user(name: str, extension: str) -> dict[str, Any]:
    return {
        "id": f"user-{extension}",
        "username": f"{name.lower()}@voorbeeld.example",
        "first_name": name,
        "extension": extension,
    }


def _database(bed: Testbed, house: House) -> Any:
    client: MongoClient[Any] = MongoClient(
        bed.mongo_uri, tz_aware=True, w="majority", readConcernLevel="majority"
    )
    return client[f"pbx{house.database_suffix}"]


@pytest.fixture(scope="session")
def edge(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    bed = Testbed.from_environment()
    if bed is None:
        pytest.fail("there is no broker and database for tests: run ./tikker test", pytrace=False)
    folder = tmp_path_factory.mktemp("sip")
    with bed.house(f"sip_{worker_id}") as house:
        started: dict[str, Process] = {}
        provisioning = Provisioning(house.ports.provisioning, house.keys.text("TIKKER_EDGE_TOKEN"))
        cli, gateway = _client(house, "cli"), _client(house, "gateway")
        proxy = Publisher(house.amqp_uri(EDGE))
        portal, ingest = Publisher(house.amqp_uri("provisioning")), Queues(house.ingest_uri(INGESTER))
        try:
            for name in RUNNING:
                started[name] = start(house, name, folder)
            for each in started.values():
                each.wait_ready()
            edge = Edge(
                house,
                folder,
                started,
                provisioning,
                cli,
                gateway,
                portal,
                proxy,
                ingest,
                _database(bed, house),
            )
            furnish(edge)
            yield edge
        finally:
            for client in (cli, gateway):
                client.close()
            portal.close()
            proxy.close()
            ingest.close()
            provisioning.shutdown()
            for each in started.values():
                each.popen.terminate()
            for each in started.values():
                each.popen.wait(30)


def _client(house: House, name: str) -> RpcClient:
    return RpcClient(house.amqp_uri(name), Signer.from_base64(name, house.keys.signing_key(name)))


def start(house: House, name: str, folder: Path) -> Process:
    """One of our processes, with the account and the rights that it has in earnest."""
    (process,) = [p for p in (*processes.PROCESSES, *processes.SIP_PROCESSES) if p.name == name]
    environment = {**processes.environment(process, house), "SIP_RUN": str(folder / "run")}
    started = Process(process.command, environment, folder / f"{name}.log")
    if name == "kamailio":
        started.health_port = house.ports.sip_rpc
    return started


def furnish(edge: Edge) -> None:
    """A customer with numbers of the proxy's own, and one whose usage a carrier hands over."""
    edge.staff("add_range", first=COMPANY, last="+31850001699", source="sipproxy")
    edge.staff("add_range", first=CARRIERS, last="+31850001799", source="vasco")
    numbers = [COMPANY, SUPPORT, SALES, LINE_NUMBER, CARRIERS]
    edge.staff("assign_numbers", customer_id=edge.customer_id, numbers=numbers, valid_from="2026-01-01")
    edge.staff("enable_pbx", customer_id=edge.customer_id)
    know_by_name(edge)
    edge.publish()
    for extension in ("211", "212", "213"):
        edge.device(f"user-{extension}")


def know_by_name(edge: Edge) -> None:
    """The names that tests use as IDs are of users and a line that the customer had: they stay when a
    configuration is read in."""
    line = {"id": "line-1", "number": LINE_NUMBER}
    version = Settings(edge.customer_id, published=msgspec.convert(configuration(lines=[line]), Config))
    now = datetime.now(UTC)
    Store(edge.database).in_one(now, lambda changes: changes.keep_version(version, "publish"))


@pytest.fixture(autouse=True)
def nobody_registered(edge: Edge) -> None:
    """Each test begins with telephones that are switched off."""
    for user_id in edge.accounts:
        edge.forget(user_id)
    edge.database["phones"].update_many({}, {"$set": {"state": "unregistered"}})


@pytest.fixture
def phones(edge: Edge, tmp_path: Path) -> Iterator[Phones]:
    made = Phones(edge.house.ports.sip, tmp_path)
    yield made
    made.end()


@pytest.fixture
def ports() -> list[int]:
    return free_ports(6)
