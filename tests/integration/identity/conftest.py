"""identity on a real database with a clock of the test's, and as a real process on the bus."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.identity import usecases
from services.identity.domain.credentials import SHORTEST_PASSWORD
from services.identity.passwords import Cost, Passwords
from services.identity.store import Store
from shared.acting import Acting
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.support.broker import Queues
from tests.support.keys import Keyring
from tests.support.processes import Process

PASSWORD = "vlierbessensap"
OFFICE = "192.0.2.7"
STAFF = Acting(kind="staff", scope="operator", correlation_id="from-the-test")


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class Watched:
    """Runs hashes and counts them."""

    hashes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        with self.lock:
            self.hashes += 1
        return function(*args)


@dataclass
class Identity:
    """The use cases, with a store, a clock and cheap hashes."""

    uri: str
    store: Store
    clock: Clock
    watched: Watched
    passwords: Passwords
    database: Any

    def customer(self, name: str = "Bakkerij Voorbeeld B.V.", **fields: Any) -> Any:
        asked = {"products": ["voip"], "kind": "customer", "parent_id": None, "command_id": new_id()}
        return usecases.create_customer(self.store, self.clock, name=name, **(asked | fields))

    def user(self, customer_id: str, username: str, *roles: str, **fields: Any) -> Any:
        asked = {"password": PASSWORD, "email": "", "first_name": "", "infix": "", "last_name": ""}
        return usecases.create_user(
            self.store,
            self.passwords,
            self.clock,
            SHORTEST_PASSWORD,
            customer_id=customer_id,
            username=username,
            roles=roles,
            **({"command_id": new_id()} | asked | fields),
        )

    def login(self, username: str = "anna", password: str = PASSWORD, address: str = OFFICE) -> Any:
        return usecases.login(
            self.store, self.passwords, self.clock, username=username, password=password, address=address
        )

    def fail(self, times: int, username: str = "anna", address: str = OFFICE) -> Any:
        """That many logins with a wrong password; the last answer."""
        return [self.login(username, "iets anders", address) for _ in range(times)][-1]

    def events(self) -> list[str]:
        """Names of what waits to be published."""
        return [row["name"] for row in self.database["outbox"].find().sort("_id", 1)]


@pytest.fixture
def identity(mongo_uri: Callable[[str], str], mongo_admin: Any) -> Iterator[Identity]:
    """With the operator, a customer and its user ``anna``."""
    uri, clock, watched = mongo_uri("identity"), Clock(), Watched()
    store = Store.open(uri)
    usecases.ensure_operator(store, clock, "Operator")
    passwords = Passwords(Cost(memory=8, passes=1), watched)
    database = mongo_admin[uri.rpartition("/")[2].partition("?")[0]]
    made = Identity(uri, store, clock, watched, passwords, database)
    made.user(made.customer()["id"], "anna")
    watched.hashes = 0
    yield made
    store.close()


@dataclass
class Service:
    """The running service and who calls it."""

    process: Process
    environment: dict[str, str]
    gateway: RpcClient
    cli: RpcClient
    queues: Queues
    keyring: Keyring

    def staff(self, method: str, **fields: Any) -> Any:
        return self.cli.call("identity", method, STAFF, **fields)

    def command(self, method: str, **fields: Any) -> Any:
        """As staff, under a new command ID."""
        return self.staff(method, command_id=new_id(), **fields)

    def login(self, username: str, password: str = PASSWORD, address: str = OFFICE) -> Any:
        return self.gateway.call(
            "identity", "login", Acting(), username=username, password=password, address=address
        )

    def as_user(self, account: dict[str, Any], method: str, **fields: Any) -> Any:
        """As who has logged in with that answer."""
        acting = Acting(
            kind="user",
            scope=account["scope"],
            customer_id=account["customer"]["id"],
            user_id=account["user"]["id"],
            roles=tuple(account["user"]["roles"]),
        )
        return self.gateway.call("identity", method, acting, **fields)


@pytest.fixture
def service(
    keyring: Keyring,
    vhost: str,
    queues: Queues,
    mongo_uri: Callable[[str], str],
    service_process: Callable[..., Process],
) -> Iterator[Service]:
    """``python -m services.identity`` on an empty database."""
    environment = {"AMQP_URI": vhost, "MONGO_URI": mongo_uri("identity")}
    process = service_process("identity", environment).wait_ready()
    gateway, cli = (RpcClient(vhost, keyring.signer(issuer)) for issuer in ("gateway", "cli"))
    yield Service(process, environment, gateway, cli, queues, keyring)
    gateway.close()
    cli.close()


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """``act(0)`` … ``act(count - 1)`` in threads that begin together; each one's answer or exception."""
    together = threading.Barrier(count)

    def one(index: int) -> Any:
        together.wait(10)
        try:
            return act(index)
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
