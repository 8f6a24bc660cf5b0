"""identity on a real database with a clock of the test's, and as a real process on the bus."""

from __future__ import annotations

import os
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.identity.domain.credentials import SHORTEST_PASSWORD
from services.identity.domain.users import Details
from services.identity.mail.letters import Letters
from services.identity.mail.post import Post
from services.identity.passwords import Cost, Passwords
from services.identity.schemas.companies import CreateCustomer
from services.identity.store import Store
from services.identity.usecases import companies, forgotten, logins, new_users
from services.identity.usecases.sending import Sender
from shared.acting import Acting
from shared.events import AuditRecorded, Envelope, decode
from shared.events.audit import IdentityAuditRecorded
from shared.ids import new_id
from shared.rpc_client import RpcClient
from shared.sealing import Sealer
from tests.integration.identity.mail_server import MailServer
from tests.support.broker import Queues
from tests.support.command_line import run_here
from tests.support.keys import Keyring
from tests.support.processes import ROOT, Process, python
from tests.support.standing import Stand

PASSWORD = "vlierbessensap"
OFFICE = "192.0.2.7"
PORTAL = "https://portaal.example.nl"
STAFF = Acting(kind="staff", scope="operator", correlation_id="from-the-test")
SEALER = Sealer.of({"1": b64encode(os.urandom(32)).decode()})


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
        """A company that operator staff make, or ``acting``."""
        acting, asked = fields.pop("acting", STAFF), {"products": ["voip"], "command_id": new_id()}
        loaded = CreateCustomer().load({"name": name} | asked | fields)
        return companies.create_customer(self.store, self.clock, acting, **loaded)

    def staff(self, company: dict[str, Any], username: str, *roles: str) -> Acting:
        """Somebody of a partner or the operator, as the gateway vouches for them."""
        made = self.user(company["id"], username, *roles, email=f"{username}@example.nl")
        return Acting(
            kind="staff",
            scope=company["kind"],
            customer_id=company["id"],
            user_id=made["id"],
            username=username,
            roles=roles,
        )

    def recorded(self) -> list[Envelope[AuditRecorded]]:
        """What the audit log is told, oldest first."""
        rows = self.database["outbox"].find({"name": "identity.audit.recorded.v1"}).sort("_id", 1)
        return [decode(row["body"], IdentityAuditRecorded) for row in rows]

    def user(self, customer_id: str, username: str, *roles: str, **fields: Any) -> Any:
        asked = {"password": PASSWORD, "email": "", "first_name": "", "infix": "", "last_name": ""}
        return new_users.create_user(
            self.store,
            self.passwords,
            SEALER,
            self.clock,
            SHORTEST_PASSWORD,
            STAFF,
            customer_id=customer_id,
            username=username,
            roles=roles,
            **({"command_id": new_id()} | asked | fields),
        )

    def login(self, username: str = "anna", password: str = PASSWORD, address: str = OFFICE) -> Any:
        return logins.login(
            self.store,
            self.passwords,
            self.clock,
            Acting(),
            username=username,
            password=password,
            address=address,
        )

    def fail(self, times: int, username: str = "anna", address: str = OFFICE) -> Any:
        """That many logins with a wrong password; the last answer."""
        return [self.login(username, "iets anders", address) for _ in range(times)][-1]

    def colleague(self, boss: Acting, username: str, **fields: Any) -> Any:
        """A user whom a user manager adds."""
        asked = {"welcome": False, "password": PASSWORD, "command_id": new_id()}
        details = fields.pop("details", Details(email=f"{username}@example.nl"))
        return new_users.add_user(
            self.store,
            self.passwords,
            SEALER,
            self.clock,
            SHORTEST_PASSWORD,
            boss,
            username=username,
            details=details,
            **(asked | fields),
        )

    def manager(self, username: str = "baas", customer_id: str | None = None) -> Acting:
        """A user manager of a customer of its own, or of that one."""
        customer = customer_id or self.customer()["id"]
        return acting_as(self.user(customer, username, "user_management", email=f"{username}@example.nl"))

    def forgot(self, who: str, address: str = OFFICE) -> Any:
        return forgotten.request_reset(self.store, self.clock, Acting(), who=who, address=address)

    def set_password(self, token: str, password: str = "kruisbessenjam", **fields: Any) -> Any:
        return forgotten.set_password(
            self.store,
            self.passwords,
            SEALER,
            self.clock,
            SHORTEST_PASSWORD,
            Acting(),
            token=token,
            password=password,
            **({"command_id": new_id()} | fields),
        )

    def sender(self, server: MailServer | Post) -> Sender:
        post = server if isinstance(server, Post) else server.post
        return Sender(self.store, Letters(PORTAL, "Tikker <tikker@example.nl>"), post, self.clock)

    def queued(self) -> list[tuple[str, str]]:
        """Template and receiver of the mails that wait, oldest first."""
        rows = self.database["mails"].find({"state": "queued"}).sort("_id", 1)
        return [(row["letter"], row["to"]) for row in rows]

    def events(self) -> list[str]:
        """Names of what waits to be published."""
        return [row["name"] for row in self.database["outbox"].find().sort("_id", 1)]


