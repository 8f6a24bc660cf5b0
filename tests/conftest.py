"""Fixtures on the test broker and test database that ``./tikker test`` starts.

Each test that asks for them gets a virtual host and databases of its own, so tests run in parallel.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pymongo
import pymongo.errors
import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.support.broker import Broker, Queues
from tests.support.keys import Keyring, make_keyring
from tests.support.processes import Process, python
from tests.support.standing import Kept, Stand, Standing, audit_log_of

# What threads of earlier tests still have to say must not end up in the output that a test captures.
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))

# An example that takes long says how busy the machine is.
settings.register_profile("tikker", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tikker")

STANDING = {"stand", "cdr", "provisioning"}
"""Fixtures of running services that tests share."""
TESTS = Path(__file__).parent
LONGEST_FIRST = (
    *(
        "e2e/test_demo",
        "e2e/",
        "integration/cdr/",
        "fault/",
        "integration/cli/test_up",
        "integration/identity/",
    ),
    *("integration/cli/", "integration/gateway/", "integration/", "contract/test_bus", "contract/"),
)
"""Folders and files; the other tests come after them."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of a folder that share running services run in one worker, which starts them once; so do
    those of any file. Said before xdist reads it, which it does ahead of our changes to the list."""
    if item.get_closest_marker("xdist_group") is None:
        asked = STANDING.intersection(getattr(item, "fixturenames", ()))
        group = item.path.parent.name if asked else item.path.relative_to(TESTS).as_posix()
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: else one worker is left with it in the end. Of the stories of the
    house, the one that looks at the demo as it was made: the others change it."""
    items.sort(key=lambda item: _place(item.path.relative_to(TESTS).as_posix()))


def _place(path: str) -> int:
    known = (place for place, part in enumerate(LONGEST_FIRST) if path.startswith(part))
    return next(known, len(LONGEST_FIRST))


def _given(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        pytest.fail(f"{name} is not set: run the tests with ./tikker test", pytrace=False)
    return value


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return make_keyring()


@pytest.fixture(scope="session")
def broker() -> Broker:
    return Broker(_given("TEST_RABBITMQ_API"), _given("TEST_AMQP_URI"))


@pytest.fixture
def make_vhost(broker: Broker) -> Iterator[Callable[[str], str]]:
    """``make_vhost("portal")`` is the AMQP address of a new virtual host."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(f"t-{name}-{uuid.uuid4().hex[:12]}")
        return broker.make_vhost(made[-1])

    yield make
    for vhost in made:
        broker.drop_vhost(vhost)


@pytest.fixture
def vhost(make_vhost: Callable[[str], str]) -> str:
    """The AMQP address of a virtual host that stands for /portal."""
    return make_vhost("portal")


@pytest.fixture
def queues(vhost: str) -> Iterator[Queues]:
    opened = Queues(vhost)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def mongo_admin() -> Iterator[pymongo.MongoClient[dict[str, object]]]:
    """Sees what the services see, and no sooner: what is not yet of the majority may be missing from the
    snapshot of the next transaction."""
    client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
        _given("TEST_MONGO_URI"), w="majority", readConcernLevel="majority"
    )
    yield client
    client.close()


def address_of(database: str) -> str:
    """A database on the test server, with the administrator's account if there is one."""
    head, _, options = _given("TEST_MONGO_URI").partition("?")
    options = options if "authSource" in options or "@" not in head else f"{options}&authSource=admin"
    return f"{head.rstrip('/')}/{database}?{options.lstrip('&')}"


@pytest.fixture(scope="session")
def drop_later(mongo_admin: pymongo.MongoClient[dict[str, object]]) -> Iterator[Callable[[str], None]]:
    """Drop a database when there is time for it.

    What a killed process had under way holds its database for up to a minute; no test waits for that,
    and the server goes with all that is left at the end.
    """
    names: queue.SimpleQueue[str] = queue.SimpleQueue()

    def drop() -> None:
        while True:
            name = names.get()
            with contextlib.suppress(pymongo.errors.PyMongoError):
                mongo_admin.drop_database(name)

    threading.Thread(target=drop, daemon=True).start()
    yield names.put


@pytest.fixture
def mongo_uri(drop_later: Callable[[str], None]) -> Iterator[Callable[[str], str]]:
    """``mongo_uri("cdr")`` is the address of a new, empty database."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(f"t_{name}_{uuid.uuid4().hex[:12]}")
        return address_of(made[-1])

    yield make
    for name in made:
        drop_later(name)
        drop_later(audit_log_of(name))


@pytest.fixture(scope="session")
def emptied_mongo_uri(mongo_admin: pymongo.MongoClient[dict[str, object]]) -> Iterator[Callable[[str], str]]:
    """As ``mongo_uri``, but always the same database, emptied: its indexes, which take longest, stay.

    Only for tests whose processes have all ended: what one leaves under way would hold up the next.
    """
    made: dict[str, str] = {}

    def give(name: str) -> str:
        database = made.setdefault(name, f"t_{name}_{uuid.uuid4().hex[:12]}")
        Kept(mongo_admin, database, audit_log_of(database)).put_back()
        return address_of(database)

    yield give
    for name in made.values():
        mongo_admin.drop_database(name)
        mongo_admin.drop_database(audit_log_of(name))


@pytest.fixture
def service_process(keyring: Keyring, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """``service_process("pbx", {"AMQP_URI": …, "MONGO_URI": …})`` starts ``python -m services.pbx``.

    Returns at once; ``.wait_ready()`` waits. Whatever still runs when the test ends is killed.
    """
    started: list[Process] = []

    def start(name: str, environment: dict[str, str], module: str | None = None) -> Process:
        arguments = python("-m", module or f"services.{name}")
        log = tmp_path / f"{name}-{len(started)}.log"
        issuer = name.partition("-")[0]
        started.append(Process(arguments, {**keyring.environment(issuer), **environment}, log))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture(scope="session")
def stand(
    broker: Broker,
    keyring: Keyring,
    mongo_admin: pymongo.MongoClient[dict[str, object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stand]:
    """``stand({"pbx": {…}})``: running services with those settings, as new for each test that asks."""
    vhosts: list[str] = []

    def begin(services: Mapping[str, Mapping[str, str]]) -> Standing:
        vhosts.append(f"t-stand-{uuid.uuid4().hex[:12]}")
        folder = tmp_path_factory.mktemp("stand")
        made = Standing(broker.make_vhost(vhosts[-1]), keyring, mongo_admin, folder)
        for name, own in services.items():
            made.start(name, address_of(f"t_{name}_{uuid.uuid4().hex[:12]}"), own)
        try:
            made.wait_ready()
        except BaseException:
            made.close()
            raise
        return made

    standing = Stand(begin)
    yield standing
    standing.close()
    for vhost in vhosts:
        broker.drop_vhost(vhost)
