"""The toy service: one that a worker's tests share, and fresh ones for tests that stop or kill it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pymongo
import pytest

from tests.contract.scene import Scene
from tests.contract.tcp_proxy import TcpProxy
from tests.support.broker import Broker, Queues
from tests.support.keys import Keyring

Prepare = Callable[[], Scene]


@pytest.fixture(scope="session")
def set_up(
    broker: Broker,
    keyring: Keyring,
    mongo_admin: pymongo.MongoClient[dict[str, object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prepare]:
    """``set_up()`` is a toy that is not running yet, on a virtual host and database of its own."""
    scenes: list[tuple[Scene, str]] = []

    def prepare() -> Scene:
        name = f"t_toy_{uuid.uuid4().hex[:12]}"
        uri = broker.make_vhost(name)
        folder: Path = tmp_path_factory.mktemp("toy")
        scene = Scene(folder, broker, keyring, Queues(uri), database_uri(name), uri)
        scenes.append((scene, name))
        return scene

    yield prepare
    for scene, name in scenes:
        scene.close()
        broker.drop_vhost(name)
        mongo_admin.drop_database(name)


def database_uri(name: str) -> str:
    """The address of a database on the test server, with the administrator's account."""
    head, _, options = os.environ["TEST_MONGO_URI"].partition("?")
    if "@" in head and "authSource" not in options:
        options += "&authSource=admin"
    start = head.index("//") + 2
    return f"{head[:start]}{head[start:].partition('/')[0]}/{name}?{options.lstrip('&')}"


@pytest.fixture(scope="session")
def shared_toy(set_up: Prepare) -> Scene:
    """A running toy for tests that leave it running and its queues empty."""
    scene = set_up()
    scene.start().wait_ready()
    return scene


@pytest.fixture
def toy(shared_toy: Scene) -> Iterator[Scene]:
    """The shared toy. After each test the same process must still be there, and work."""
    yield shared_toy
    try:
        shared_toy.is_alive()
    except BaseException:
        shared_toy.start_over()  # so that the next test does not suffer for it
        raise


@pytest.fixture
def fresh(set_up: Prepare) -> Iterator[Scene]:
    """A toy of the test's own, not started yet."""
    scene = set_up()
    yield scene
    for process in scene.processes:
        process.kill()


@pytest.fixture
def broker_line(fresh: Scene) -> Iterator[TcpProxy]:
    """The fresh toy's line to the broker, which the test can disturb."""
    proxy = TcpProxy(fresh.amqp_uri, 5672)
    fresh.amqp_uri = proxy.uri
    yield proxy
    proxy.refuse()
