"""The portal as its own process on a real broker and database; identity and cdr are played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gateway import builders
from tests.integration.gateway.played import Played
from tests.support.keys import Keyring
from tests.support.processes import Process, free_port, python

GUNICORN = python("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.app:create_app()")


@pytest.fixture
def services(vhost: str) -> Iterator[Played]:
    """identity and cdr as the portal sees them: queues that answer."""
    played = Played(
        vhost,
        {
            "identity.login": builders.logged_in(),
            "identity.account": builders.account(),
            "cdr.periods": builders.periods(),
            "cdr.totals": builders.totals(),
            "cdr.details": builders.details(builders.call()),
        },
    )
    yield played
    played.close()


@pytest.fixture
def start_portal(
    vhost: str, mongo_uri: Callable[[str], str], keyring: Keyring, tmp_path: Path
) -> Iterator[Callable[[], Process]]:
    """Start gunicorn with its two workers. ``.environment["GATEWAY_PORT"]`` is where it answers."""
    started: list[Process] = []

    def start() -> Process:
        environment = {
            **keyring.environment("gateway"),
            "AMQP_URI": vhost,
            "MONGO_URI": mongo_uri("gateway"),
            "SECRET_KEY": "for-this-test-only-0000000000000000",
            "GATEWAY_PORT": str(free_port()),
        }
        started.append(Process(GUNICORN, environment, tmp_path / "gateway.log"))
        return started[-1].wait_ready()

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def portal(start_portal: Callable[[], Process], services: Played) -> Process:
    """The portal on played services."""
    return start_portal()
