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
def portal(
    vhost: str, services: Played, mongo_uri: Callable[[str], str], keyring: Keyring, tmp_path: Path
) -> Iterator[Process]:
    """gunicorn with its two workers, ready. ``.environment["GATEWAY_PORT"]`` is where it answers."""
    environment = {
        **keyring.environment("gateway"),
        "AMQP_URI": vhost,
        "MONGO_URI": mongo_uri("gateway"),
        "SECRET_KEY": "for-this-test-only-0000000000000000",
        "GATEWAY_PORT": str(free_port()),
    }
    process = Process(GUNICORN, environment, tmp_path / "gateway.log").wait_ready()
    yield process
    process.kill()