def acting_as(user: dict[str, Any]) -> Acting:
    """A user of a customer, with the roles that the answer about them says."""
    return Acting(
        kind="user",
        scope="customer",
        customer_id=user["customer_id"],
        user_id=user["id"],
        username=user["username"],
        roles=tuple(user["roles"]),
    )


@pytest.fixture(scope="session")
def standing_mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mail_server(standing_mail_server: MailServer) -> Iterator[MailServer]:
    """A mail server that answers as the test says."""
    standing_mail_server.forget()
    yield standing_mail_server
    standing_mail_server.let_go()


@pytest.fixture
def identity(emptied_mongo_uri: Callable[[str], str], mongo_admin: Any) -> Iterator[Identity]:
    """With the operator, a customer and its user ``anna``."""
    uri, clock, watched = emptied_mongo_uri("identity"), Clock(), Watched()
    store = Store.open(uri)
    companies.ensure_operator(store, clock, "Operator")
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

    def anonymous(self, method: str, **fields: Any) -> Any:
        """As somebody who has not logged in."""
        return self.gateway.call("identity", method, Acting(), **fields)

    def new_user(self, username: str, *roles: str, products: tuple[str, ...] = ("voip",)) -> Any:
        """A user of a new customer."""
        customer = self.command("create_customer", name="Bakkerij Voorbeeld B.V.", products=list(products))
        return self.command(
            "create_user",
            customer_id=customer["id"],
            username=username,
            password=PASSWORD,
            email=f"{username}@example.nl",
            roles=list(roles),
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


def settings(mail_server: MailServer) -> dict[str, str]:
    """With this mail server."""
    return {"SMTP_HOST": mail_server.host, "SMTP_PORT": str(mail_server.port), "PORTAL_URL": PORTAL}


@pytest.fixture
def service(stand: Stand, keyring: Keyring, mail_server: MailServer) -> Iterator[Service]:
    """``python -m services.identity``, one for all tests, as on an empty database when a test begins."""
    standing = stand({"identity": settings(mail_server)})
    mail_server.forget()  # what was under way when the test before ended
    process, queues = standing.process("identity"), Queues(standing.uri)
    yield Service(process, process.environment, standing.rpc("gateway"), standing.rpc("cli"), queues, keyring)
    queues.close()


@pytest.fixture
def own_service(
    keyring: Keyring,
    vhost: str,
    queues: Queues,
    mongo_uri: Callable[[str], str],
    service_process: Callable[..., Process],
    mail_server: MailServer,
) -> Iterator[Service]:
    """The same for one test, which may give it other settings."""
    environment = {"AMQP_URI": vhost, "MONGO_URI": mongo_uri("identity"), **settings(mail_server)}
    process = service_process("identity", environment).wait_ready()
    gateway, cli = (RpcClient(vhost, keyring.signer(issuer)) for issuer in ("gateway", "cli"))
    yield Service(process, environment, gateway, cli, queues, keyring)
    gateway.close()
    cli.close()


def tikker(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, as operator staff on the service's bus."""
    return run_here(command_settings(service), *arguments)


def tikker_process(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same as a process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **command_settings(service)}
    return subprocess.run(
        python("-m", "cli", *arguments), env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def command_settings(service: Service) -> dict[str, str]:
    bus, key = service.environment["AMQP_URI"], service.keyring.private["cli"]
    return {"AMQP_URI": bus, "TIKKER_SIGNING_KEY": key}


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
