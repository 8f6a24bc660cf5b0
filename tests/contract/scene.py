"""A running toy service on a virtual host of its own, and what a test does to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from shared.acting import CONTEXT_HEADER, Acting
from shared.bus import burial
from shared.errors import Unavailable
from shared.events import encode, wrap
from shared.ids import new_id
from shared.logging import correlated
from shared.rpc_client import RpcClient
from tests.contract.toy.service import Rang
from tests.support.broker import Broker, Queues
from tests.support.keys import Keyring
from tests.support.processes import Process, python, until

EVENTS = "toy.events"
QUEUE = "toy.on_rang"
RPC_QUEUE = "rpc-toy"
CUSTOMER = "c" * 32
USER = Acting(
    kind="user", scope="customer", customer_id=CUSTOMER, user_id="u" * 32, correlation_id="from-a-test"
)


@dataclass
class Scene:
    """One toy: its folder, its broker's queues, and its process once it has been started."""

    folder: Path
    broker: Broker
    keyring: Keyring
    queues: Queues
    mongo_uri: str
    amqp_uri: str
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    clients: list[RpcClient] = field(default_factory=list)

    @property
    def process(self) -> Process:
        return self.processes[-1]

    def start(self) -> Process:
        """Start the toy (again); returns at once."""
        environment = {
            **self.keyring.environment("gateway"),
            "TIKKER_ISSUER": "toy",
            "AMQP_URI": self.amqp_uri,
            "MONGO_URI": self.mongo_uri,
            "TOY_FOLDER": str(self.folder),
            **self.settings,
        }
        log = self.folder / f"log-{len(self.processes)}"
        self.processes.append(Process(python("-m", "tests.contract.toy"), environment, log))
        return self.process

    def start_over(self) -> None:
        """A new process on empty queues."""
        self.process.kill()
        for queue in (QUEUE, f"{QUEUE}.dead", RPC_QUEUE, f"{RPC_QUEUE}.dead"):
            self.queues.channel.queue_purge(queue)
        self.start().wait_ready()

    def client(self, uri: str = "") -> RpcClient:
        """A caller with the gateway's key, closed when the scene ends."""
        self.clients.append(RpcClient(uri or self.queues.uri, self.keyring.signer("gateway")))
        return self.clients[-1]

    def close(self) -> None:
        for client in self.clients:
            client.close()
        for process in self.processes:
            process.kill()
        self.queues.close()

    def flag(self, name: str) -> None:
        (self.folder / name).touch()

    def diary(self, about: str) -> list[str]:
        """What the toy wrote about one message, such as ``["start", "end"]``."""
        path = self.folder / "diary"
        lines = [line.split(" ", 1) for line in path.read_text().splitlines()] if path.exists() else []
        return [what for what, whom in lines if whom == about]

    def wrote(self, about: str, *lines: str) -> None:
        """Wait until the diary has exactly these lines about the message."""
        until(lambda: self.diary(about) == list(lines), what=f"{lines} about {about}")

    def ring(
        self, act: str = "nothing", exchange: str = EVENTS, key: str = Rang.name, **properties: Any
    ) -> str:
        """Publish an event that asks for ``act``; its ID."""
        about = new_id()
        self.queues.publish(exchange, key, body_of(about, act), **properties)
        return about

    def in_queue(self, queue: str) -> Any:
        """The next message of a queue, taken from it."""
        return until(lambda: self.queues.take(queue), what=f"a message in {queue}")

    def declare_calls(self) -> None:
        """Make the queue for calls, which a service makes when it starts."""
        channel = self.queues.channel
        channel.exchange_declare("nameko-rpc", "topic", durable=True, auto_delete=False)
        channel.queue_declare(RPC_QUEUE, durable=True, auto_delete=False, arguments=burial.QUORUM)
        channel.queue_bind(RPC_QUEUE, "nameko-rpc", "toy.*")

    def consumers(self, queue: str) -> int:
        """How many consumers the queue has."""
        return int(self.queues.channel.queue_declare(queue, passive=True).consumer_count)

    def filled(self, *queues: str) -> str:
        """Wait until one of the queues has a message; its name."""
        found = until(lambda: [q for q in queues if self.queues.depth(q)], what=f"a message in {queues}")
        assert isinstance(found, list)
        return str(found[0])

    def counted(self, outcome: str) -> float:
        """How many events had this outcome in the running process."""
        labels = {"queue": QUEUE, "outcome": outcome}
        families = text_string_to_metric_families(self.process.page("/metrics")[1])
        return sum(s.value for f in families for s in f.samples if s.labels == labels and "_total" in s.name)

    def logged(self, event: str, **fields: object) -> dict[str, Any]:
        """The first line of the process's log with these fields."""
        wanted = {"event": event, **fields}

        def find() -> dict[str, Any] | None:
            lines = [json.loads(line) for line in self.process.log.read_text().splitlines()]
            return next((line for line in lines if wanted.items() <= line.items()), None)

        line = until(find, what=f"{wanted} in the log")
        assert isinstance(line, dict)
        return line

    def queue(self, name: str) -> Any:
        """What the broker knows of a queue: type, arguments, effective policy."""
        return self.broker.request("GET", f"/queues/{self.queues.uri.rpartition('/')[2]}/{name}")

    def is_alive(self) -> None:
        """The process that was started last still handles events and answers calls."""
        assert self.process.popen.poll() is None, self.process.tail()
        about = self.ring()
        until(lambda: self.diary(about) == ["start", "end"], what="an event handled")
        assert RawCall(self, "ask", {"id": new_id()}).answer()["error"] is None

    def headers(self, audience: str = "toy") -> dict[str, str]:
        """The signed context of a user, as a caller sends it."""
        return {CONTEXT_HEADER: self.keyring.signer("gateway").sign(USER, audience)}


def body_of(about: str, act: str = "nothing") -> bytes:
    """An event's envelope as bytes, caused by the request ``cause-of-<about>``."""
    with correlated(f"cause-of-{about}"):
        return encode(wrap(Rang(id=about, act=act), CUSTOMER))


class RawCall:
    """A call written by hand, with whatever body, headers and properties a test wants."""

    def __init__(
        self, scene: Scene, method: str, kwargs: Any = None, body: bytes | None = None, **properties: Any
    ) -> None:
        self._scene = scene
        self._key = new_id()
        self._replies = scene.queues.channel.queue_declare("", exclusive=True).queue
        scene.queues.channel.queue_bind(self._replies, "nameko-rpc", self._key)
        request = json.dumps({"args": [], "kwargs": kwargs or {}}).encode() if body is None else body
        properties = {"reply_to": self._key, "correlation_id": "by-hand", **properties}
        properties["headers"] = {**scene.headers(), **properties.get("headers", {})}
        scene.queues.publish("nameko-rpc", f"toy.{method}", request, **properties)

    def answer(self) -> dict[str, Any]:
        message = self._scene.in_queue(self._replies)
        assert message.properties["correlation_id"] == "by-hand"
        answer: dict[str, Any] = json.loads(message.body)
        return answer


def answered(client: RpcClient, method: str = "ask", timeout: float = 1.0, **fields: Any) -> Any:
    """The answer, or None while the service cannot be reached."""
    try:
        return client.call("toy", method, USER, timeout=timeout, **{"id": new_id(), **fields})
    except Unavailable:
        return None
