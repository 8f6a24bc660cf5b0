"""A running provisioning: the service, its listener and the phones' front, one of each for all tests."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.acting import Acting
from shared.events import CustomerChanged, PbxLineChanged, PbxUserChanged, RegistrationChanged, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient
from tests.support.broker import Broker, Queues
from tests.support.keys import Keyring
from tests.support.processes import Process, free_port, python, until

STAFF = Acting(kind="staff", scope="operator", username="test", correlation_id="from-the-test")
TOKEN = "t" * 64
PASSWORD = "Fiets-27"
NEXT_KEY = "2"
"""ID of a key that the processes have and that is not in front yet."""


@dataclass
class Answer:
    """What curl saw at last: status, headers (lower case), body."""

    status: int
    headers: dict[str, list[str]]
    body: bytes


@dataclass
class Provisioning:
    """``front``: the base address of the phones' front; ``listener``: that of provisioning's own door."""

    service: Process
    listener_process: Process
    front: str
    listener: str
    queues: Queues
    changed: str
    resyncs: str
    gateway: RpcClient
    cli: RpcClient
    publisher: Publisher
    database: Any
    keys: dict[str, str]

    def user(self, customer: str, method: str, **fields: Any) -> Any:
        """By a person of the customer, always the same one: the IDs of commands are theirs."""
        who = customer[::-1]
        acting = Acting(kind="user", scope="customer", customer_id=customer, user_id=who, roles=("settings",))
        return self.gateway.call("provisioning", method, acting, **fields)

    def staff(self, method: str, **fields: Any) -> Any:
        return self.cli.call("provisioning", method, STAFF, **fields)

    def create(self, customer: str, mac: str, model: str = "yealink-t54w", **fields: Any) -> dict[str, Any]:
        """A new device as the pages show it."""
        wanted = {"password": PASSWORD, "command_id": new_id(), **fields}
        made = self.user(customer, "create_device", model=model, mac=mac, **wanted)
        found: dict[str, Any] = self.user(customer, "device", device_id=made["id"])
        return found

    def told(self, customer: str | None, event: Any) -> None:
        """Publish an event of pbx."""
        envelope = wrap(event, customer)
        name = type(event).name
        self.publisher.publish([Message("pbx.events", name, encode(envelope))])

    def user_is(self, customer: str, user_id: str, revision: int, **fields: Any) -> None:
        """Tell of a user of a PBX, and wait until it is known."""
        event = PbxUserChanged(user_id=user_id, revision=revision, username="x", **fields)
        self.told(customer, event)

        def known() -> bool:
            row = self.database["people"].find_one({"_id": user_id})
            return bool(row and row["revision"] >= revision)

        until(known, what="the user")

    def line_is(self, customer: str, line_id: str, revision: int, **fields: Any) -> None:
        """Tell of a line without a PBX, and wait until it is known."""
        self.told(customer, PbxLineChanged(line_id=line_id, revision=revision, **fields))
        wanted = {"_id": line_id, "revision": {"$gte": revision}}
        until(lambda: self.database["people"].find_one(wanted), what="the line")

    def customer_is(self, customer: str, number: int, name: str, partner: str | None = None) -> None:
        """Tell of a customer, and wait until it is known."""
        event = CustomerChanged(
            customer_id=customer,
            revision=1,
            number=number,
            customer_name=name,
            parent_id=partner,
            products=(),
        )
        body = encode(wrap(event, customer))
        self.publisher.publish([Message("identity.events", event.name, body)])
        until(lambda: self.database["customers"].find_one({"_id": customer}), what="the customer")

    def registered(self, sip_user: str, state: str = "registered", **fields: Any) -> None:
        self.told(
            None, RegistrationChanged(sip_user=sip_user, state=state, contact="sip:1@192.0.2.1", **fields)
        )

    def row(self, device_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.database["devices"].find_one({"_id": device_id})
        return found

    def credentials(self, sip_user: str, token: str = TOKEN) -> Answer:
        return curl(f"{self.listener}/sip/credentials/{sip_user}", "-H", f"Authorization: Bearer {token}")


def curl(url: str, *arguments: str) -> Answer:
    """Fetch as a phone: with a client that nobody here wrote."""
    command = ["curl", "-s", "-i", "--max-time", "10", "--path-as-is", *arguments, url]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    while True:
        head, _, rest = raw.partition(b"\r\n\r\n")
        if not rest.startswith(b"HTTP/1."):
            break
        raw = rest
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    return Answer(int(first.split()[1]), headers, rest)


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def environment(mongo: str) -> dict[str, str]:
    return {
        "MONGO_URI": mongo,
        "PHONES_URL": "https://toestellen.example",
        "SIP_HOST": "sip.example",
        "SIP_PORT": "5060",
        "TIKKER_EDGE_TOKEN": TOKEN,
    }


@pytest.fixture(scope="package")
def provisioning(
    keyring: Keyring, broker: Broker, mongo_admin: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provisioning]:
    name = f"t_provisioning_{uuid.uuid4().hex[:12]}"
    head, _, options = os.environ["TEST_MONGO_URI"].partition("?")
    extra = "" if "authSource" in options or "@" not in head else "&authSource=admin"
    mongo = f"{head.rstrip('/')}/{name}?{options}{extra}"
    vhost_name = f"t-portal-{uuid.uuid4().hex[:12]}"
    vhost = broker.make_vhost(vhost_name)
    logs: Path = tmp_path_factory.mktemp("provisioning")
    ports = free_port(), free_port()
    keys = {**json.loads(keyring.sealing), NEXT_KEY: base64.b64encode(os.urandom(32)).decode()}
    common = {
        **keyring.environment("provisioning"),
        **environment(mongo),
        "LISTENER_WORKERS": "1",
        "TIKKER_SEALING_KEYS": json.dumps(keys),
    }
    queues = Queues(vhost)
    changed = queues.bind("provisioning.events", "provisioning.device.changed.v1")
    resyncs = queues.bind("provisioning.events", "provisioning.resync.requested.v1")
    processes = [
        Process(python("-m", "services.provisioning"), {**common, "AMQP_URI": vhost}, logs / "service.log"),
        Process(
            python("-m", "services.provisioning.listener"),
            {**common, "LISTENER_PORT": str(ports[0])},
            logs / "listener.log",
        ),
        Process(
            python("-m", "gateway.phones"),
            {
                "TIKKER_ENV": "development",
                "TIKKER_EDGE_TOKEN": TOKEN,
                "PHONES_PORT": str(ports[1]),
                "PROVISIONING_LISTENER": f"127.0.0.1:{ports[0]}",
                "PHONES_WORKERS": "1",
                "PHONES_PROXIES": "1",
            },
            logs / "front.log",
        ),
    ]
    gateway, cli = RpcClient(vhost, keyring.signer("gateway")), RpcClient(vhost, keyring.signer("cli"))
    try:
        for process in processes:
            process.wait_ready()
        yield Provisioning(
            service=processes[0],
            listener_process=processes[1],
            front=f"http://127.0.0.1:{ports[1]}",
            listener=f"http://127.0.0.1:{ports[0]}",
            queues=queues,
            changed=changed,
            resyncs=resyncs,
            gateway=gateway,
            cli=cli,
            publisher=Publisher(vhost),
            database=mongo_admin[name],
            keys=keys,
        )
    finally:
        gateway.close()
        cli.close()
        for process in processes:
            process.kill()
        queues.close()
        broker.drop_vhost(vhost_name)
        mongo_admin.drop_database(name)


@pytest.fixture
def customer() -> str:
    """A customer of this test's own: nothing of another test is in its way."""
    return new_id()


@pytest.fixture
def source() -> str:
    """An address of this test's own, as the front's proxy would give it."""
    return (
        f"192.0.2.{int(uuid.uuid4()) % 250 + 1}, 198.51.{int(uuid.uuid4()) % 250}.{int(uuid.uuid4()) % 250}"
    )


def setting(text: str, name: str) -> str:
    """The value of a line of a Yealink file."""
    found = re.search(rf"^{re.escape(name)} = (.*)$", text, re.MULTILINE)
    assert found, name
    return found[1]
